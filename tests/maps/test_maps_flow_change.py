"""Transitions by hand and by invariants; trends against scipy and the rain of Assaba."""

import numpy as np
import pytest
from scipy import stats

from halosink.maps.change import regional, transitions, trends

YEARS = np.arange(2010, 2024)


def series(cells, seed=0):
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(len(YEARS), cells)).cumsum(axis=0)
    data[:, ::2] = np.round(data[:, ::2])
    return data


def test_cross_tabulation_by_hand_and_in_tiles():
    before = np.array([[1, 1, 2], [2, 3, 0]], np.uint8)
    after = np.array([[1, 2, 2], [1, 0, 3]], np.uint8)
    found = transitions.cross_tabulation(before, after)
    want = np.zeros((256, 256), int)
    for i, j in ((1, 1), (1, 2), (2, 2), (2, 1), (3, 0), (0, 3)):
        want[i, j] = 1
    np.testing.assert_array_equal(found, want)
    parts = sum(transitions.cross_tabulation(before[:, c], after[:, c]) for c in (2, 0, 1))
    np.testing.assert_array_equal(parts, found)
    with pytest.raises(ValueError, match="cells"):
        transitions.cross_tabulation(before, after[:1])


def test_gain_loss_net_and_swap():
    matrix = np.zeros((256, 256))
    matrix[1:4, 1:4] = [[50, 10, 5], [2, 20, 0], [3, 0, 10]]
    found = transitions.class_changes(matrix)
    assert found[1] == transitions.ClassChange(65, 55, 50, 5, 15, 10, 10)
    assert found[2] == transitions.ClassChange(22, 30, 20, 10, 2, 8, 4)
    for part in found.values():
        assert part.net + part.swap == part.gain + part.loss
        assert part.after - part.before == part.gain - part.loss
    assert sum(p.gain for p in found.values()) == sum(p.loss for p in found.values())
    backward = transitions.class_changes(matrix.T)
    assert all(backward[c].gain == found[c].loss and backward[c].swap == found[c].swap for c in found)


def test_carbon_of_transitions_sums_to_the_difference_of_the_maps():
    rng = np.random.default_rng(1)
    before, after = rng.integers(1, 5, (2, 40, 30)).astype(np.uint8)
    density = {1: 52.3, 2: 7.7, 3: 2.1, 4: 0.0}
    matrix = transitions.cross_tabulation(before, after)
    table = transitions.transition_table(matrix, 900.0, (2010, 2020), density)
    of_cell = np.array([0, *density.values()])
    want = (of_cell[after] - of_cell[before]).sum() * 0.09
    assert table["carbon_change_t"].sum() == pytest.approx(want, rel=1e-12)
    assert table["area_km2"].sum() == pytest.approx(1200 * 900 / 1e6, rel=1e-12)
    drawn = {c: np.full(3, d) for c, d in density.items()}
    np.testing.assert_allclose(transitions.carbon_change(matrix, 900.0, drawn), want)
    assert np.isnan(table["low"]).all()


def test_interval_of_a_transition_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2)
    matrix = np.zeros((256, 256), int)
    matrix[1, 2] = 1000
    inside = 0
    for _ in range(400):
        true = {1: 50.0, 2: 7.0}
        guess = {c: d + rng.normal(0, 0.3 * d) for c, d in true.items()}
        draws = {c: guess[c] + rng.normal(0, 0.3 * true[c], 800) for c in true}
        row = transitions.transition_table(matrix, 1e4, (2010, 2020), guess, draws).iloc[0]
        inside += row["low"] <= 1000 * (7.0 - 50.0) <= row["high"]
    assert 0.91 <= inside / 400 <= 0.98


def test_class_without_a_density_has_no_carbon():
    matrix = transitions.cross_tabulation(np.array([1, 1]), np.array([1, 2]))
    table = transitions.transition_table(matrix, 1e4, (2010, 2020), {1: 5.0})
    assert np.isnan(table["carbon_change_t"][table["to_class"] == 2]).all()
    with pytest.raises(KeyError):
        transitions.carbon_change(matrix, 1e4, {1: np.ones(2)})


def test_theil_sen_and_mann_kendall_equal_scipy_with_ties_and_gaps():
    data = series(200)
    rng = np.random.default_rng(3)
    data[rng.uniform(size=data.shape) < 0.15] = np.nan
    found = trends.theil_sen(data, YEARS, continuity=False)
    for cell in range(data.shape[1]):
        known = ~np.isnan(data[:, cell])
        assert found.years[cell] == known.sum()
        y, x = data[known, cell], YEARS[known]
        want = stats.theilslopes(y, x)
        got = (found.slope[cell], found.low[cell], found.high[cell])
        np.testing.assert_allclose(got, (want.slope, want.low_slope, want.high_slope), rtol=1e-6, atol=1e-7)
        tau = stats.kendalltau(x, y, method="asymptotic")
        assert found.p_value[cell] == pytest.approx(tau.pvalue, abs=2e-6)


def test_continuity_brings_p_nearer_to_the_exact_one():
    data = np.random.default_rng(4).normal(size=(10, 300))
    year = np.arange(10)
    exact = np.array([stats.kendalltau(year, column, method="exact").pvalue for column in data.T])
    error = [np.abs(trends.theil_sen(data, year, continuity=c).p_value - exact).mean() for c in (True, False)]
    assert error[0] < 0.02 < error[1]


def test_ordinary_trend_equals_linregress():
    data = series(60, seed=5)
    data[3, 1] = data[7, 1] = np.nan
    found = trends.ordinary_trend(data, YEARS)
    for cell in range(60):
        known = ~np.isnan(data[:, cell])
        want = stats.linregress(YEARS[known], data[known, cell])
        half = want.stderr * stats.t.ppf(0.975, known.sum() - 2)
        got = (found.slope[cell], found.low[cell], found.high[cell], found.p_value[cell])
        np.testing.assert_allclose(
            got, (want.slope, want.slope - half, want.slope + half, want.pvalue), rtol=2e-6, atol=1e-7
        )


@pytest.mark.parametrize("trend", [trends.theil_sen, trends.ordinary_trend])
def test_flat_short_and_straight_series(trend):
    data = np.full((14, 4), np.nan, np.float32)
    data[:, 0] = 3
    data[:4, 1] = [1, 2, 3, 4]
    data[:, 2] = 2 * (YEARS - 2000)
    found = trend(data, YEARS)
    np.testing.assert_allclose(found.slope, [0, np.nan, 2, np.nan])
    np.testing.assert_allclose(found.low, [0, np.nan, 2, np.nan])
    assert found.p_value[0] == 1 and found.p_value[2] < 1e-5
    np.testing.assert_array_equal(found.years, [14, 4, 14, 0])
    square = trend(data.reshape(14, 2, 2), YEARS)
    np.testing.assert_array_equal(square.slope, found.slope.reshape(2, 2))


def test_years_that_do_not_fit_are_refused():
    for years in (YEARS[:-1], YEARS[::-1], np.repeat(2010, 14)):
        with pytest.raises(ValueError, match="years"):
            trends.theil_sen(np.ones((14, 2)), years)


def test_interval_of_theil_sen_covers_the_true_slope():
    rng = np.random.default_rng(6)
    data = 0.7 * (YEARS - 2010)[:, None] + rng.normal(size=(14, 4000))
    for trend in (trends.theil_sen, trends.ordinary_trend):
        found = trend(data, YEARS)
        assert 0.91 <= np.mean((found.low <= 0.7) & (found.high >= 0.7)) <= 0.98


def test_false_discovery_equals_scipy_in_tiles_of_any_order():
    rng = np.random.default_rng(7)
    p = np.concatenate([rng.uniform(size=3000), rng.beta(0.05, 5, 300)]).astype(np.float32)
    p[rng.integers(0, p.size, 50)] = np.nan
    tiles = [regional.SmallP.of(part) for part in np.array_split(p, 9)]
    limit = regional.false_discovery(tiles)
    known = p[~np.isnan(p)]
    want = stats.false_discovery_control(known.astype(float)) <= 0.05
    np.testing.assert_array_equal(known <= limit, want)
    assert regional.false_discovery(tiles[::-1]) == limit
    assert regional.false_discovery([regional.SmallP.of(np.full(10, 0.9))]) == 0.0
    assert regional.false_discovery([]) == 0.0


def test_no_trend_anywhere_is_found_nowhere():
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(100):
        result = trends.ordinary_trend(rng.normal(size=(14, 200)), YEARS)
        found += regional.false_discovery([regional.SmallP.of(result.p_value)]) > 0
    assert found <= 12, "in 5 of 100 fields one cell may be called a trend"


def test_mean_series_is_the_same_in_tiles_of_any_order_to_the_bit():
    data = series(1000, seed=9) * 1e3
    data[2, :30] = np.nan
    tiles = [regional.YearSums.of(part) for part in np.array_split(data, 13, axis=1)]
    rng = np.random.default_rng(0)
    first = regional.mean_series(tiles)
    for _ in range(5):
        order = rng.permutation(13)
        np.testing.assert_array_equal(regional.mean_series([tiles[i] for i in order]), first)
    np.testing.assert_allclose(first, np.nanmean(data, axis=1), rtol=1e-12)
    whole = regional.mean_series([regional.YearSums.of(data, complete=True)])
    np.testing.assert_allclose(whole, data[:, 30:].mean(axis=1), rtol=1e-12)
    assert np.isnan(regional.mean_series([regional.YearSums.of(np.full((3, 4), np.nan))])).all()


def test_shares_of_clear_trends_count_every_known_cell():
    data = series(500, seed=10)
    data[:, :7] = np.nan
    result = trends.theil_sen(data, YEARS)
    up, down, unclear = regional.trend_shares(result, 0.05)
    assert up + down + unclear == 493
    assert up == int(((result.slope > 0) & (result.p_value <= 0.05)).sum())


def test_production_of_assaba_follows_rain(reference):
    rasterio = pytest.importorskip("rasterio")
    folder = reference / "data" / "assaba_mauritania"
    gross, rain = [], []
    for year in YEARS:
        with rasterio.open(folder / "MODIS_Gross_Primary_Production_GPP" / f"{year}_GP.tif") as file:
            cells = file.read(1)
            gross.append(np.where(cells >= 65529, np.nan, cells * np.float32(1e-4))[None])
        with rasterio.open(folder / "Climate_Precipitation_Data" / f"{year}R.tif") as file:
            water = file.read(1)
            rain.append(np.where(water < 0, np.nan, water)[None])
    means = [
        regional.mean_series([regional.YearSums.of(part) for part in np.array_split(np.concatenate(layers), 5, axis=1)])
        for layers in (gross, rain)
    ]
    assert np.corrcoef(*means)[0, 1] == pytest.approx(0.834, abs=5e-4)
    np.testing.assert_allclose(means[0][[0, 7]], [0.154, 0.071], atol=5e-4)
    np.testing.assert_allclose(means[1][[0, 7]], [358, 227], atol=0.6)
    trend = regional.regional_trend(means[1], YEARS)
    want = stats.theilslopes(means[1], YEARS)
    assert trend.slope == pytest.approx(want.slope, rel=1e-6)
    assert trend.low < 0 < trend.high
