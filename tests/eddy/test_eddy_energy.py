"""Closure of the energy balance on tables whose closure is known, and what is said when it cannot be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

from eddy_towers import de_tha
from halosink.contracts import LANGUAGES
from halosink.eddy.energy import (
    COLUMNS,
    FEWEST_DAYS,
    REASONS,
    close_by_bowen_ratio,
    energy_balance,
    energy_terms,
    evapotranspiration,
    latent_heat_of_vaporisation,
)
from halosink.vocabulary import say


def tower(days=400, per_day=48, closure=0.8, offset=0.0, noise=0.0, start="2018-11-20", seed=1):
    """A table whose turbulent fluxes are `closure` times the available energy plus `offset`."""
    rng = np.random.default_rng(seed)
    rows = days * per_day
    hour = np.arange(rows) % per_day / per_day * 24
    net = 500 * np.maximum(np.sin((hour - 6) / 12 * np.pi), -0.1) * rng.uniform(0.4, 1, days).repeat(per_day)
    soil = 0.1 * net + 3
    turbulent = closure * (net - soil) + offset + noise * rng.normal(size=rows)
    return pd.DataFrame(
        {
            "time": pd.date_range(start, periods=rows, freq=f"{1440 // per_day}min"),
            "net_radiation": net,
            "soil_heat_flux": soil,
            "latent_heat_flux": 0.6 * turbulent,
            "sensible_heat_flux": 0.4 * turbulent,
        }
    )


@pytest.mark.parametrize("per_day", [24, 48, 144])
@pytest.mark.parametrize("averaging", ["step", "day"])
@pytest.mark.parametrize("by", ["all", "year", "season"])
def test_known_closure_is_found(by, averaging, per_day):
    found = energy_balance(tower(per_day=per_day), by=by, averaging=averaging)
    assert tuple(found.columns) == COLUMNS
    good = found[found["reason"] == ""]
    assert len(good) >= {"all": 1, "year": 2, "season": 4}[by]
    for column in ("slope", "slope_low", "slope_high", "ratio", "ratio_low", "ratio_high"):
        np.testing.assert_allclose(good[column], 0.8, rtol=1e-9)
    np.testing.assert_allclose(good["intercept"], 0, atol=1e-8)
    np.testing.assert_allclose(good["r2"], 1)
    assert good["soil_heat"].all() and not good["storage"].any()


def test_slope_and_ratio_are_those_of_the_books():
    table = tower(noise=30.0, offset=12.0)
    found = energy_balance(table, by="all").iloc[0]
    x = table["net_radiation"] - table["soil_heat_flux"]
    y = table["latent_heat_flux"] + table["sensible_heat_flux"]
    line = linregress(x, y)
    assert found["slope"] == pytest.approx(line.slope, rel=1e-10)
    assert found["intercept"] == pytest.approx(line.intercept, rel=1e-8)
    assert found["r2"] == pytest.approx(line.rvalue**2, rel=1e-10)
    assert found["ratio"] == pytest.approx(y.sum() / x.sum(), rel=1e-10)
    assert found["slope_low"] < 0.8 < found["slope_high"] and found["records"] == len(table)
    width = (found["slope_high"] - found["slope_low"]) / (2 * 1.96 * line.stderr)
    assert 0.7 < width < 1.4


def test_what_hangs_together_within_days_widens_the_interval():
    table = tower(days=120)
    factor = np.random.default_rng(5).normal(1, 0.2, 120).repeat(48)
    shaken = table.assign(sensible_heat_flux=table["sensible_heat_flux"] * factor)
    found = energy_balance(shaken, by="all").iloc[0]
    x = table["net_radiation"] - table["soil_heat_flux"]
    naive = linregress(x, shaken["latent_heat_flux"] + shaken["sensible_heat_flux"])
    assert found["slope_high"] - found["slope_low"] > 1.5 * 2 * 1.96 * naive.stderr


def test_more_confidence_gives_a_wider_interval():
    table = tower(noise=40.0, days=60)
    one, wide = (energy_balance(table, by="all", confidence=c).iloc[0] for c in (0.95, 0.99))
    assert wide["slope_low"] < one["slope_low"] < one["slope"] < one["slope_high"] < wide["slope_high"]
    assert wide["ratio_low"] < one["ratio_low"] < one["ratio"] < one["ratio_high"] < wide["ratio_high"]


@pytest.mark.parametrize(("days", "kept"), [(20, 0.0), (150, 0.6)])
def test_intervals_hold_the_truth_as_often_as_they_say(days, kept):
    rng = np.random.default_rng(8)
    held = []
    for _ in range(150):
        wander = rng.normal(size=days)
        for i in range(1, days):
            wander[i] = kept * wander[i - 1] + np.sqrt(1 - kept**2) * wander[i]
        table = tower(days=days, per_day=24, seed=int(rng.integers(1e9)))
        factor = 1 + 0.15 * wander.repeat(24)
        shaken = table.assign(
            latent_heat_flux=table["latent_heat_flux"] * factor, sensible_heat_flux=table["sensible_heat_flux"] * factor
        )
        row = energy_balance(shaken, by="all").iloc[0]
        held.append([row[f"{name}_low"] <= 0.8 <= row[f"{name}_high"] for name in ("slope", "ratio")])
    assert (np.mean(held, axis=0) > 0.88).all()


def test_without_soil_heat_flux_values_come_with_a_reason():
    table = tower().drop(columns="soil_heat_flux")
    found = energy_balance(table, by="all").iloc[0]
    assert found["reason"] == "soil_heat_flux_missing" and not found["soil_heat"]
    np.testing.assert_allclose(found["slope"], 0.8 * 0.9)


def test_soil_heat_flux_is_decided_on_per_year():
    table = tower(days=700)
    table.loc[table["time"].dt.year == 2019, "soil_heat_flux"] = np.nan
    found = energy_balance(table, by="year").set_index("year")
    assert found.loc[2019, "reason"] == "soil_heat_flux_missing" and found.loc[2020, "reason"] == ""
    np.testing.assert_allclose(found.loc[2020, "slope"], 0.8)


def test_storage_counts_with_the_turbulent_fluxes():
    table = tower()
    table["latent_heat_storage"], table["sensible_heat_storage"] = 0.05 * table["net_radiation"], 0.0
    terms = energy_terms(table)
    assert terms.storage
    known = table["latent_heat_flux"] + table["sensible_heat_flux"] + 0.05 * table["net_radiation"]
    np.testing.assert_allclose(terms.turbulent, known)


def test_only_measured_values_of_good_quality_count():
    table = tower(days=40)
    rng = np.random.default_rng(2)
    bad = rng.random(len(table)) < 0.2
    spoiled = table.assign(latent_heat_flux=np.where(bad, 9e3, table["latent_heat_flux"]))
    by_flag = energy_balance(spoiled.assign(latent_heat_quality=np.where(bad, 2.0, 0.0)), by="all").iloc[0]
    by_source = energy_balance(spoiled.assign(latent_heat_flux_source=np.where(bad, "mds", "measured")), by="all")
    for found in (by_flag, by_source.iloc[0]):
        np.testing.assert_allclose(found["slope"], 0.8)
        assert found["records"] == (~bad).sum()


def test_net_radiation_is_made_of_its_parts():
    table = tower(days=30)
    parts = table.drop(columns="net_radiation").assign(
        shortwave_radiation=table["net_radiation"] + 80,
        shortwave_radiation_out=30.0,
        longwave_radiation_in=300.0,
        longwave_radiation_out=350.0,
    )
    np.testing.assert_allclose(energy_terms(parts).available, energy_terms(table).available)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"latent_heat_flux": np.nan}, "no_latent_heat"),
        ({"sensible_heat_flux": np.nan}, "no_sensible_heat"),
        ({"net_radiation": np.nan}, "no_net_radiation"),
        ({"net_radiation": 100.0, "soil_heat_flux": 0.0}, "too_few_records"),
    ],
)
@pytest.mark.parametrize("by", ["all", "year", "season"])
def test_what_cannot_be_told_has_a_reason(by, changed, reason):
    found = energy_balance(tower(days=30).assign(**changed), by=by)
    assert (found["reason"] == reason).all() and found["slope"].isna().all() and found["ratio"].isna().all()


def test_short_tables():
    assert energy_balance(tower(days=FEWEST_DAYS - 1), by="all")["reason"].item() == "too_few_records"
    week = energy_balance(tower(days=7), by="all").iloc[0]
    assert week["reason"] == "" and week["slope"] == pytest.approx(0.8)
    assert energy_balance(tower(days=7), by="all", averaging="day")["reason"].item() == "too_few_records"
    empty = energy_balance(tower(days=7).iloc[:0])
    assert empty.empty and tuple(empty.columns) == COLUMNS


def test_seasons_of_the_user():
    found = energy_balance(tower(days=370), by="season", seasons=(5, 10))
    assert list(found["season"]) == ["2018-10", "2019-05", "2019-10"]
    np.testing.assert_allclose(found["slope"], 0.8)


def test_days_with_few_measurements_do_not_count():
    table = tower(days=60)
    half = table["time"].dt.day % 2 == 0
    table.loc[half & (table["time"].dt.hour < 13), "latent_heat_flux"] = np.nan
    found = energy_balance(table, by="all", averaging="day").iloc[0]
    assert found["records"] == table.loc[~half, "time"].dt.normalize().nunique()


def test_an_unknown_choice_is_refused():
    for wrong in ({"by": "month"}, {"averaging": "week"}, {"confidence": 95}):
        with pytest.raises(ValueError, match="not possible"):
            energy_balance(tower(days=8), **wrong)


def test_closing_keeps_the_bowen_ratio():
    table = tower(closure=0.75)
    latent, sensible, factor = close_by_bowen_ratio(table)
    np.testing.assert_allclose(factor, 1 / 0.75)
    np.testing.assert_allclose(latent + sensible, table["net_radiation"] - table["soil_heat_flux"])
    np.testing.assert_allclose(latent / sensible, 1.5)
    for spoiled in (table.drop(columns="soil_heat_flux"), tower(closure=0.1), tower(days=5)):
        assert np.isnan(close_by_bowen_ratio(spoiled)[2]).all()


def test_latent_heat_and_water():
    np.testing.assert_allclose(latent_heat_of_vaporisation([0.0, 20.0]), [2.501e6, 2.4536e6])
    assert evapotranspiration(2.4536e6 / 86_400, 20.0, 86_400) == pytest.approx(1.0)
    half_hours = evapotranspiration(np.full(48, 100.0), np.full(48, 20.0), 1800)
    assert half_hours.sum() == pytest.approx(100 * 86_400 / 2.4536e6)
    assert np.isnan(evapotranspiration([100.0, np.nan], [np.nan, 20.0], 1800)).all()


def test_tharandt_has_no_net_radiation(reference):
    found = energy_balance(de_tha(reference))
    assert list(found["year"]) == [1998] and list(found["reason"]) == ["no_net_radiation"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_are_worded(language):
    for reason in REASONS:
        assert say(f"eddy_footprint.reason_{reason}", language)
