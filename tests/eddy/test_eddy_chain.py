"""The chain of one tower: all its tables, whatever the data lack."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eddy_towers import de_tha, half_hours
from halosink.eddy import chain
from halosink.eddy.chain import EMPTY, STEPS, process
from halosink.eddy.options import Options
from halosink.problems import wordings
from halosink.vocabulary import say

PLACE = {"latitude": 51.0, "longitude": 13.6, "utc_offset": 1.0}
QUICK = Options(**PLACE, filler="mds", bootstraps=5, draws=20, scenarios=3)
ESSENTIAL = [s for s in STEPS if s != "scores"]


def made(n: int, per_day: int = 48) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    time = pd.date_range("2015-05-01", periods=n, freq=f"{1440 // per_day}min", unit="s")
    hour = (np.arange(n) % per_day + 0.5) * 24 / per_day
    light = 700 * np.maximum(np.sin((hour - 6) * np.pi / 12), 0) * rng.uniform(0.5, 1, n)
    air = 14 + 5 * np.sin((hour - 9) * np.pi / 12) + 3 * np.sin(np.arange(n) / per_day)
    nee = 3 * np.exp(0.05 * (air - 14)) - 12 * light / (light + 300) + rng.laplace(size=n)
    nee[rng.random(n) < 0.3] = np.nan
    return pd.DataFrame({
        "time": time, "nee": nee, "shortwave_radiation": light, "air_temperature": air,
        "vapour_pressure_deficit": 0.05 * np.maximum(air, 0), "friction_velocity": rng.lognormal(-1, 0.5, n),
    })  # fmt: skip


@pytest.fixture(scope="module")
def whole(reference: Path) -> chain.Chain:
    told: list[str] = []
    options = Options(**PLACE, filler="mds", bootstraps=20, draws=100, scenarios=5)
    found = process(de_tha(reference), options, name="DE-Tha", progress=lambda s, d, n: told.append(s))
    assert set(told) == set(STEPS) - {"grid"}
    return found


def test_a_year_gives_every_table_with_its_tower(whole: chain.Chain) -> None:
    assert whole.reasons == {}
    assert set(whole.tables) == set(EMPTY)
    for name, table in whole.tables.items():
        assert table.columns[0] == "tower", name
        assert set(EMPTY[name]) <= set(table.columns), name
        assert (table["tower"] == "DE-Tha").all()
    fields = set(whole["sums"]["field"])
    assert {"nee", "gpp_night", "reco_night", "gpp_day", "reco_day", "evapotranspiration"} <= fields


def test_half_hours_say_how_each_value_came_about(whole: chain.Chain) -> None:
    table = whole["half_hours"]
    assert len(table) == 17_520
    kept = table["nee_kept"].astype(str) == ""
    assert (kept == table["nee"].notna()).all()
    assert (kept == (table["nee_source"] == "measured")).all()
    assert np.array_equal(table.loc[kept, "nee_filled"], table.loc[kept, "nee"])
    filled = table["nee_source"].isin(["mds", "forest"])
    assert table.loc[filled, "nee_filled"].notna().all()
    assert table.loc[kept, "nee_sd"].gt(0).all()
    balance = table["reco_night"] - table["gpp_night"] - table["nee_filled"]
    assert np.nanmax(np.abs(balance)) < 1e-9


def test_sums_are_those_of_half_hours(whole: chain.Chain) -> None:
    table, sums = whole["half_hours"], whole["sums"].set_index("field")
    for field, column in (("nee", "nee_filled"), ("sensible_heat_flux", "sensible_heat_flux_filled")):
        unit = 12.011e-6 if field == "nee" else 1e-6
        total = table[column].sum() * 1800 * unit
        row = sums.loc[field]
        assert row["low"] < total < row["high"]
    draws = whole["sums_draws"].groupby("field")["value"]
    assert np.allclose(draws.median()[sums.index], sums["value"])


def test_the_same_seed_gives_the_same(reference: Path, whole: chain.Chain) -> None:
    table = made(48 * 60)
    one, two = process(table, QUICK, seed=3, only=ESSENTIAL), process(table, QUICK, seed=3, only=ESSENTIAL)
    for name in EMPTY:
        pd.testing.assert_frame_equal(one[name], two[name])


def test_hours_as_steps(reference: Path) -> None:
    found = process(made(24 * 120, 24), QUICK, only=ESSENTIAL)
    assert found.reasons == {}
    assert np.isfinite(found["sums"].loc[found["sums"]["field"] == "nee", "low"]).all()


@pytest.mark.parametrize(
    ("what", "table"),
    [
        ("a week", made(336)),
        ("two rows", made(2)),
        ("nothing measured", made(3000).assign(nee=np.nan)),
        ("no radiation", made(3000).drop(columns="shortwave_radiation")),
        ("net exchange alone", made(3000)[["time", "nee"]]),
        ("one value for all", made(3000).assign(nee=1.5)),
        ("always night", made(3000).assign(shortwave_radiation=0.0)),
        ("no turbulence", made(3000).assign(friction_velocity=np.nan)),
        ("rows shuffled with holes", made(3000).sample(frac=0.8, random_state=0)),
    ],
)
def test_what_lacks_gives_reasons_and_no_failure(what: str, table: pd.DataFrame) -> None:
    found = process(table, QUICK, only=ESSENTIAL)
    assert "failed" not in found.reasons.values(), [p.values for p in found.problems if p.code == "W-EDDY-STEP"]
    assert len(found["half_hours"]) >= len(table)
    assert not found["sums"]["complete"].any()


def test_without_a_place_nothing_of_the_sun_is_done() -> None:
    found = process(made(3000), Options(filler="mds", bootstraps=0, draws=20), only=ESSENTIAL)
    assert found.reasons["partitioning"] == "no_place"
    assert found["half_hours"]["reco_night"].isna().all()
    assert set(found["sums"]["field"]) == {"nee"}


def test_times_that_make_no_grid_are_problems() -> None:
    found = process(made(1), QUICK)
    assert found.reasons == {"grid": "wrong_input"}
    assert any(p.code.startswith("E-") for p in found.problems)
    assert all(len(found[name]) == 0 for name in EMPTY)


def test_a_step_that_fails_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(chain, "partition", broken)
    found = process(made(48 * 40), QUICK, only=ESSENTIAL)
    assert found.reasons == {"partitioning": "failed"}
    assert np.isfinite(found["sums"]["value"]).all()
    problem = next(p for p in found.problems if p.code == "W-EDDY-STEP")
    assert "ZeroDivisionError: by nought" in problem.say("what", "en")
    assert "通量拆分" in problem.say("what", "zh")


def test_a_given_threshold_sets_nights_below_it_aside() -> None:
    table = made(48 * 30)
    options = Options(**PLACE, filler="mds", threshold="given", given_threshold=0.3, draws=0)
    found = process(table, options, only=("filters", "threshold"))
    low = (table["friction_velocity"] < 0.3) & (table["shortwave_radiation"] < 10) & table["nee"].notna()
    assert ((found["half_hours"]["nee_kept"] == "low_turbulence") == low).all()
    assert found["ustar"]["threshold"].tolist() == [0.3]


@pytest.mark.parametrize("step", STEPS)
def test_steps_and_reasons_have_words(step: str) -> None:
    for language in ("en", "zh"):
        assert say(f"eddy_sums.step_{step}", language)
        for reason in ("partial_year", "empty_steps", "no_values", "no_flux", "failed", "too_few_held_out"):
            assert say(f"eddy_sums.reason_{reason}", language)
    assert "W-EDDY-STEP" in wordings()


def test_half_hours_of_another_length_are_kept_apart_from_the_input() -> None:
    table = made(500)
    before = table.copy()
    process(table, QUICK, only=ESSENTIAL)
    pd.testing.assert_frame_equal(table, before)
    assert len(half_hours(2)) == 2
