"""Footprints of tower tables: what is told, what is assumed, and what is said when something is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from eddy_towers import de_tha
from halosink.contracts import LANGUAGES
from halosink.eddy.footprints.ground import displacement_height, obukhov_length
from halosink.eddy.footprints.kljun import REASONS
from halosink.eddy.footprints.table import COLUMNS, GRID_COLUMNS, QUANTITIES, tower_footprint
from halosink.vocabulary import say


def tower(rows=48 * 7, minutes=30, seed=3):
    rng = np.random.default_rng(seed)
    hour = np.arange(rows) * minutes / 60 % 24
    light = np.maximum(np.sin((hour - 6) / 12 * np.pi), 0) * 800
    return pd.DataFrame(
        {
            "time": pd.date_range("2019-06-01", periods=rows, freq=f"{minutes}min"),
            "friction_velocity": rng.uniform(0.15, 0.6, rows),
            "wind_direction": rng.uniform(0, 360, rows),
            "wind_speed": rng.uniform(1.5, 6, rows),
            "crosswind_sd": rng.uniform(0.3, 1.2, rows),
            "obukhov_length": np.where(light > 10, -60.0, 40.0),
            "shortwave_radiation": light,
        }
    )


def test_a_week_of_half_hours():
    table = tower()
    found = tower_footprint(table, measurement_height=3.0, canopy_height=0.5, fetch=100, latitude=-37.0)
    told = found.quantities.set_index(["period", "quantity"])
    assert tuple(found.quantities.columns) == COLUMNS and tuple(found.grid.columns) == GRID_COLUMNS
    assert list(told.index) == [(p, q) for p in ("all", "day", "night") for q in QUANTITIES]
    assert (told["reason"] == "").all()
    assert (told["low"] <= told["value"]).all() and (told["value"] <= told["high"]).all()
    for period in ("all", "day", "night"):
        assert told.loc[period]["value"].iloc[:5].is_monotonic_increasing
    assert told.loc[("day", "r80"), "records"] + told.loc[("night", "r80"), "records"] == len(table)
    assert 0 < told.loc[("all", "share_inside_fetch"), "value"] < 1
    assert [p.code for p in found.problems] == ["N-EDDY-FOOTPRINT-DEPTH"]
    assert len(found.steps) == len(table) and (found.steps["reason"] == "").all()
    cells = found.grid[found.grid["period"] == "all"]
    cell = np.diff(np.unique(cells["x"])).min()
    for level in (0.5, 0.9):
        assert cells.loc[cells["level"] <= level, "weight"].sum() * cell**2 == pytest.approx(level, abs=0.01)


@pytest.mark.parametrize("minutes", [10, 60])
def test_other_steps(minutes):
    found = tower_footprint(tower(rows=150, minutes=minutes), measurement_height=3.0, extent=100, cell=5)
    assert (found.quantities.loc[found.quantities["quantity"] == "r80", "reason"] == "").all()
    fetch = found.quantities[found.quantities["quantity"] == "share_inside_fetch"]
    assert (fetch["reason"] == "no_fetch").all() and fetch["value"].isna().all()


def test_what_a_fluxnet_table_lacks_is_worked_out_and_said():
    table = tower()
    heat = np.where(table["shortwave_radiation"] > 10, 120.0, -20.0)
    whole = table.assign(
        obukhov_length=obukhov_length(
            table["friction_velocity"], heat, np.full(len(table), 18.0), np.full(len(table), 101.3)
        ),
        crosswind_sd=2 * table["friction_velocity"],
    )
    lacking = table.drop(columns=["obukhov_length", "crosswind_sd"]).assign(
        sensible_heat_flux=heat, air_temperature=18.0
    )
    one, other = (tower_footprint(t, measurement_height=3.0, fetch=50, extent=100, cell=5) for t in (whole, lacking))
    pd.testing.assert_frame_equal(one.steps, other.steps)
    assert {p.code for p in other.problems} - {p.code for p in one.problems} == {
        "N-EDDY-FOOTPRINT-OBUKHOV",
        "N-EDDY-FOOTPRINT-CROSSWIND",
    }
    ratio = whole.drop(columns="obukhov_length").assign(
        stability_parameter=(3.0 - displacement_height(0.0)) / whole["obukhov_length"]
    )
    np.testing.assert_allclose(
        tower_footprint(ratio, measurement_height=3.0, extent=100, cell=5).steps["r80"], one.steps["r80"], rtol=1e-9
    )


def test_roughness_stands_in_for_the_wind():
    table = tower().drop(columns="wind_speed")
    found = tower_footprint(table, measurement_height=3.0, canopy_height=0.4, extent=100, cell=5)
    given = tower_footprint(table, measurement_height=3.0, canopy_height=0.4, roughness=0.04, extent=100, cell=5)
    pd.testing.assert_frame_equal(found.steps, given.steps)
    assert "N-EDDY-FOOTPRINT-ROUGHNESS" in {p.code for p in found.problems}
    assert "W-EDDY-FOOTPRINT-HEIGHT" in {
        p.code for p in tower_footprint(table, measurement_height=3.0, canopy_height=2.0, extent=100, cell=5).problems
    }


@pytest.mark.parametrize(
    ("changed", "height", "reason"),
    [
        ({}, None, "no_measurement_height"),
        ({"friction_velocity": np.nan}, 3.0, "no_friction_velocity"),
        ({"wind_direction": np.nan}, 3.0, "no_wind_direction"),
        ({"obukhov_length": np.nan}, 3.0, "few_footprints"),
        ({"friction_velocity": 0.05}, 3.0, "few_footprints"),
        ({}, 0.1, "few_footprints"),
    ],
)
def test_every_row_says_why_there_is_no_footprint(changed, height, reason):
    found = tower_footprint(tower().assign(**changed), measurement_height=height, canopy_height=0.5, fetch=100)
    assert (found.quantities["reason"] == reason).all() and found.quantities["value"].isna().all()
    assert found.grid.empty and tuple(found.grid.columns) == GRID_COLUMNS
    assert (found.steps["reason"] != "").all() and found.steps["r80"].isna().all()


def test_without_light_day_and_night_have_a_reason():
    found = tower_footprint(tower().drop(columns="shortwave_radiation"), measurement_height=3.0, extent=100, cell=5)
    reasons = found.quantities.set_index("period")["reason"]
    assert (reasons[["day", "night"]] == "no_radiation").all()
    assert set(found.grid["period"]) == {"all"}


def test_of_many_steps_a_part_is_drawn_and_distances_rest_on_all():
    table = tower(rows=48 * 120)
    whole = tower_footprint(table, measurement_height=3.0, extent=60, cell=4, most_steps=10_000)
    part = tower_footprint(table, measurement_height=3.0, extent=60, cell=4, most_steps=1500)
    pd.testing.assert_frame_equal(whole.quantities, part.quantities)
    columns = ["period", "x", "y"]
    both = whole.grid.merge(part.grid, on=columns, suffixes=("", "_part"))
    heavy = both[both["level"] <= 0.5]
    assert (heavy["weight_part"] / heavy["weight"] - 1).abs().mean() < 0.05
    again = tower_footprint(table, measurement_height=3.0, extent=60, cell=4, most_steps=1500)
    pd.testing.assert_frame_equal(part.grid, again.grid)


def test_an_empty_table():
    found = tower_footprint(tower().iloc[:0], measurement_height=3.0, fetch=100)
    assert (found.quantities["reason"] == "no_friction_velocity").all() and found.steps.empty


def test_tharandt_has_no_wind_direction(reference):
    found = tower_footprint(de_tha(reference), measurement_height=42.0, canopy_height=26.5)
    assert set(found.quantities["reason"]) == {"no_wind_direction"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_quantities_and_notes_are_worded(language):
    more = (
        "no_measurement_height",
        "no_friction_velocity",
        "no_wind_direction",
        "no_radiation",
        "few_footprints",
        "no_fetch",
    )
    for reason in (*REASONS, *more):
        assert say(f"eddy_footprint.reason_{reason}", language)
    for quantity in QUANTITIES:
        assert say(f"eddy_footprint.quantity_{quantity}", language)
    table = tower().drop(columns=["wind_speed", "crosswind_sd", "obukhov_length"])
    table = table.assign(sensible_heat_flux=50.0, air_temperature=10.0)
    problems = tower_footprint(table, measurement_height=3.0, canopy_height=2.0, extent=100, cell=5).problems
    assert len(problems) == 5
    for problem in problems:
        assert all(problem.say(part, language) for part in ("what", "why", "fix"))


def test_day_and_night_together_are_all():
    table = tower()
    joined = tower_footprint(table, measurement_height=3.0, extent=100, cell=5)
    direct = tower_footprint(table.drop(columns="shortwave_radiation"), measurement_height=3.0, extent=100, cell=5)
    one, other = (f.grid[f.grid["period"] == "all"].reset_index(drop=True) for f in (joined, direct))
    assert len(one) == len(other)
    np.testing.assert_allclose(one[["x", "y", "weight"]], other[["x", "y", "weight"]], rtol=1e-9)
