from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.contracts import Language
from halosink.report.build import render
from halosink.report.chamber import chamber
from halosink.report.contents import Contents
from halosink.settings import Settings

STUDY = {"study": {"title": {"en": "Chambers", "zh": "箱法"}}}


def fluxes() -> pd.DataFrame:
    """Twelve closures of two gases: one refused, two doubtful."""
    rng = np.random.default_rng(3)
    rows = []
    for i in range(12):
        for gas, unit, size in (("co2", "umol m-2 s-1", 3.0), ("ch4", "nmol m-2 s-1", -0.6)):
            flux = size * (1 + 0.2 * rng.normal())
            refused = i == 5 and gas == "ch4"
            quality = "refused" if refused else "doubtful" if i in (2, 7) else "good"
            rows.append({
                "plot": f"P{i % 4}", "closure": f"c{i:02d}", "time": pd.Timestamp("2024-06-01") + pd.Timedelta(hours=i),
                "gas": gas, "field": f"{gas}_flux", "unit": unit, "flux": np.nan if refused else flux,
                "standard_error": 0.1, "low": flux - 0.2, "high": flux + 0.2, "model": "" if refused else "linear",
                "choice": "" if refused else "no_curvature", "reason": "few_points" if refused else "",
                "quality": quality, "flags": "below_detection,short_window" if quality == "doubtful" else "", "n": 120,
                "window_start": 20.0, "window_end": 140.0, "g_factor": 1.02, "r_squared": 0.98,
                "minimal_detectable_flux": 0.05,
            })  # fmt: skip
    return pd.DataFrame(rows)


def curves(frame: pd.DataFrame) -> pd.DataFrame:
    parts = []
    seconds = np.arange(0.0, 141.0, 4)
    for gas in ("co2", "ch4"):
        for rank, names in (("best", ("c00", "c01", "c03", "c04")), ("worst", ("c02", "c05"))):
            for name in names:
                start, slope = (420.0, 0.3) if gas == "co2" else (1990.0, -0.08)
                line = start + slope * seconds
                kinds = np.where(seconds < 20, "excluded", "reading")
                noisy = line + np.random.default_rng(1).normal(0, abs(slope) * 4, seconds.size)
                readings = {"kind": kinds, "elapsed_time": seconds, "value": noisy}
                fitted = {"kind": "linear", "elapsed_time": seconds[[5, -1]], "value": line[[5, -1]]}
                plot = frame.loc[frame["closure"] == name, "plot"].iloc[0]
                about = {"plot": plot, "closure": name, "gas": gas, "rank": rank}
                parts += [pd.DataFrame(readings).assign(**about), pd.DataFrame(fitted).assign(**about)]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def contents() -> Contents:
    frame = fluxes()
    frames = {"fluxes/chamber": frame, "fluxes/curves": curves(frame)}
    return Contents(settings=Settings.model_validate(STUDY), frames=frames)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_flux_and_every_refusal_stand_on_the_page(contents: Contents, language: Language) -> None:
    found = chamber(contents, language)
    assert found is not None and found.refused is not None
    assert len(found.every.cells) == 23 and len(found.refused.cells) == 1
    assert {f"c{i:02d}" for i in range(12)} == {row[0] for row in found.every.cells}
    assert found.refused.cells[0][0] == "c05"
    assert sum(mark == "open" for mark in found.every.marks) == 4
    page = render(contents, language)
    assert page.count("<svg") == 6
    assert 'id="chamber"' in page


def test_the_lead_counts_what_is_there(contents: Contents) -> None:
    found = chamber(contents, "en")
    assert found is not None
    assert found.lines[0].startswith("12 closures, 2 gases, 24 fluxes: 19 good, 4 doubtful, 1 refused.")
    assert "12 of 12" not in found.lines[2] and "11 are negative" in found.lines[2]


def test_a_study_of_nothing_but_fluxes_has_an_answer(contents: Contents) -> None:
    page = render(contents, "en")
    middle = contents.frames["fluxes/chamber"].query("field == 'co2_flux'")["flux"].median()
    assert f"CO₂ flux: the median of 12 closures is {middle:.2f}" in page
    assert "There is no result yet" not in page


def test_a_study_whose_fluxes_are_all_refused_says_why_first() -> None:
    frame = fluxes().assign(flux=np.nan, quality="refused", reason="volume_unit", model="", choice="")
    contents = Contents(settings=Settings.model_validate(STUDY), frames={"fluxes/chamber": frame})
    page = render(contents, "en")
    assert "None of the 24 fluxes could be computed. Most frequent reason (24): unit of the chamber volume." in page
    assert "There is no result yet" not in page


def test_a_gallery_shows_each_closure_with_its_readings(contents: Contents) -> None:
    found = chamber(contents, "en")
    assert found is not None
    best, worst = found.best[0], found.worst[1]
    assert best.data["closure"].unique().tolist() == ["c00", "c01", "c03", "c04"]
    assert set(worst.data["closure"]) == {"c02", "c05"}
    assert all(name in best.svg for name in ("c00", "c01", "c03", "c04"))


def test_no_fluxes_no_section() -> None:
    contents = Contents(settings=Settings.model_validate(STUDY))
    assert chamber(contents, "en") is None
    assert 'id="chamber"' not in render(contents, "en")


def test_fluxes_without_times_are_drawn_in_order(contents: Contents) -> None:
    frame = contents.frames["fluxes/chamber"].drop(columns="time")
    found = chamber(Contents(settings=contents.settings, frames={"fluxes/chamber": frame}), "zh")
    assert found is not None and "闭箱（按数据表顺序）" in found.points[0].svg
    assert not found.best and not found.worst
