"""Respiration, net ecosystem production and the climate of a year, against published and analytic values."""

import numpy as np
import pytest

from halosink.maps.flow import climate
from halosink.maps.flow.nep import BLOCK, annual_respiration, net_ecosystem_production
from halosink.maps.flow.respiration import (
    PER_DEGREE,
    AnnualDataError,
    respiration,
    respiration_of_month,
)

DAY = np.arange(0, 365.25, 0.01) + 0.005
EDGES = np.concatenate([[0], np.cumsum(climate.DAYS)])


def months(course):
    """Means over the months of a course of days."""
    return np.array([course[(a <= DAY) & (b > DAY)].mean() for a, b in zip(EDGES[:-1], EDGES[1:], strict=True)])


@pytest.mark.parametrize(
    ("warm", "wet", "published"), [(0, 0, 3.0690), (10.1, 5.45, 10.78162), (25, 10, 34.44356), (-20, 0, 0.49428)]
)
def test_respiration_of_a_month_as_published(warm, wet, published):
    assert respiration_of_month(warm, wet) == pytest.approx(published, abs=5e-6)


@pytest.mark.parametrize(("warm", "wet", "percent"), [(10.1, 5.45, 0.05), (25, 10, 0.15), (-20, 0, -0.14)])
def test_k01_the_two_exponents_differ_as_stated(warm, wet, percent):
    english, chinese = (respiration_of_month(warm, wet, per_degree=b) for b in PER_DEGREE.values())
    assert 100 * (chinese / english - 1) == pytest.approx(percent, abs=0.005)


def test_k23_a_year_in_one_call_is_an_eighth_of_twelve_months():
    assert respiration_of_month(10.10, 65.4) == pytest.approx(17.14, abs=0.005)
    twelve = respiration(np.full(12, 10.10), np.full(12, 65.4 / 12))
    assert twelve.sum() == pytest.approx(129.38, abs=0.005)


@pytest.mark.parametrize("shape", [(), (3,), (13, 2), (1, 12)])
def test_k23_other_than_twelve_months_are_refused(shape):
    for call in (respiration, annual_respiration, lambda t, p: net_ecosystem_production(t, t, p)):
        with pytest.raises(AnnualDataError, match="twelve months"):
            call(np.ones(shape), np.ones(shape))
    for call in (climate.annual_precipitation, climate.mean_temperature, climate.accumulated_temperature):
        with pytest.raises(AnnualDataError, match="twelve months"):
            call(np.ones(shape))


def test_precipitation_below_zero_is_refused_beside_missing_cells():
    warm, wet = np.zeros((12, 3), np.float32), np.ones((12, 3), np.float32)
    wet[4] = [np.nan, -0.5, 2]
    with pytest.raises(ValueError, match=r"-0\.5 mm"):
        respiration(warm, wet)
    with pytest.raises(ValueError, match=r"-0\.5 mm"):
        annual_respiration(warm, wet)


def test_production_less_respiration_in_blocks_equals_float64():
    rng = np.random.default_rng(1)
    shape = (3, BLOCK // 2 + 7)
    warm = rng.uniform(-35, 35, (12, *shape)).astype(np.float32)
    wet = rng.gamma(0.8, 40, (12, *shape)).astype(np.float32)
    made = rng.uniform(0, 900, shape).astype(np.float32)
    truth = respiration(warm.astype(float), wet.astype(float)).sum(axis=0)
    released = annual_respiration(warm, wet)
    assert released.dtype == np.float32
    assert np.max(np.abs(released / truth - 1)) < 2e-6
    assert np.max(np.abs(net_ecosystem_production(made, warm, wet) - (made - truth))) < 2e-3
    by_month = np.repeat(made[None] / 12, 12, 0)
    assert np.max(np.abs(net_ecosystem_production(by_month, warm, wet) - (made - truth))) < 2e-3


def test_net_production_passes_missing_cells_and_refuses_other_shapes():
    warm, wet, made = np.ones((12, 4), np.float32), np.ones((12, 4), np.float32), np.ones(4, np.float32)
    warm[5, 0] = wet[11, 1] = made[2] = np.nan
    found = net_ecosystem_production(made, warm, wet)
    np.testing.assert_array_equal(np.isnan(found), [True, True, True, False])
    with pytest.raises(ValueError, match="shapes differ"):
        net_ecosystem_production(made[:3], warm, wet)
    assert net_ecosystem_production(np.ones(12, np.float32), np.ones((12, 12)), np.ones((12, 12))).shape == (12,)


def test_lines_between_corners_keep_the_mean_of_every_month():
    rng = np.random.default_rng(2)
    means = rng.normal(5, 12, 12)
    corner = climate.corners() @ means
    middle = EDGES[:-1] + climate.DAYS / 2
    at = np.r_[middle[-1] - 365.25, middle, middle[0] + 365.25]
    course = np.interp(DAY, at, np.r_[corner[-1], corner, corner[0]])
    np.testing.assert_allclose(months(course), means, atol=1e-3)
    for base in climate.BASES:
        active = np.where(course >= base, course, 0).sum() * 0.01
        effective = np.maximum(course - base, 0).sum() * 0.01
        assert climate.accumulated_temperature(means, base=base) == pytest.approx(active, abs=0.3)
        assert climate.accumulated_temperature(means, base=base, effective=True) == pytest.approx(effective, abs=0.1)


def test_accumulated_temperature_of_a_known_course_is_closer_by_days_than_by_months():
    errors = {(method, base): [] for method in ("days", "months") for base in climate.BASES}
    for mean in (-5, 0, 4, 8, 12):
        for swing in (10, 15, 20):
            course = mean - swing * np.cos(2 * np.pi * (DAY - 20) / 365.25)
            for method, base in errors:
                for effective in (False, True):
                    truth = np.where(course >= base, course - base * effective, 0).sum() * 0.01
                    found = climate.accumulated_temperature(
                        months(course), base=base, method=method, effective=effective
                    )
                    errors[method, base].append(abs(float(found) - truth))
                    if method == "days" and effective:
                        assert errors[method, base][-1] < 1.5
    assert max(errors["days", 0.0]) < 1.1 and max(errors["months", 0.0]) > 30
    assert np.median(errors["days", 10.0]) < 2 and np.median(errors["months", 10.0]) > 20


def test_warm_all_year_is_days_times_mean_and_cold_is_nothing():
    warm = np.full((12, 2), 20, np.float32)
    warm[:, 1] = -3
    for method in ("days", "months"):
        np.testing.assert_allclose(climate.accumulated_temperature(warm, method=method), [20 * 365.25, 0], rtol=1e-6)
    np.testing.assert_allclose(climate.accumulated_temperature(warm, effective=True), [10 * 365.25, 0], rtol=1e-5)
    warm[3, 0] = np.nan
    for method in ("days", "months"):
        assert np.isnan(climate.accumulated_temperature(warm, method=method)).tolist() == [True, False]
    with pytest.raises(ValueError, match="no method"):
        climate.accumulated_temperature(warm, method="weeks")


def test_year_of_twelve_months():
    wet = np.arange(12, dtype=np.float32)[:, None] * np.ones(3, np.float32)
    wet[4, 1] = np.nan
    np.testing.assert_array_equal(climate.annual_precipitation(wet), [66, np.nan, 66])
    assert climate.mean_temperature(np.full(12, 7.5)) == pytest.approx(7.5)
    assert climate.mean_temperature(np.arange(12) == 1) == pytest.approx(28.25 / 365.25)


def test_climate_of_wensu_is_in_the_printed_range(reference):
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(reference / "data" / "wensu_xinjiang" / "temp_monthly_itu_p1510_075deg.tif") as file:
        warm = file.read()
    heat = climate.accumulated_temperature(warm)
    assert 3500 < heat.max() < 5000, "the plain of Aksu has some 4,000 degC of days above 10"
