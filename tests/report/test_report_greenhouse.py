from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from halosink.budget import greenhouse_balance
from halosink.contracts import Language
from halosink.figures.greenhouse import rounded
from halosink.report.build import render
from halosink.report.contents import Contents
from halosink.report.greenhouse import greenhouse
from halosink.report.labels import localised
from halosink.settings import Settings
from halosink.steps.greenhouse import cautions

STUDY = {
    "study": {"title": {"en": "Gases", "zh": "气体"}},
    "design": {
        "factors": [
            {
                "field": "treatment",
                "reference": "control",
                "order": ["control", "gypsum"],
                "labels": {"gypsum": {"en": "gypsum", "zh": "石膏"}, "control": {"en": "control", "zh": "对照"}},
            }
        ]
    },
}
SETTINGS = Settings.model_validate(STUDY)


def fluxes() -> pd.DataFrame:
    """Two classes and four plots; N2O was not measured in P3, and P4 was seen on one day."""
    rows = [("class", name, "") for name in ("gypsum", "control")] + [("plot", "", f"P{i}") for i in range(1, 5)]
    frame = pd.DataFrame(rows, columns=["level", "class", "plot"])
    frame = frame.replace("", None).assign(table="fluxes", rows=12, visits=[np.nan, np.nan, 4, 4, 4, 1])
    frame["factor"] = frame["class"].notna().map({True: "treatment", False: None})
    frame["treatment"] = [None, None, "control", "control", "gypsum", "gypsum"]
    frame["co2_flux"] = [2.0, 3.0, 2.5, 3.5, 2.0, 2.0]
    frame["ch4_flux"] = [40.0, -20.0, -10.0, -30.0, 40.0, 40.0]
    frame["n2o_flux"] = [0.5, 0.5, 0.4, 0.6, np.nan, 0.5]
    errors = {f"{g}_flux_standard_error": e for g, e in (("co2", 0.2), ("ch4", 4.0), ("n2o", 0.05))}
    return frame.assign(**errors)


def made(frame: pd.DataFrame, metric: tuple[str, ...] = ("AR6 GWP100", "AR6 GWP20")) -> Contents:
    balance = greenhouse_balance(frame, metric)
    balance["caution"] = cautions(balance, "day")
    return Contents(settings=SETTINGS, frames={"greenhouse/balance": balance})


@pytest.fixture(scope="module")
def contents() -> Contents:
    return made(fluxes())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_classes_and_places_stand_on_the_page(contents: Contents, language: Language) -> None:
    found = greenhouse(contents, language)
    assert found is not None and found.classes is not None and found.places is not None
    assert len(found.classes.cells) == 4 and len(found.places.cells) == 8
    page = render(contents, language)
    section = re.search(r'<section id="greenhouse">.*?</section>', page, re.S)
    assert section and section[0].count("<svg") == 1 and 'href="#greenhouse"' in page
    assert ("石膏" if language == "zh" else "gypsum") in section[0]


def test_numbers_are_those_weighed_by_hand(contents: Contents) -> None:
    found = greenhouse(contents, "en")
    assert found is not None and found.classes is not None
    control = next(r for r in found.classes.cells if r[:2] == ["control", "AR6 GWP20"])
    by_hand = [86400 * v for v in (3.0 * 44.009e-6, -20.0 * 16.043e-9 * 79.7, 0.5 * 44.013e-9 * 273)]
    shown = [float(cell.replace("\u2212", "-")) for cell in control[2:5]]
    assert shown == pytest.approx(by_hand, rel=5e-3)
    assert float(control[5]) == pytest.approx(sum(by_hand), abs=0.05)


def test_the_reference_stands_first_and_places_carry_their_treatment(contents: Contents) -> None:
    found = greenhouse(localised(contents, "zh"), "zh")
    assert found is not None and found.classes is not None and found.places is not None
    assert [r[0] for r in found.classes.cells] == ["对照", "对照", "石膏", "石膏"]
    assert found.places.cells[0][0] == "P1 · 对照"


def test_a_gas_that_was_not_measured_is_never_zero(contents: Contents) -> None:
    found = greenhouse(contents, "en")
    assert found is not None and found.places is not None
    row = next(r for r in found.places.cells if r[0].startswith("P3"))
    assert row[4] == "not measured"
    assert any("N₂O in 1 of 6 sums" in line and "not taken for zero" in line for line in found.lines)
    assert any("sums of 3 places that measured the same gases" in line for line in found.lines)


def test_what_the_sums_are_not_is_said(contents: Contents) -> None:
    found = greenhouse(contents, "en")
    assert found is not None
    assert "no climate balance" in found.not_shown and "dark chamber is respiration only" in found.not_shown
    assert "1 of 4 places: Measured on one day" in found.not_shown


def test_gases_differ_in_thickness_and_uptake_goes_left(contents: Contents) -> None:
    found = greenhouse(contents, "en")
    assert found is not None
    svg = found.figures[0].svg
    thick = {c: set(re.findall(rf'stroke="{c}" stroke-width="([\d.]+)"', svg)) for c in ("#0072b2", "#e69f00")}
    assert thick == {"#0072b2": {"13"}, "#e69f00": {"8"}}
    assert all(f">{gas}</text>" in svg for gas in ("CO₂", "CH₄", "N₂O"))


def test_with_one_gas_every_metric_says_the_same_and_one_is_shown() -> None:
    found = greenhouse(
        made(fluxes()[["level", "class", "plot", "table", "factor", "rows", "visits", "co2_flux"]]), "en"
    )
    assert found is not None and found.classes is not None
    assert {r[1] for r in found.classes.cells} == {"AR6 GWP100"}
    assert "CH₄ (everywhere), N₂O (everywhere)" in found.lines[-1]
    assert {r[6] for r in found.classes.cells} == {""}
    assert ">CH₄</text>" not in found.figures[0].svg


def test_methane_alone_is_no_respiration() -> None:
    found = greenhouse(made(fluxes().drop(columns=["co2_flux", "n2o_flux"])), "zh")
    assert found is not None and "暗箱" not in found.not_shown and "气候收支" not in found.not_shown


def test_many_places_are_listed_and_not_drawn() -> None:
    frame = pd.DataFrame({"level": "plot", "table": "fluxes", "plot": [f"P{i}" for i in range(40)], "rows": 3,
                          "visits": 3, "co2_flux": np.linspace(1, 4, 40)})  # fmt: skip
    found = greenhouse(made(frame), "en")
    assert found is not None and found.places is not None
    assert not found.figures and len(found.places.cells) == 40 and found.classes is None
    page = render(made(frame), "en")
    assert "<details><summary>CO₂-equivalents per place" in page


def test_large_sums_carry_no_more_digits_than_their_interval() -> None:
    assert rounded(30588.0, -219618.0, 333961.0) == (30000.0, -220000.0, 330000.0)
    assert rounded(7.31, 6.2, 8.4) == (7.31, 6.2, 8.4)
    assert rounded(38.0, np.nan, np.nan)[0] == 38.0


def test_no_balance_no_section() -> None:
    contents = Contents(settings=SETTINGS)
    assert greenhouse(contents, "en") is None
    assert 'id="greenhouse"' not in render(contents, "en")
