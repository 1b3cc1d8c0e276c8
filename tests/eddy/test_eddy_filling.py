"""What fills which gap, what stays empty, and what is said of it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from halosink import problems, vocabulary
from halosink.eddy.filling import fill, gaps
from halosink.eddy.filling.fill import COLUMNS, FLUXES, SOURCES, divide, fill_gaps, usable_drivers
from halosink.eddy.filling.notices import notices
from halosink.eddy.steps import Steps

REASONS = ("gap_too_long", "no_data", "no_drivers", "no_alike", "no_forest")


def tower(days=120, per_day=48, seed=1):
    """A complete table; deficit in kPa."""
    rng = np.random.default_rng(seed)
    n = days * per_day
    hour = np.arange(n) % per_day * 24 / per_day
    radiation = np.maximum(0, 500 * np.sin((hour - 6) / 12 * np.pi)) * rng.uniform(0.5, 1, n)
    temperature = 12 + 5 * np.sin((hour - 9) / 12 * np.pi) + rng.normal(0, 1, n)
    return pd.DataFrame(
        {
            "time": pd.date_range("2021-03-01", periods=n, freq=pd.Timedelta(days=1) / per_day, unit="s"),
            "nee": 2 - 0.02 * radiation + rng.normal(0, 0.5, n),
            "shortwave_radiation": radiation,
            "vapour_pressure_deficit": 0.05 * temperature,
            "air_temperature": temperature,
            "soil_temperature": 10 + rng.normal(0, 0.1, n),
        }
    )


def without(table, field, *days, per_day=48):
    """The table with the field missing from a day to a day, for each pair."""
    values = table[field].to_numpy().copy()
    for first, last in days:
        values[round(first * per_day) : round(last * per_day)] = np.nan
    return table.assign(**{field: values})


@pytest.fixture
def grown(monkeypatch):
    """A forest that gives 7 with sd 2 everywhere; calls are counted."""
    calls = []

    def stand_in(table, field, seed, progress):
        calls.append((field, seed))
        return SimpleNamespace(estimate=np.full(len(table), 7.0), sd=np.full(len(table), 2.0))

    monkeypatch.setattr(fill, "_grown", stand_in)
    return calls


def test_who_fills_what(grown):
    table = without(tower(200), "nee", (5, 6), (20, 23), (60, 125))
    filled = fill_gaps(table, "nee", seed=3)
    day = np.arange(len(table)) / 48
    assert (filled["source"][(day >= 5) & (day < 6)] == "mds").all()
    assert (filled["source"][(day >= 20) & (day < 23)] == "forest").all()
    long = (day >= 60) & (day < 125)
    assert (filled["source"][long] == "empty").all() and (filled["reason"][long] == "gap_too_long").all()
    assert filled.loc[long, ["value", "estimate", "sd"]].isna().all(axis=None)
    assert (filled["source"][table["nee"].notna()] == "measured").all()
    assert (filled["value"][filled["source"] == "forest"] == 7).all()
    assert (filled["sd"][filled["source"] == "forest"] == 2).all()
    assert grown == [("nee", 3)]


def test_table_and_its_promises(grown):
    table = without(tower(), "nee", (5, 6), (20, 30), (50, 70)).set_index(np.arange(5760) + 7)
    filled = fill_gaps(table, "nee")
    assert tuple(filled.columns) == COLUMNS and filled.index.equals(table.index)
    assert tuple(filled["source"].cat.categories) == SOURCES
    there = table["nee"].notna()
    np.testing.assert_array_equal(filled["value"][there], table["nee"][there])
    assert (filled["quality"][there] == 0).all() and filled["quality"][~there].isin([1, 2, 3]).all()
    assert filled["estimate"].notna().all() and (filled["sd"] >= 0).all()
    assert set(filled["method"][filled["source"] == "mds"]) <= {1, 2, 3}
    assert not filled["method"][filled["source"] == "forest"].any()
    # a gap of twenty days is doubtful, one of ten is not
    forest = filled[filled["source"] == "forest"]["quality"].to_numpy()
    assert list(np.unique(forest, return_counts=True)[1]) == [10 * 48, 20 * 48]


def test_measurements_are_not_estimated_unless_asked():
    table = without(tower(), "nee", (5, 6))
    gap = table["nee"].isna()
    some, every = fill_gaps(table, "nee", every=False), fill_gaps(table, "nee")
    assert some["estimate"].notna().equals(gap)
    pd.testing.assert_series_equal(some["value"], every["value"])


@pytest.mark.parametrize("filler", ["mds", "forest"])
def test_one_filler_for_all(grown, filler):
    filled = fill_gaps(without(tower(), "nee", (5, 6), (20, 24)), "nee", filler=filler)
    assert set(filled["source"]) == {"measured", filler}


def test_a_forest_of_before_is_used():
    table = without(tower(), "nee", (20, 24))
    known = SimpleNamespace(estimate=np.full(len(table), -1.0), sd=np.ones(len(table)))
    filled = fill_gaps(table, "nee", forest=known)
    assert (filled["value"][filled["source"] == "forest"] == -1).all()


def test_where_the_forest_gives_nothing(monkeypatch):
    nothing = SimpleNamespace(estimate=np.full(5760, np.nan), sd=np.full(5760, np.nan))
    monkeypatch.setattr(fill, "_grown", lambda *_: nothing)
    table = without(tower(), "nee", (20, 24))
    filled = fill_gaps(table, "nee")
    gap = table["nee"].isna()
    assert (filled["source"][gap] == "mds").all() and (filled["reason"][gap] == "no_forest").all()
    assert [p.code for p in notices(table, filled, "nee")] == ["W-EDDY-FILL-NO-FOREST"]


@pytest.mark.parametrize("field", ["air_temperature", "shortwave_radiation", "soil_temperature"])
def test_weather_is_not_left_to_the_forest(grown, field):
    filled = fill_gaps(without(tower(), field, (20, 30)), field)
    assert set(filled["source"]) == {"measured", "mds"} and not grown


@pytest.mark.parametrize("field", FLUXES)
def test_every_flux(grown, field):
    table = without(tower().rename(columns={"nee": field}), field, (20, 20.5), (30, 34))
    assert set(fill_gaps(table, field)["source"]) == {"measured", "mds", "forest"}


@pytest.mark.parametrize("per_day", [1, 8, 24, 48, 96, 144])
@pytest.mark.parametrize("convention", ["reddyproc", "oneflux"])
def test_any_step(per_day, convention):
    table = tower(60, per_day)
    table.loc[len(table) // 2 : len(table) // 2 + per_day // 2, "nee"] = np.nan
    filled = fill_gaps(table, "nee", convention=convention, filler="mds")
    assert filled["value"].notna().all()


@pytest.mark.parametrize("rows", [0, 1, 2, 5, 7 * 48])
@pytest.mark.parametrize("missing", ["nothing", "flux", "weather", "everything"])
@pytest.mark.parametrize("filler", ["auto", "mds"])
def test_short_and_empty_tables(rows, missing, filler):
    table = tower(8).head(rows).copy()
    if missing in ("flux", "everything"):
        table["nee"] = np.nan
    if missing in ("weather", "everything"):
        table[["shortwave_radiation", "vapour_pressure_deficit", "air_temperature"]] = np.nan
    filled = fill_gaps(table, "nee", filler=filler)
    assert len(filled) == rows
    if missing in ("flux", "everything"):
        assert (filled["source"] == "empty").all() and (filled["reason"] == "no_data").all()
    else:
        assert (filled["value"] == table["nee"]).all() and (filled["reason"] == "").all()
    for problem in notices(table, filled, "nee"):
        assert problem.level == "warning"


def test_drivers_that_are_left_out():
    table = tower(10)
    names = lambda *a, **k: [d.name for d, _ in usable_drivers(*a, **k)]  # noqa: E731
    weather = ["shortwave_radiation", "vapour_pressure_deficit", "air_temperature"]
    assert names(table, "nee") == weather
    assert names(table.drop(columns="air_temperature"), "nee") == weather[:1]
    assert names(table.assign(vapour_pressure_deficit=np.nan), "nee") == weather[:1]
    assert names(table, "air_temperature") == weather[:1]
    assert names(table, "shortwave_radiation") == []
    assert names(table, "nee", [*weather[:2], "soil_temperature"]) == [*weather[:2], "soil_temperature"]
    with pytest.raises(ValueError, match="at most three"):
        usable_drivers(table, "nee", ["moon"])


def test_wrong_words():
    with pytest.raises(ValueError, match="filler"):
        fill_gaps(tower(8), "nee", filler="spline")
    with pytest.raises(KeyError):
        fill_gaps(tower(8), "methane")
    with pytest.raises(ValueError, match="regular"):
        fill_gaps(tower(8).drop(index=5), "nee")


def test_gaps_over_isolated_measurements():
    measured = np.ones(48 * 100, dtype=bool)
    measured[48 * 10 : 48 * 40] = False
    measured[48 * 20 : 48 * 20 + 2] = True  # an hour within thirty days
    measured[48 * 50 : 48 * 60] = False
    measured[48 * 55 : 48 * 55 + 3] = True  # longer than an hour
    measured[48 * 70 : 48 * 70 + 40] = False  # two gaps shorter than a day
    measured[48 * 70 + 20] = True
    found = gaps.find(measured, 48)
    np.testing.assert_allclose(found.days(48), [30, 5, 5 - 3 / 48, 20 / 48, 19 / 48])
    assert found.missing.sum() == (~measured).sum() and found.missing[0] == 30 * 48 - 2
    assert divide(measured, 48, "nee", longest_gap=25).too_long.sum() == 30 * 48 - 2
    assert not divide(measured, 48, "nee", longest_gap=25).too_long[measured].any()


@pytest.mark.parametrize("measured", [[], [True], [False], [False, False], [True, False, True]])
def test_gaps_of_few_steps(measured):
    found = gaps.find(np.array(measured, dtype=bool), 48)
    assert found.missing.sum() == measured.count(False)


def test_table_of_gaps(grown):
    table = without(tower(200), "nee", (5, 6), (20, 23), (60, 125))
    steps = Steps.of(table["time"].to_numpy())
    found = gaps.table(fill_gaps(table, "nee"), steps, "nee")
    assert tuple(found.columns) == gaps.COLUMNS
    assert list(found["filled_by"]) == ["mds", "forest", "empty"]
    assert list(found["reason"]) == ["", "", "gap_too_long"]
    assert list(found["days"]) == [1, 3, 65] and list(found["steps"]) == [48, 144, 65 * 48]
    assert found["start"][0] == pd.Timestamp("2021-03-06") and found["end"][0] == pd.Timestamp("2021-03-07")
    none = gaps.table(fill_gaps(tower(8), "nee"), Steps.of(tower(8)["time"].to_numpy()), "nee")
    assert not len(none) and tuple(none.columns) == gaps.COLUMNS


def test_what_is_said(grown):
    table = without(tower(200), "nee", (30, 195)).drop(columns="air_temperature")
    found = {p.code: p for p in notices(table, fill_gaps(table, "nee", filler="mds"), "nee", file="tower.csv")}
    assert set(found) == {"W-EDDY-GAP-EMPTY", "W-EDDY-FILL-MOST"}
    assert "165 days" in found["W-EDDY-GAP-EMPTY"].say("what", "en")
    assert "2021-03-31" in found["W-EDDY-GAP-EMPTY"].say("what", "zh")
    table = without(tower(60), "nee", (30, 31)).assign(shortwave_radiation=np.nan)
    found = notices(table, fill_gaps(table, "nee", filler="mds"), "nee")
    assert [p.code for p in found] == ["W-EDDY-FILL-DRIVERS"]
    for language in ("en", "zh"):
        assert vocabulary.fields()["shortwave_radiation"].label.to(language) in found[0].say("what", language)
    lonely = without(tower(60), "nee", (0, 59)).assign(shortwave_radiation=np.nan)
    lonely.loc[59 * 48 + 10 :, "nee"] = np.nan
    found = {p.code for p in notices(lonely, fill_gaps(lonely, "nee", filler="mds"), "nee")}
    assert found == {"W-EDDY-FILL-EMPTY", "W-EDDY-FILL-DRIVERS", "W-EDDY-FILL-MOST"}


def test_every_code_has_words():
    for key in (*(f"reason_{r}" for r in REASONS), *(f"source_{s}" for s in (*SOURCES, "mixed")), "method_1"):
        assert vocabulary.say(f"eddy_filling.{key}", "en") != vocabulary.say(f"eddy_filling.{key}", "zh")
    assert {c for c in problems.wordings() if c.startswith(("W-EDDY-FILL", "W-EDDY-GAP-EMPTY"))} >= {
        "W-EDDY-FILL-EMPTY"
    }
