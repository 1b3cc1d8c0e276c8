"""Changes between samplings: simulated plots of known change, and cores whose burial is published."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import halosink as hs
from halosink import samples
from halosink.soil.stocks.dates import changes, sampled


def stocks(
    gain: dict[str, float], dates: tuple[str, str] = ("2014-10-01", "2024-10-01"), plots: int = 6
) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    rows = []
    for name, step in gain.items():
        base = rng.normal(40, 8, plots)
        for i, (date, add) in enumerate(zip(dates, (0.0, step), strict=True)):
            noise = rng.normal(0, 1, plots) * i
            same = {"treatment": name, "date": date, "depth_bottom": 30.0}
            found = enumerate(base + add + noise)
            rows += [{**same, "plot": f"{name}{p}", "soil_organic_carbon_stock": v} for p, v in found]
    return pd.DataFrame(rows)


def test_the_change_of_each_class_is_the_mean_of_its_paired_differences() -> None:
    table = stocks({"control": 0.0, "gypsum": 6.0})
    found = changes({"fixed_depth": (table, None)}, unit="plot", classes=["treatment"])
    assert found["class"].tolist() == ["", "control", "gypsum"]
    for name, part in table.groupby("treatment"):
        wide = part.pivot(index="plot", columns="date", values="soil_organic_carbon_stock")
        expected = stats.ttest_rel(wide["2024-10-01"], wide["2014-10-01"]).confidence_interval(0.95)
        row = found[found["class"] == name].iloc[0]
        assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high), rel=1e-12)
        assert row["design"] == "paired"
        assert row["rate"] == pytest.approx(row["estimate"] / 10, rel=1e-3)


@pytest.mark.parametrize("dates", [("2024-04-01", "2024-08-01"), ("2024-04-01", "2024-04-01")])
def test_samplings_of_one_season_are_no_change(dates: tuple[str, str]) -> None:
    assert changes({"fixed_depth": (stocks({"a": 3.0}, dates), None)}, unit="plot").empty


def test_a_year_stands_in_where_there_is_no_date() -> None:
    when = sampled(pd.DataFrame({"date": ["2020-07-01", None], "year": [np.nan, 2024.0]}))
    assert when.tolist() == pytest.approx([2020.4983, 2024.0], abs=0.001)


def test_one_plot_has_no_interval_and_says_why() -> None:
    found = changes({"fixed_depth": (stocks({"a": 3.0}, plots=1), None)}, unit="plot")
    assert found["reason"].tolist() == ["too_few_plots"]


PUBLISHED = {"fresh": (124.0, 4.78), "brackish": (93.0, 4.41), "saline": (40.0, 1.91)}
"""Organic carbon buried [g m-2 yr-1] and accretion [mm yr-1] since 1963 (loomis2010)."""


def test_marshes_bury_what_their_authors_published(tmp_path: Path, reference: Path) -> None:
    samples.prepare("marsh", tmp_path)
    study = hs.open(tmp_path)
    study.run(only=["soil_stocks"])
    rates = study["soil/burial"]
    known = rates[(rates["model"] == "caesium_137") & rates["carbon_burial_rate"].notna()]
    means = known.groupby("salinity_class")[["carbon_burial_rate", "accretion_rate"]].mean()
    for name, (burial, accretion) in PUBLISHED.items():
        assert means.loc[name, "carbon_burial_rate"] == pytest.approx(burial, rel=0.16)
        assert means.loc[name, "accretion_rate"] == pytest.approx(accretion, rel=0.07)
