"""Annual sums: units, reference values, what is complete, and draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eddy_towers import de_tha, half_hours
from halosink.eddy.energy import latent_heat_of_vaporisation
from halosink.eddy.filling.fill import fill_gaps
from halosink.eddy.filters.low_turbulence import not_day, too_low
from halosink.eddy.options import Options
from halosink.eddy.sums.draws import combine, probabilities, quantiles
from halosink.eddy.sums.total import COLUMNS, Sums, annual_sums
from halosink.eddy.sums.units import amount

PLAIN = Options(draws=0)


def weather(n: int, start: str = "2015-01-01", seed: int = 0) -> pd.DataFrame:
    """A made tower: light by the hour, temperature by season, exchange by light with noise."""
    rng = np.random.default_rng(seed)
    time = half_hours(n, start)
    hour = (np.arange(n) % 48 + 0.5) / 2
    light = 700 * np.maximum(np.sin((hour - 6) * np.pi / 12), 0) * rng.uniform(0.5, 1, n)
    air = 12 + 8 * np.sin(np.arange(n) / 48 / 58) + 4 * np.sin((hour - 9) * np.pi / 12)
    nee = 2 * np.exp(0.05 * (air - 12)) - 12 * light / (light + 300) + rng.laplace(size=n)
    return pd.DataFrame({
        "time": time, "nee": nee, "shortwave_radiation": light, "air_temperature": air,
        "vapour_pressure_deficit": 0.05 * air, "latent_heat_flux": 0.3 * light + rng.normal(0, 5, n),
        "sensible_heat_flux": 0.2 * light,
    })  # fmt: skip


def sums(table: pd.DataFrame, options: Options = PLAIN, fields: tuple[str, ...] = ("nee",), seed: int = 0) -> Sums:
    filled = {f: fill_gaps(table, f, filler="mds") for f in fields}
    return annual_sums(table, filled, options=options, seed=seed)


def test_units_of_amounts() -> None:
    assert amount("nee", 1800) == pytest.approx(12.011e-6 * 1800)
    assert amount("ch4_flux", 3600) == pytest.approx(12.011e-9 * 3600)
    assert amount("sensible_heat_flux", 1800) == pytest.approx(1.8e-3)
    with pytest.raises(KeyError):
        amount("dew", 1800)


@pytest.mark.parametrize(
    ("convention", "limit", "expected"),
    [("reddyproc", 0.41625, -612.58), ("oneflux", 0.41625, -612.97), ("reddyproc", 0.0, -643.79)],
)
def test_sums_of_the_reference_programs(reference: Path, convention: str, limit: float, expected: float) -> None:
    table = de_tha(reference)
    low = too_low(table["friction_velocity"].to_numpy(), limit, not_day(table["shortwave_radiation"].to_numpy()))
    kept = table.assign(nee=np.where(low, np.nan, table["nee"]))
    filled = {"nee": fill_gaps(kept, "nee", convention=convention, filler="mds")}
    row = annual_sums(kept, filled, options=PLAIN).table.iloc[0]
    assert row["value"] == pytest.approx(expected, abs=0.01)
    assert row["complete"] and row["reason"] == ""
    assert row["measured_share"] + row["mds_share"] == pytest.approx(1)


def test_constant_fluxes_sum_by_calendar_of_leap_years() -> None:
    n = 48 * (366 + 365)
    table = weather(n, "2016-01-01").assign(nee=1.0, latent_heat_flux=100.0, sensible_heat_flux=-10.0)
    found = sums(table, fields=("nee", "latent_heat_flux", "sensible_heat_flux")).table
    assert tuple(found.columns) == COLUMNS
    by = found.set_index(["field", "year"])["value"]
    assert by["nee", 2016] == pytest.approx(12.011e-6 * 86_400 * 366)
    assert by["nee", 2017] == pytest.approx(12.011e-6 * 86_400 * 365)
    assert by["sensible_heat_flux", 2017] == pytest.approx(-10 * 86_400 * 365 / 1e6)
    heat = latent_heat_of_vaporisation(table["air_temperature"])[: 48 * 366]
    assert by["evapotranspiration", 2016] == pytest.approx((100 * 1800 / heat).sum())
    assert found["complete"].all()


def test_part_of_a_year_and_empty_steps_are_not_called_annual() -> None:
    table = weather(48 * 400)
    table.loc[48 * 100 : 48 * 180, "nee"] = np.nan
    found = sums(table).table.set_index("year")
    assert list(found["reason"]) == ["empty_steps", "partial_year"]
    assert not found["complete"].any()
    assert found.loc[2015, "empty_share"] == pytest.approx((48 * 80 + 1) / (48 * 365))
    shares = found[["measured_share", "mds_share", "forest_share", "empty_share"]].sum(axis=1)
    assert np.allclose(shares, 1)


def test_nothing_measured_has_no_sum() -> None:
    table = weather(48 * 20).assign(nee=np.nan)
    row = sums(table, Options(draws=20)).table.iloc[0]
    assert np.isnan(row["value"]) and row["reason"] == "no_values"


def test_draws_hold_the_sum_and_are_the_same_for_a_seed() -> None:
    table = weather(48 * 365)
    truth = table["nee"].sum() * amount("nee", 1800)
    rng = np.random.default_rng(1)
    table.loc[rng.random(len(table)) < 0.4, "nee"] = np.nan
    one, two = sums(table, Options(draws=200)), sums(table, Options(draws=200))
    pd.testing.assert_frame_equal(one.draws, two.draws)
    assert len(one.draws) == 200
    row = one.table.iloc[0]
    assert row["low"] < truth < row["high"]
    assert row["low"] < row["value"] < row["high"]
    assert row["sd_threshold"] == 0
    other = sums(table, Options(draws=200), seed=5)
    assert not np.allclose(other.draws["value"], one.draws["value"])


def test_more_gaps_make_wider_intervals() -> None:
    table, widths = weather(48 * 365), []
    for days in (5, 25, 55):
        gone = table.copy()
        gone.loc[48 * 150 : 48 * (150 + days), "nee"] = np.nan
        row = sums(gone, Options(draws=400)).table.iloc[0]
        widths.append(row["sd_filling"])
    assert widths == sorted(widths)


def test_combined_draws_have_the_spread_of_their_parts() -> None:
    rng = np.random.default_rng(0)
    scenarios = np.array([[0.0], [10.0], [20.0], [30.0]])
    p = combine(scenarios, np.array([3.0]), np.array([4.0]), 40_000, 1e6, rng, rng)
    assert p.threshold[0] == pytest.approx(np.sqrt(125))
    assert p.draws.std() == pytest.approx(np.sqrt(125 + 9 + 16), rel=0.02)
    assert p.draws.mean() == pytest.approx(15, abs=0.3)


def test_thresholds_are_equally_likely_quantiles() -> None:
    draws = np.vstack([np.arange(101.0), np.full(101, np.nan)])
    found = quantiles(draws, np.array([40.0, 7.0]), 4)
    assert np.allclose(probabilities(4), [0.125, 0.375, 0.625, 0.875])
    assert np.allclose(found[:, 0], [12.5, 37.5, 62.5, 87.5])
    assert (found[:, 1] == 7).all()
