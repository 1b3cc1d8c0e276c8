"""The section on eddy covariance, from frames of made-up towers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

import eddy_results
from halosink import vocabulary
from halosink.contracts import LANGUAGES, Language
from halosink.report.answers import answers
from halosink.report.build import render
from halosink.report.contents import Contents
from halosink.report.eddy import eddy
from halosink.report.eddy_answer import answer, summary
from halosink.report.eddy_energy import energy
from halosink.report.eddy_footprint import footprint
from halosink.report.eddy_gaps import gaps
from halosink.report.eddy_series import _banded, diel, fingerprints, series
from halosink.report.eddy_shared import days, reason
from halosink.report.eddy_sums import annual
from halosink.report.eddy_threshold import threshold
from halosink.settings import Settings

SETTINGS = Settings.model_validate({"study": {"title": {"en": "Tower", "zh": "通量塔"}}})


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return eddy_results.frames()


@pytest.fixture(scope="module")
def contents(frames: dict[str, pd.DataFrame]) -> Contents:
    return Contents(settings=SETTINGS, frames=frames)


def made(frames: dict[str, pd.DataFrame], **changed: pd.DataFrame) -> Contents:
    return Contents(settings=SETTINGS, frames={**frames, **{f"eddy/{k}": v for k, v in changed.items()}})


def nee(low: float, high: float, years: int = 1) -> pd.DataFrame:
    return pd.DataFrame([
        {"tower": "A", "field": "nee", "year": 2001 + i, "value": (low + high) / 2, "low": low, "high": high,
         "unit": "g m-2", "complete": True, "reason": ""}
        for i in range(years)
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-520.0, -410.0, "took up more CO₂"), (20.0, 90.0, "gave off more CO₂"), (-30.0, 40.0, "cannot be told apart")],
)
def test_sink_or_source_goes_by_the_interval(low: float, high: float, said: str) -> None:
    found = Contents(settings=SETTINGS, frames={"eddy/sums": nee(low, high)})
    (line, limits) = summary(found, "en")
    assert said in line and "g\u00a0C\u00a0m⁻²" in line and "not a carbon balance" in limits


def test_years_are_counted_by_their_verdict() -> None:
    frame = pd.concat([nee(-500, -400, 3), nee(-30, 40).assign(year=2010)])
    (line, _) = summary(Contents(settings=SETTINGS, frames={"eddy/sums": frame}), "en")
    assert "In 4 years" in line and "a sink in 3, not to be told apart from zero in 1" in line and "source" not in line


def test_the_table_holds_value_parts_and_shares(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    (table,) = answer(contents, "en").tables
    row = dict(zip(table.headings, table.cells[0], strict=True))
    truth = frames["eddy/sums"].iloc[0]
    assert row["quantity"] == "NEE" and row["unit"] == "g\u00a0C\u00a0m⁻²"
    assert float(row["sum (95\u00a0% interval)"].split(" ")[0].replace("−", "-")) == pytest.approx(
        truth["value"], abs=1
    )
    assert float(row["measured"].split("\u00a0")[0]) == pytest.approx(100 * truth["measured_share"], abs=0.5)
    assert "tower" not in table.headings
    marked = [table.mark(i) for i in range(len(table.cells)) if table.cells[i][0] in ("LE", "H", "ET")]
    assert marked == ["open"] * 3


def test_a_sum_that_could_not_be_made_says_why(frames: dict[str, pd.DataFrame]) -> None:
    lost = frames["eddy/sums"].assign(value=np.nan, low=np.nan, high=np.nan, complete=False, reason="gap_too_long")
    part = answer(made(frames, sums=lost), "en")
    assert part.lines[0] == "No sum of a year could be made."
    assert "longer than what may be filled" in " ".join(part.lines)
    assert annual(made(frames, sums=lost), "en") is None
    assert summary(made(frames, sums=lost), "en") == []


def test_a_reason_is_sought_in_its_own_area_first() -> None:
    assert reason("gap_too_long", "zh", "filling") == "缺测时段超过允许插补的长度"
    assert reason("never_heard_of", "en") == "never heard of" and reason(np.nan, "en") == ""
    assert "; " in reason("gap_too_long,no_data", "en")


def test_days_count_what_was_measured_and_filled(frames: dict[str, pd.DataFrame]) -> None:
    steps = frames["eddy/half_hours"]
    found = days(steps, "nee")
    assert len(found) == 365 and found[["measured", "mds", "forest", "empty"]].sum(axis=1).to_numpy() == pytest.approx(
        1
    )
    assert found["value"].iloc[5] == pytest.approx(steps["nee_filled"].iloc[5 * 48 : 6 * 48].mean())
    assert found["forest"].iloc[160] == 1.0 and days(steps, "latent_heat_flux")["empty"].iloc[300] == 1.0


def test_the_running_sum_ends_at_the_table() -> None:
    daily = pd.DataFrame({"day": pd.date_range("2021-01-01", periods=100), "sum": np.arange(1.0, 101.0),
                          "random": np.arange(1.0, 101.0), "fills": np.arange(1.0, 101.0)})  # fmt: skip
    row = pd.Series(
        {"value": 110.0, "low": 90.0, "high": 140.0, "sd_threshold": 3.0, "sd_random": 4.0, "sd_filling": 0.0}
    )
    found = _banded(daily, row)
    assert found.iloc[-1][["sum", "low", "high"]].tolist() == pytest.approx([110, 90, 140])
    half = found.iloc[49]
    expected = np.sqrt((16 * 0.5 + 9 * 0.25) / 25)
    assert half["sum"] - half["low"] == pytest.approx(20 * expected)
    assert (np.diff(found["high"] - found["low"]) > 0).all()


def test_years_with_an_empty_part_have_no_running_sum(frames: dict[str, pd.DataFrame]) -> None:
    steps = frames["eddy/half_hours"].copy()
    steps.loc[100, "nee_filled"] = np.nan
    whole = series(made(frames), "en")
    lacking = series(made(frames, half_hours=steps), "en")
    assert whole is not None and lacking is not None
    assert len(whole.figures) == len(lacking.figures) + 1


def test_the_longest_filled_gap_is_shown(contents: Contents) -> None:
    part = series(contents, "en")
    assert part is not None
    assert any("longest gap that was filled, 2021-05-3" in f.caption for f in part.figures)
    assert part.folded and all("NEE" not in f.caption.split(":")[0] for f in part.folded)


def test_fingerprints_are_one_per_flux_and_year(frames: dict[str, pd.DataFrame]) -> None:
    two = eddy_results.frames(years=2, minutes=180)
    part = fingerprints(Contents(settings=SETTINGS, frames=two), "en")
    assert part is not None and len(part.figures) == 1 and len(part.folded) == 7
    assert "2022" in part.figures[0].caption


def test_the_course_of_the_day_shows_both_methods(contents: Contents) -> None:
    part = diel(contents, "en")
    assert part is not None and len(part.figures) == 2 and len(part.folded) == 3
    assert "Reco, day-time method" in part.figures[1].svg


def test_thresholds_and_why_there_is_none(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    part = threshold(contents, "en")
    assert part is not None and "below 0.26 (0.21 to 0.34) m s⁻¹" in part.lines[0]
    assert [part.tables[0].mark(i) for i in range(5)] == ["open", "", "", "", ""]
    none = frames["eddy/ustar"].assign(threshold=np.nan, low=np.nan, high=np.nan, reason="too_few_records")
    lost = threshold(made(frames, ustar=none), "zh")
    assert lost is not None and "未能确定摩擦风速阈值" in lost.lines[0]
    bare = threshold(Contents(settings=SETTINGS, frames={"eddy/ustar": frames["eddy/ustar"]}), "en")
    assert bare is not None and not bare.figures and "not drawn" in bare.lines[-1]


def test_gaps_scores_and_what_was_set_aside(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    part = gaps(contents, "en")
    assert part is not None
    said = " ".join(part.lines)
    assert "−20\u00a0% in gaps of 7 d, −20\u00a0% in gaps of 14 d" in said
    assert "1 of them stayed empty: the gap is longer than what may be filled" in said
    kept = part.tables[0]
    counts = [int(r[2].replace(",", "")) for r in kept.cells if r[0] == "NEE"]
    assert sum(counts) == len(frames["eddy/half_hours"])
    listed = part.tables[1]
    assert [r[4] for r in listed.cells[:2]] == ["left empty"] * 2 and listed.mark(0) == "fail"


def test_closure_and_why_there_is_none(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    part = energy(contents, "en")
    assert part is not None and "0.79 (0.75 to 0.84) times" in part.lines[0] and len(part.figures) == 1
    bare = frames["eddy/half_hours"].drop(columns="soil_heat_flux")
    said = energy(made(frames, half_hours=bare), "en")
    assert said is not None and "Soil heat flux was not measured" in said.lines[-1]
    none = frames["eddy/energy_balance"].assign(slope=np.nan, ratio=np.nan, reason="no_net_radiation")
    lost = energy(made(frames, energy_balance=none), "en")
    assert lost is not None and not lost.figures and "cannot be told" in lost.lines[0]


def test_the_footprint_in_columns_or_in_rows_says_the_same(contents: Contents, frames: dict[str, pd.DataFrame]) -> None:
    wide = frames["eddy/footprint"]
    keys = ["tower", "period", "records", "reason"]
    long = wide.melt(keys, var_name="quantity", value_name="value")
    one, other = footprint(contents, "en"), footprint(made(frames, footprint=long), "en")
    assert one is not None and other is not None
    assert one.lines == other.lines and one.tables[0].cells == other.tables[0].cells
    assert "80\u00a0%" in one.lines[1] and len(one.figures) == 1 and len(one.folded) == 2


def test_towers_are_named_where_there_are_several() -> None:
    two = eddy_results.frames(towers=("North", "South"), minutes=180)
    found = Contents(settings=SETTINGS, frames=two)
    assert [line[:7] for line in answer(found, "en").lines if "NEE" in line and "20" in line] == ["North: ", "South: "]
    assert answer(found, "en").tables[0].headings[0] == "tower"
    page = render(found, "en")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_loads_nothing(contents: Contents, language: Language) -> None:
    page = render(contents, language)
    ElementTree.fromstring(page.split("\n", 1)[1])
    assert 'id="eddy"' in page and len(page.encode()) < 1_500_000
    assert not re.search(r'<(?:img|link|iframe)|\bsrc=|href="(?!#|data:|https?://doi)', page)
    seen = re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
    assert not re.search(r"\b(?:nan|NaN|None|NaT|inf|True|False)\b|[{}]", seen)
    if language == "zh":
        assert not re.search(r"\b(?:the|and|of)\b", re.sub(r"[A-Za-z ]*\.toml|halosink \S*", "", seen))


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_single_frame_renders_and_all_but_one(frames: dict[str, pd.DataFrame], language: Language) -> None:
    few = eddy_results.frames(minutes=180)
    for name in few:
        for kept in ({name: few[name]}, {k: v for k, v in few.items() if k != name}):
            found = Contents(settings=SETTINGS, frames=kept)
            assert (eddy(found, language) is None) == (set(kept) <= {"eddy/ustar_curves", "eddy/footprint_grid"})
            render(found, language)


def test_frames_of_missing_values_render(frames: dict[str, pd.DataFrame]) -> None:
    hollow = {}
    for name, frame in eddy_results.frames(minutes=180).items():
        numbers = [c for c in frame.select_dtypes("number") if c not in ("year", "x", "y", "gap_days")]
        hollow[name] = frame.assign(**dict.fromkeys(numbers, np.nan))
    for language in LANGUAGES:
        page = render(Contents(settings=SETTINGS, frames=hollow), language)
        assert 'id="eddy"' in page
        assert not re.search(r"\bnan\b", re.sub(r"<[^>]+>", " ", page))


def test_a_week_renders() -> None:
    week = eddy_results.half_hours(days=7)
    found = Contents(settings=SETTINGS, frames={"eddy/half_hours": week, "eddy/sums": eddy_results.sums(week)})
    assert eddy(found, "en") is not None


def test_no_frames_no_section() -> None:
    assert eddy(Contents(settings=SETTINGS), "en") is None
    assert 'id="eddy"' not in render(Contents(settings=SETTINGS), "en")


def test_the_answer_of_the_study_begins_with_the_tower(contents: Contents) -> None:
    assert "net ecosystem exchange" in answers(contents, "en").summary[0]


def test_a_hostile_name_becomes_no_markup(frames: dict[str, pd.DataFrame]) -> None:
    attack = '<script>alert("x")</script>'
    bad = {k: v.assign(tower=attack) if "tower" in v else v for k, v in eddy_results.frames(minutes=180).items()}
    two = {k: pd.concat([v, bad[k]], ignore_index=True) for k, v in eddy_results.frames(minutes=180).items()}
    for language in LANGUAGES:
        assert render(Contents(settings=SETTINGS, frames=two), language).count("<script") == 1


def test_texts_stand_in_both_languages_with_the_same_values() -> None:
    own = {k: t for k, t in vocabulary.texts().items() if k.startswith("eddy_report.")}
    assert len(own) > 150
    for key, text in own.items():
        assert set(re.findall(r"{(\w+)}", text.en)) == set(re.findall(r"{(\w+)}", text.zh)), key
        assert text.en and text.zh
