from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from halosink.chamber.carbonate.two_part import two_part
from halosink.contracts import Language
from halosink.report.build import render
from halosink.report.carbonate import carbonate
from halosink.report.contents import Contents
from halosink.settings import Settings

SETTINGS = Settings.model_validate({"study": {"title": {"en": "Dryland", "zh": "旱地"}}})
HOURS = np.arange(10 * 7 * 24)


def series(seed: int, abiotic: float, respiration: float = 1.0, weeks: int = 10, **names: str) -> pd.DataFrame:
    """Hourly flux: a Lloyd-Taylor respiration, an abiotic part per warming of the soil, and noise."""
    rng = np.random.default_rng(seed)
    hours = HOURS[: weeks * 168]
    days = hours / 24
    knots = np.arange(int(days[-1]) + 2)
    swing = np.interp(days, knots, rng.uniform(3, 10, knots.size))
    warm = 18 + np.interp(days, knots, np.cumsum(rng.normal(0, 1, knots.size))) + swing * np.sin(2 * np.pi * days)
    wet = np.interp(days, knots, rng.uniform(0.05, 0.3, knots.size))
    rate = np.exp(250 * (1 / 56.02 - 1 / (warm + 46.02))) * wet / (0.15 + wet)
    flux = respiration * rate + abiotic * np.gradient(warm) + rng.normal(0, 0.15, hours.size)
    time = pd.Timestamp("2021-04-01") + pd.to_timedelta(hours, unit="h")
    frame = pd.DataFrame({"time": time, "co2_flux": flux, "soil_temperature": warm, "soil_moisture": wet})
    return frame.assign(**names)


def contents(**tables: pd.DataFrame) -> Contents:
    parts: dict[str, list[pd.DataFrame]] = {}
    for name, frame in tables.items():
        found = two_part(frame, seed=1, repeats=2, resamples=8)
        for part in ("comparison", "models", "parameters", "left_out"):
            parts.setdefault(part, []).append(getattr(found, part).assign(table=name))
    frames = {f"carbonate/{n}": pd.concat(p, ignore_index=True) for n, p in parts.items()}
    return Contents(settings=SETTINGS, frames=frames)


@pytest.fixture(scope="module")
def abiotic() -> Contents:
    parts = [series(1, 0.4, chamber="1"), series(2, 0.4, chamber="2"), series(3, 0.4, weeks=3, chamber="3")]
    return contents(soil_co2=pd.concat(parts))


@pytest.fixture(scope="module")
def nothing() -> Contents:
    """Flux of pure noise: no model can predict it."""
    return contents(soil_co2=series(5, 0.0, respiration=0.0))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_verdict_stands_first_and_the_figures_follow(abiotic: Contents, language: Language) -> None:
    found = carbonate(abiotic, language)
    assert found is not None and len(found.tables) == 1
    verdict = {
        "en": "respiration with an abiotic part predicted better",
        "zh": "带非生物部分的呼吸模型的预测优于单纯呼吸",
    }
    assert verdict[language] in found.tables[0].lines[0]
    page = render(abiotic, language)
    section = re.search(r'<section id="carbonate">.*?</section>', page, re.S)
    assert section and section[0].count("<svg") == 2 and 'href="#carbonate"' in page
    assert {"en": "no proof of carbonate chemistry", "zh": "不证明碳酸盐化学反应"}[language] in section[0]


def test_numbers_of_the_comparison_are_shown(abiotic: Contents) -> None:
    found = carbonate(abiotic, "en")
    row = abiotic.frames["carbonate/comparison"].iloc[0]
    assert found is not None
    gain = found.tables[0].lines[2]
    assert f"respiration {row['rmse_biotic']:.3f}, with the abiotic part {row['rmse_two_part']:.3f}" in gain
    assert f"\u2212{-row['percent']:.1f}\u00a0%" in gain and row["percent"] < 0
    negative = found.tables[0].lines[-1]
    assert row["negative"] > 0 and f"{100 * row['negative']:.1f}\u00a0% are below zero" in negative


def test_series_and_parameters_are_listed_and_the_short_one_is_named(abiotic: Contents) -> None:
    found = carbonate(abiotic, "zh")
    assert found is not None and found.series is not None and found.left_out is not None
    assert [r[0] for r in found.series.cells] == ["1", "2"]
    assert {r[0] for r in found.parameters.cells} == {"1", "2"} and len(found.parameters.cells) == 10
    assert found.left_out.cells[0][0] == "3" and "不足八周" in found.left_out.cells[0][2]


def test_the_gain_figure_draws_both_rivals_with_intervals(abiotic: Contents) -> None:
    found = carbonate(abiotic, "en")
    assert found is not None
    errors, gain = found.tables[0].figures
    assert set(errors.data["model"]) == {"mean", "biotic", "lagged", "two_part"}
    assert "against respiration" in gain.svg and "against respiration behind temperature" in gain.svg
    assert gain.data.iloc[0]["high"] < 0


def test_where_models_explain_nothing_it_is_said(nothing: Contents) -> None:
    found = carbonate(nothing, "en")
    row = nothing.frames["carbonate/comparison"].iloc[0]
    assert found is not None and max(row["skill_biotic"], row["skill_two_part"]) < 0.1
    said = " ".join(found.tables[0].lines)
    worthless = max(row["skill_biotic"], row["skill_two_part"]) <= 0
    assert ("Neither model predicts better" if worthless else "Both models explain little") in said
    assert row["verdict"] != "two_part" and "No size of an abiotic part is given" in said
    assert found.series is None and {r[0] for r in found.parameters.cells} == {"the only series"}


@pytest.mark.parametrize(("skill", "said"), [(-0.02, "Neither model"), (0.05, "explain little"), (0.4, "takes 40.0")])
def test_how_much_is_explained_goes_by_the_better_model(abiotic: Contents, skill: float, said: str) -> None:
    frame = abiotic.frames["carbonate/comparison"].assign(skill_biotic=skill, skill_two_part=skill)
    found = carbonate(Contents(settings=SETTINGS, frames={**abiotic.frames, "carbonate/comparison": frame}), "en")
    assert found is not None and said in found.tables[0].lines[1]


def test_tables_of_several_files_are_told_apart() -> None:
    both = contents(east=series(1, 0.4), west=series(2, 0.0))
    found = carbonate(both, "en")
    assert found is not None
    assert [t.title for t in found.tables] == ["east", "west"]
    assert [f.svg for t in found.tables for f in t.figures] == list(
        dict.fromkeys(f.svg for t in found.tables for f in t.figures)
    )
    assert {r[0].split(" · ")[0] for r in found.parameters.cells} == {"east", "west"}
    assert "east: On weeks" in render(both, "en")


def test_a_study_of_one_long_series_has_an_answer(abiotic: Contents) -> None:
    answer = re.search(r'<section id="answer">.*?</section>', render(abiotic, "en"), re.S)
    assert answer and "respiration with an abiotic part predicted better" in answer[0]
    assert "no proof of carbonate chemistry" in answer[0] and "There is no result yet" not in answer[0]


def test_no_long_series_no_section() -> None:
    empty = Contents(settings=SETTINGS)
    assert carbonate(empty, "en") is None
    assert 'id="carbonate"' not in render(empty, "en")
