"""Organic carbon by each way of measuring it, and bulk density where it is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.soil.stocks import density_lines, ignition_lines
from halosink.soil.stocks.computed_pairs import computed_pairs
from halosink.soil.stocks.errors import NO_ERROR, Errors
from halosink.soil.stocks.matter_calibration import fit, leave_study_out
from halosink.soil.stocks.organic_carbon import CHLORIDE_PER_CARBON, RECOVERY, CarbonDraws, central, evidence
from halosink.soil.stocks.row_problems import method_problems


def draws_of(frame, errors=NO_ERROR, setting="mineral", n=4000):
    known = evidence(frame, setting)
    group = np.zeros(len(frame), dtype=np.intp)
    return central(known), CarbonDraws.of(1, n, errors, 3).draw(known, group, 0)


def test_best_evidence_first():
    frame = pd.DataFrame(
        {
            "soil_organic_carbon": [9.0, np.nan, np.nan, np.nan, np.nan],
            "total_carbon": [20.0, 20, 20, np.nan, np.nan],
            "soil_inorganic_carbon": [5.0, 5, np.nan, np.nan, np.nan],
            "walkley_black_carbon": [7.0, 7, 7, np.nan, np.nan],
            "loss_on_ignition": [3.8, 3.8, 3.8, 3.8, np.nan],
        }
    )
    assert evidence(frame).kind.tolist() == [1, 2, 3, 4, 0]
    value, _ = draws_of(frame)
    assert value[:4] == pytest.approx([9, 15, 7 / RECOVERY, 20])
    assert np.isnan(value[4])


def test_errors_of_a_difference_add_and_are_not_clipped():
    frame = pd.DataFrame({"total_carbon": [40.0], "soil_inorganic_carbon": [38.0]})
    value, drawn = draws_of(frame, Errors(0.03, 0.0, 0, 0), n=40_000)
    assert value[0] == pytest.approx(2.0)
    assert drawn.std() == pytest.approx(0.03 * np.hypot(40, 38), rel=0.02)
    assert (drawn < 0).mean() > 0.05


def test_walkley_black_factor_and_its_spread():
    _, drawn = draws_of(pd.DataFrame({"walkley_black_carbon": [10.0] * 50}))
    assert pytest.approx(1.32, abs=0.005) == 1 / RECOVERY
    assert np.median(drawn) == pytest.approx(13.2, rel=0.03)
    recovery = 10 / drawn
    assert np.quantile(recovery, 0.005) < 0.504 and np.quantile(recovery, 0.995) > 0.937


def test_chloride_counts_as_carbon_by_its_electrons():
    assert pytest.approx(11.81, abs=0.01) == CHLORIDE_PER_CARBON
    salty = pd.DataFrame({"walkley_black_carbon": [10.0], "soluble_chloride": [11_810.0]})
    assert draws_of(salty)[0][0] == pytest.approx(9 / RECOVERY, rel=1e-3)


def test_the_method_says_what_the_numbers_carry():
    frame = pd.DataFrame(
        {"soil_organic_carbon": [10.0] * 3, "carbon_method": ["dry_combustion", "walkley_black", "loss_on_ignition"]}
    )
    value, drawn = draws_of(frame)
    assert value == pytest.approx([10, 10, 10 * 1.724 / 1.9])
    assert drawn[0].std() == 0 and drawn[1].std() > 1 and drawn[2].std() > 1
    codes = [p.code for p in method_problems(frame.assign(carbon_method=["dumas", "walkley_black", "walkley black"]))]
    assert codes == ["N-STOCK-WALKLEY-BLACK", "W-STOCK-METHOD", "W-STOCK-METHOD"]


def test_mineral_factor_spans_the_published_range():
    _, drawn = draws_of(pd.DataFrame({"soil_organic_matter": [100.0]}), n=40_000)
    factor = 100 / drawn
    assert np.quantile(factor, [0.025, 0.5, 0.975]) == pytest.approx([1.4, 1.9, 2.5], rel=0.03)


def test_published_ignition_lines():
    at = {name: float(line.at(np.array([20.0]))[0]) for name, line in ignition_lines.MARSH.items()}
    assert at["craft1991"] == pytest.approx(0.40 * 20 + 0.0025 * 400)
    assert at["holmquist2018"] == pytest.approx(100 * (0.074 * 0.04 + 0.421 * 0.2 - 0.008))
    assert at["maxwell2023"] == pytest.approx(0.000732 * 400 + 0.403 * 20)
    assert all(line.source in vocabulary.sources() for line in ignition_lines.MARSH.values())
    assert ignition_lines.MARSH["holmquist2018"].at(np.array([0.5]))[0] == 0


def test_published_density_lines():
    mineral = {line.source: float(line.at(np.array([1.0]))[0]) for line in density_lines.LINES["mineral"]}
    assert mineral == pytest.approx(
        {"manrique1991": 1.342, "alexander1980": 1.352, "ruehlmann2009": (2.684 - 1.127544) * np.exp(-0.08)}
    )
    marsh = density_lines.LINES["marsh"][0]
    assert marsh.at(np.array([0.0, 50.0])) == pytest.approx([1.99, 0.085])


def test_missing_density_is_drawn_from_more_than_one_line():
    sampler = density_lines.DensityDraws.of(1, 3000, NO_ERROR, "mineral", 1)
    drawn = sampler.draw(np.array([np.nan, 1.4]), np.full((2, 3000), 1.5), np.zeros(2, dtype=np.intp), 0)
    assert (drawn[1] == 1.4).all()
    assert len(set(sampler.line[0])) == 3
    assert 0.17 < drawn[0].std() < 0.25
    assert drawn[0].mean() == pytest.approx(density_lines.central(np.array([1.5]), "mineral")[0], abs=0.02)


def pairs(rng, n, slope, sd=0.1):
    m = rng.uniform(2, 60, n)
    return m, slope * m * (1 + rng.normal(0, sd, n))


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ("ratio", lambda m: m / 1.724),
        ("line", lambda m: 0.3102 * m - 0.066),
        ("parabola", lambda m: 0.4 * m + 0.0025 * m**2),
        ("power", lambda m: 0.22 * m**1.1),
    ],
)
def test_computed_pairs_are_found_among_measured_ones(form, rule):
    rng = np.random.default_rng(1)
    m, c = pairs(rng, 60, 0.45)
    m[:30] = np.round(m[:30], 2)
    c[:30] = np.round(rule(m[:30]), 2)
    found = computed_pairs(m, c, np.full(60, "study", dtype=object))
    assert found["computed"][:30].all()
    assert found["computed"][30:].sum() <= 3
    assert set(found["form"][:30]) == {form}


def test_measured_pairs_are_not_called_computed():
    rng = np.random.default_rng(2)
    parts = [pairs(rng, 80, s, 0.08) for s in (0.3, 0.4, 0.5)]
    m, c = (np.concatenate(p) for p in zip(*parts, strict=True))
    assert computed_pairs(m, c, np.repeat(["a", "b", "c"], 80)).computed.mean() < 0.01


def test_calibration_recovers_line_and_spread_between_studies():
    rng = np.random.default_rng(3)
    study = np.repeat(np.arange(40), 40)
    m = rng.uniform(1, 60, 1600)
    slope = 0.4 + rng.normal(0, 0.06, 40)[study]
    c = slope * m + 0.001 * m**2 + rng.normal(0, 0.05, 1600) * m
    line = fit(m, c, study)
    assert line.linear == pytest.approx(0.4, abs=3 * np.sqrt(line.covariance[0, 0]))
    assert line.square == pytest.approx(0.001, abs=3 * np.sqrt(line.covariance[1, 1]))
    assert line.between == pytest.approx(0.06, rel=0.3)
    assert line.residual == pytest.approx(0.05, rel=0.06)
    held = leave_study_out(m, c, study)
    assert (held["inside"] * held["pairs"]).sum() / 1600 == pytest.approx(0.95, abs=0.04)


def test_calibration_needs_three_studies():
    with pytest.raises(ValueError, match="three"):
        fit(np.arange(1.0, 9), np.arange(1.0, 9), np.repeat([1, 2], 4))


def test_marsh_pairs_computed_by_declared_formulas_are_found(reference):
    table = pd.read_csv(reference / "data/marsh_soil_marsoc/marsoc_exports_bound.csv.gz", low_memory=False)
    table = table[table["OC_perc"].gt(0) & table["SOM_perc"].gt(0)]
    found = computed_pairs(table["SOM_perc"].to_numpy(float), table["OC_perc"].to_numpy(float), table["Source"])
    declared = table["Conv_factor"].notna().to_numpy()
    assert found["computed"].to_numpy()[declared].mean() > 0.97
    assert found["computed"].to_numpy()[~declared].sum() <= 5
