"""IPCC Tier 1 against hand calculations and the machine-readable tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.soil.stocks.tier1 import LandUse, factors, stock_change_tier1


def test_cropland_to_grassland_is_the_hand_calculation():
    crop = LandUse("annual_crops", "full_tillage", "cropland_low")
    grass = LandUse("native", "improved_grassland", "grassland_high")
    found = stock_change_tier1("warm_temperate_dry", "high_activity_clay_soils", crop, grass)
    before, after = 24 * 0.76 * 1 * 0.95, 24 * 1 * 1.14 * 1.11
    assert found.before == pytest.approx(before, rel=1e-12)
    assert found.after == pytest.approx(after, rel=1e-12)
    assert found.change == pytest.approx((after - before) / 20, rel=1e-12)
    assert found.used["land_use.annual_crops"] == 0.76


def test_longer_than_twenty_years_is_divided_by_its_time():
    use = LandUse(), LandUse("annual_crops")
    short = stock_change_tier1("cool_temperate_dry", "sandy_soils", *use, years=5)
    long = stock_change_tier1("cool_temperate_dry", "sandy_soils", *use, years=40)
    assert short.change == pytest.approx(13 * (0.77 - 1) / 20) and long.change == pytest.approx(13 * (0.77 - 1) / 40)


def test_wetland_soil_to_paddy():
    found = stock_change_tier1(
        "warm_temperate_moist", "wetland_soils", LandUse(), LandUse("paddy_rice_cultivation", "full_tillage", "medium")
    )
    assert found.change == pytest.approx(135 * 0.35 / 20)


def test_draws_have_the_published_error_and_share_what_both_share():
    same = LandUse("annual_crops", "no_tillage", "cropland_low")
    none = stock_change_tier1("warm_temperate_dry", "high_activity_clay_soils", same, same, draws=2000)
    assert np.abs(none.change_draws).max() == 0
    native = stock_change_tier1("warm_temperate_dry", "sandy_soils", LandUse(), LandUse(), draws=40_000)
    assert np.quantile(native.before_draws, [0.025, 0.975]) == pytest.approx([9.5, 10.5], rel=0.01)


@pytest.mark.parametrize(
    ("climate", "soil", "use", "words"),
    [
        ("warm_temperate_dry", "sandy_soil", LandUse(), "sandy_soils"),
        ("warm_temperate", "sandy_soils", LandUse(), "warm_temperate"),
        ("polar_dry", "wetland_soils", LandUse(), "climate"),
        ("boreal_dry", "sandy_soils", LandUse("annual_crop"), "annual_crops"),
    ],
)
def test_what_the_tables_do_not_have_is_refused(climate, soil, use, words):
    with pytest.raises(ValueError, match=words):
        stock_change_tier1(climate, soil, LandUse(), use)


def test_every_factor_is_that_of_the_reference_tables(reference):
    folder = reference / "data/carbon_factors_ipcc2019"
    files = {"reference": "soc_ref_kgC_per_ha", "land_use": "F_LU", "management": "F_MG", "input": "F_I"}
    seen = 0
    for kind, name in files.items():
        for row in pd.read_csv(folder / f"{name}.csv").itertuples():
            value, error = factors()[kind][row.category.lower()][row.ipcc_climate_zone.lower()]
            assert value == pytest.approx(row.value / (1000 if kind == "reference" else 1))
            assert error == row.error_percent
            seen += 1
    assert seen == sum(len(r) for table in factors().values() for r in table.values())
