"""Joining the design to the measurements."""

import pandas as pd
import pytest

from halosink.steps.observations import per_probe, placed, with_day, with_design, with_places

PLOTS = pd.DataFrame(
    {
        "site": ["a", "a", "b"],
        "plot": ["1", "2", "1"],
        "treatment": ["control", "gypsum", "control"],
        "elevation": [3.0, 3.0, 5.0],
    }
)


def test_a_measurement_gets_the_treatment_of_its_own_plot() -> None:
    found = with_design(pd.DataFrame({"site": ["b", "a"], "plot": ["1", "2"], "ph_water": [8.0, 9.0]}), PLOTS)
    assert list(found["treatment"]) == ["control", "gypsum"]


def test_a_table_that_names_sites_only_gets_what_the_whole_site_shares() -> None:
    found = with_design(pd.DataFrame({"site": ["a", "b"], "ch4_flux": [1.0, 2.0]}), PLOTS)
    assert "treatment" not in found and list(found["elevation"]) == [3.0, 5.0]


def test_a_plot_that_the_plots_table_lacks_stays_without_class() -> None:
    found = with_design(pd.DataFrame({"site": ["c"], "plot": ["9"], "ph_water": [8.0]}), PLOTS)
    assert len(found) == 1 and found["treatment"].isna().all()


def test_samples_find_their_plots_in_another_table() -> None:
    other = pd.DataFrame({"sample": ["s1", "s1", "s2"], "site": "a", "plot": ["1", "1", "2"]})
    found = with_places(pd.DataFrame({"sample": ["s2", "s3"], "shannon_diversity": [4.0, 3.0]}), [PLOTS, other])
    assert found["plot"].tolist()[0] == "2" and pd.isna(found["plot"][1])


def test_a_series_becomes_one_mean_per_probe() -> None:
    frame = pd.DataFrame({"plot": ["1", "1", "2"], "sensor": ["p", "p", "q"], "soil_moisture": [0.2, 0.4, 0.5]})
    assert per_probe(frame)["soil_moisture"].tolist() == pytest.approx([0.3, 0.5])


def test_rows_of_no_known_plot_are_not_lumped_into_one() -> None:
    frame = pd.DataFrame({"plot": ["1", None, None], "ph_water": [8.0, 7.0, 9.0]})
    assert placed(frame, "plot")["ph_water"].tolist() == [8.0]
    assert len(placed(frame.assign(plot=None), "plot")) == 3 and len(placed(frame, "core")) == 3


def test_blanks_are_filled_from_the_plots_and_what_is_said_stays() -> None:
    frame = pd.DataFrame({"site": ["a", "a"], "plot": ["1", "2"], "treatment": [None, "gypsum"]})
    assert with_design(frame, PLOTS)["treatment"].tolist() == ["control", "gypsum"]


def test_visits_are_told_apart_by_day() -> None:
    frame = pd.DataFrame({"time": pd.to_datetime(["2024-05-01 10:00", "2024-05-01 11:00", "2024-05-02 10:00"])})
    assert with_day(frame)["date"].nunique() == 2
