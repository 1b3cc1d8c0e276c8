"""The section on the response model, from made-up frames."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.figures import model_flows, model_rows
from halosink.report.build import render
from halosink.report.contents import Contents
from halosink.report.model import FOLDED, SHOWN, model
from halosink.settings import Settings

SETTINGS = Settings.model_validate({
    "study": {"title": {"en": "Plain", "zh": "平原"}},
    "design": {
        "factors": [
            {"field": "salinity_class", "reference": "low", "order": ["low", "high"],
             "labels": {"low": {"en": "low salt", "zh": "低盐"}, "high": {"en": "much salt", "zh": "高盐"}}},
        ]
    },
})  # fmt: skip
SCENARIOS = {"as_is": ("as it is", "现状"), "leaching": ("Leaching", "淋洗"), "biochar": ("Biochar", "施用生物炭")}
PLACE = {"factor": "salinity_class"}
FLOWS = (
    ("production", "air", "shoot", 300.0), ("production", "air", "root", 200.0),
    ("litterfall", "shoot", "litter", 290.0),
    ("litter", "litter", "pom", 150.0), ("litter", "litter", "air", 140.0), ("litterfall", "root", "pom", 190.0),
    ("aggregation", "pom", "aggregate", 60.0), ("aggregation", "aggregate", "pom", 40.0),
    ("decomposition", "pom", "doc", 300.0), ("microbes", "doc", "microbes", 150.0), ("microbes", "doc", "air", 150.0),
    ("microbes", "microbes", "maom", 50.0), ("sorption", "maom", "doc", 45.0), ("methane", "doc", "air", 0.5),
    ("carbonate", "air", "below", 20.0),
)  # fmt: skip


def frames() -> dict[str, pd.DataFrame]:
    response, changed, ledger, split, held, cores = ([] for _ in range(6))
    for place, level in (("low", 1.0), ("high", 0.7)):
        here = PLACE | {"class": place}
        for number, (key, (en, zh)) in enumerate(SCENARIOS.items()):
            named = {"scenario": key, "scenario_en": en, "scenario_zh": zh}
            for quantity in FOLDED:
                for year in range(1, 6):
                    middle = level * (1000 + 10 * number * year)
                    response.append(here | named | {"year": year, "quantity": quantity, "unit": "g m-2",
                                    "low": 0.8 * middle, "median": middle, "high": 1.2 * middle})  # fmt: skip
            if number:
                spans = {"": (-20.0, 50.0, 120.0), "ec_": (-3.0, -2.0, -1.0), "esp_": (-1.0, 0.0, 1.0),
                         "production_": (1.0, 2.0, 3.0)}  # fmt: skip
                row = {f"{k}{n}": v for k, ends in spans.items()
                       for n, v in zip(("low", "median", "high"), ends, strict=True)}  # fmt: skip
                changed.append(here | named | row | {"years": 5, "unit": "g m-2", "gain": 0.8, "brought": 10.0,
                                                     "source": "own_choice, wang2016biochar"})  # fmt: skip
        for process, source, target, value in FLOWS:
            ledger.append(here | {"kind": "carbon", "process": process, "source": source, "target": target,
                          "unit": "g m-2 year-1", "low": 0.5 * value, "median": value, "high": 2 * value})  # fmt: skip
        ledger.append(here | {"kind": "water", "process": "water", "source": "sky", "target": "water",
                      "unit": "mm year-1", "low": 300.0, "median": 300.0, "high": 300.0})  # fmt: skip
        for part, value in (("whole", -300.0), ("less_input", -500.0), ("slower_decay", 200.0), ("together", -100.0)):
            ends = sorted((0.5 * value, 1.5 * value))
            split.append(here | {"part": part, "unit": "g m-2", "low": ends[0], "median": value, "high": ends[1]})
        held.append(here | {"stock": "maom", "unit": "year", "low": 20.0, "median": 60.0, "high": 130.0,
                            "mean_stock": 9000.0})  # fmt: skip
        for core, depth in (("monthly", 100.0), ("rothc", 23.0)):
            for year in range(6):
                soc = 1000.0 - 20 * year
                band = core == "monthly"
                cores.append(here | {"core": core, "core_en": core, "core_zh": core, "depth": depth, "year": year,
                             "soc": soc, "low": soc - 50 if band else np.nan, "high": soc + 50 if band else np.nan,
                             "respired": 100.0, "unit": "g m-2", "source": "own_choice"})  # fmt: skip
    check = {"check": "model_start_drift", "subject": "high", "value": 0.3, "operator": "<=", "threshold": 0.2,
             "unit": "1", "passed": False, "source": "own_choice",
             "comment_en": "-30 %", "comment_zh": "-30 %"}  # fmt: skip
    parts = {"response": response, "interventions": changed, "ledger": ledger, "split": split, "residence": held,
             "cores": cores, "checks": [check]}  # fmt: skip
    return {f"model/{name}": pd.DataFrame(rows) for name, rows in parts.items()}


@pytest.fixture(scope="module")
def contents() -> Contents:
    return Contents(settings=SETTINGS, frames=frames())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_first_says_that_nothing_is_calibrated(contents: Contents, language: Language) -> None:
    page = render(contents, language)
    section = page[page.index('<section id="model">') :]
    section = section[: section.index("</section>")]
    first = re.search(r"<p><b>(.+?)</b></p>", section)
    assert first and first[1] == vocabulary.say("model_report.warning.first", language).replace("'", "&#39;")
    assert section.index(first[0]) < section.index("<svg")
    assert ("much salt" if language == "en" else "高盐") in section and "own_choice" not in section
    assert re.search(r"\{\w+\}", re.sub(r"<[^>]+>", "", section)) is None
    for svg in re.findall(r"<svg.*?</svg>", section, re.S):
        ElementTree.fromstring(svg)


def test_a_start_that_drifts_is_said(contents: Contents) -> None:
    found = model(contents, "en")
    assert found is not None and "In 1 of the classes" in found.warning[2]
    calm = {k: v for k, v in contents.frames.items() if k != "model/checks"}
    other = model(Contents(settings=SETTINGS, frames=calm), "en")
    assert other is not None and len(other.warning) == 2


def test_without_a_response_there_is_no_section() -> None:
    assert model(Contents(settings=SETTINGS), "en") is None
    assert 'id="model"' not in render(Contents(settings=SETTINGS), "en")


def test_any_part_may_be_missing(contents: Contents) -> None:
    for left in ("interventions", "ledger", "split", "cores", "residence"):
        kept = {k: v for k, v in contents.frames.items() if k != f"model/{left}"}
        for language in LANGUAGES:
            assert 'id="model"' in render(Contents(settings=SETTINGS, frames=kept), language)


def test_courses_of_the_last_class_stand_open(contents: Contents) -> None:
    found = model(contents, "en")
    assert found is not None
    part = found.parts[0]
    assert len(part.figures) == len(SHOWN) and all("high" in f.caption for f in part.figures)
    assert len(part.folded) == len(FOLDED) - len(SHOWN) + len(SHOWN)
    assert set(part.figures[0].data["scenario"]) == set(SCENARIOS)


def test_interventions_tell_interval_and_share_of_draws(contents: Contents) -> None:
    found = model(contents, "en")
    assert found is not None
    part = found.parts[1]
    assert "80\u00a0% gain" in part.figures[0].svg and "5 years" in part.lines[0]
    row = dict(zip(part.tables[0].headings, part.tables[0].cells[0], strict=True))
    assert row["draws that gain"] == "80\u00a0%" and row["source"] == "own choice, Wang 2016"
    assert row["carbon brought, g C m⁻²"] == "10"


def test_what_changes_nothing_is_not_called_a_loss() -> None:
    frame = pd.DataFrame([{"class": "a", "label": "Drainage", "low": 0.0, "median": 0.0, "high": 0.0, "gain": 0.0},
                          {"class": "a", "label": "Straw", "low": 1.0, "median": 2.0, "high": 3.0,
                           "gain": 1.0}])  # fmt: skip
    svg = model_rows.interventions(frame, "g", 5, "95", "en").svg
    assert "changes nothing here" in svg and ", 0\u00a0% gain" not in svg


def test_flows_are_net_and_of_organic_carbon() -> None:
    frame = pd.DataFrame(FLOWS, columns=["process", "source", "target", "median"])
    data = model_flows.draw(frame, "", "en").data.set_index(["source", "target"])["value"]
    assert data["pom", "aggregate"] == pytest.approx(20.0) and ("aggregate", "pom") not in data
    assert data["fixed", "shoot"] == 300.0 and ("fixed", "below") not in data
    assert data["doc", "breath"] == pytest.approx(150.5)


def test_cores_begin_at_zero_change(contents: Contents) -> None:
    found = model(contents, "zh")
    assert found is not None
    data = found.parts[-1].figures[0].data
    assert (data.loc[data["year"] == 0, "soc"] == 0).all()
    assert data.loc[data["year"] == 5, "soc"].to_numpy() == pytest.approx(-10.0)


def test_a_study_without_classes_is_drawn() -> None:
    one = {k: v[v["class"] == "low"].assign(factor="", **{"class": "-"}) if "class" in v else v
           for k, v in frames().items()}  # fmt: skip
    page = render(Contents(settings=Settings.model_validate({"study": {"title": "t"}}), frames=one), "en")
    assert 'id="model"' in page and "-: " not in page[page.index('id="model"') :][:20000]
