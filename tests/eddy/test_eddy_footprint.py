"""Footprints against the authors' program, against integrals that are known, and against what must hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from halosink.eddy.footprints import ground, kljun
from halosink.eddy.footprints.climatology import mean_footprint, smoothed
from halosink.eddy.footprints.contours import levels, outlines, reach, share_of_cells
from halosink.eddy.footprints.estimate import footprint
from halosink.eddy.footprints.inside import share_inside
from halosink.eddy.footprints.single import scaled_outline

FOLDER = "oracles/flux/ffp"
GOOD = {
    "height": 3.0,
    "friction_velocity": 0.3,
    "obukhov_length": -50.0,
    "crosswind_sd": 0.6,
    "wind_direction": 220.0,
    "boundary_layer_height": 1000.0,
    "roughness_length": 0.03,
    "wind_speed": np.nan,
}


@pytest.fixture(scope="module")
def cases(reference):
    return pd.read_csv(reference / FOLDER / "ffp_cases.csv")


def of_case(case):
    return footprint(
        case["ustar"], case["ol"], case["sigmav"], case["wind_dir"], height=case["zm"], roughness_length=case["z0"],
        wind_speed=case["umean"], boundary_layer_height=case["h"], extent=10, cell=5,
    )  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_a_single_footprint_is_that_of_the_authors(reference, cases, number):
    case = cases.iloc[number]
    single = of_case(case).single()
    told = pd.read_csv(reference / FOLDER / f"case{number}_x_ci_f_ci.csv")
    np.testing.assert_allclose(single.distance, told["x_ci_m"], rtol=1e-12)
    np.testing.assert_allclose(single.density, told["f_ci_m-1"], rtol=1e-12)
    assert single.peak_distance == pytest.approx(case["x_ci_max"], rel=1e-12)
    assert single.density.max() == pytest.approx(case["f_max"], rel=1e-12)
    apart = np.diff(single.distance)
    assert (single.density[1:] * apart).sum() == pytest.approx(case["integral"], rel=2e-3)


@pytest.mark.parametrize("number", range(6))
def test_source_areas_on_the_authors_grid_reach_as_far(cases, number):
    case = cases.iloc[number]
    single = of_case(case).single()
    _, _, weight = single.plane()
    apart = single.distance[2] - single.distance[1]
    across = (np.arange(weight.shape[1]) - weight.shape[1] // 2) * apart
    edges = levels(weight, apart**2, (0.5, 0.8))
    for share, edge, column in zip((0.5, 0.8), edges, ("r50_maxdist", "r80_maxdist"), strict=True):
        lines = outlines(across, single.distance, weight, edge)
        assert len(lines) == 1
        assert reach(lines) == pytest.approx(case[column], rel=1e-9)
        area = next(a for a in single.source_areas if a.share == share)
        assert np.hypot(area.x, area.y).max() == pytest.approx(case[column], rel=3e-3)


def test_the_plane_is_turned_into_the_wind(cases):
    single = of_case(cases.iloc[0]).single()
    x, y, weight = single.plane()
    top = np.unravel_index(np.argmax(weight), weight.shape)
    assert np.degrees(np.arctan2(x[top], y[top])) == pytest.approx(30)


def test_the_mean_footprint_is_that_of_the_authors(reference):
    rows = pd.read_csv(reference / FOLDER / "climatology_input.csv")
    told = np.loadtxt(reference / FOLDER / "climatology_fclim_2d.csv.gz", delimiter=",")
    found = footprint(
        rows["ustar"], rows["ol"], rows["sigmav"], rows["wind_dir"], height=rows["zm"], roughness_length=rows["z0"],
        boundary_layer_height=rows["h"], extent=300, cell=2,
    )  # fmt: skip
    assert found.grid.records == 480
    np.testing.assert_allclose(found.grid.weight, told, rtol=1e-6)
    assert found.grid.held == pytest.approx(0.9474893804689041, rel=1e-9)
    assert found.grid.weight.max() == pytest.approx(0.00048268631134870985, rel=1e-9)
    areas = found.source_areas()
    assert [a.share for a in areas] == pytest.approx(np.arange(1, 10) / 10)
    for area in areas:
        assert found.grid.weight[found.grid.weight >= area.level].sum() * 4 == pytest.approx(area.share, abs=4e-3)
    assert (np.diff([a.farthest for a in areas]) > 0).all()


def test_the_whole_footprint_is_one_gamma_function():
    total = quad(lambda u: kljun.A * u**kljun.B * np.exp(-kljun.C / u), 0, np.inf, limit=500)[0]
    assert pytest.approx(total, rel=1e-8) == kljun.TOTAL
    for share in (0.01, 0.3, 0.8, 0.99):
        end = float(kljun.scaled_distance(share))
        held = quad(lambda u: kljun.A * u**kljun.B * np.exp(-kljun.C / u), 0, end - kljun.D, limit=500)[0]
        assert held / total == pytest.approx(share, rel=1e-7)
        assert float(kljun.scaled_share(end)) == pytest.approx(share, rel=1e-12)
    near = kljun.scaled_footprint(kljun.PEAK + np.array([-1e-4, 0, 1e-4]))
    assert near.argmax() == 1


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_source_area_holds_its_share_and_has_one_level(share):
    edge = scaled_outline(share)
    x = edge.x[1:-1]
    level = kljun.scaled_footprint(x) / (np.sqrt(2 * np.pi) * kljun.scaled_spread(x))
    level = level * np.exp(-(edge.y[1:-1] ** 2) / (2 * kljun.scaled_spread(x) ** 2))
    np.testing.assert_allclose(level, edge.level, rtol=1e-9)
    fine = np.geomspace(edge.x[0], edge.x[-1], 100_001)
    spread = kljun.scaled_spread(fine)
    ridge = kljun.scaled_footprint(fine) / (np.sqrt(2 * np.pi) * spread)
    half = spread * np.sqrt(2 * np.log(np.maximum(ridge / edge.level, 1.0)))
    held = kljun.scaled_footprint(fine) * kljun.share_in_strip(half, spread)
    assert np.trapezoid(held, fine) == pytest.approx(share, rel=1e-5)
    assert np.trapezoid(2 * half, fine) == pytest.approx(edge.area, rel=1e-4)


BAD = {
    "missing_input": [{"friction_velocity": np.nan}, {"roughness_length": np.nan}, {"obukhov_length": 0.0}],
    "height_not_positive": [{"height": 0.0}],
    "shallow_boundary_layer": [{"boundary_layer_height": 9.0}],
    "height_above_boundary_layer": [{"height": 1200.0}],
    "roughness_not_positive": [{"roughness_length": 0.0}],
    "roughness_sublayer": [{"roughness_length": 0.25}],
    "too_unstable": [{"obukhov_length": -0.19}],
    "crosswind_not_positive": [{"crosswind_sd": 0.0}],
    "low_friction_velocity": [{"friction_velocity": 0.1}],
    "wind_direction_range": [{"wind_direction": -1.0}, {"wind_direction": 361.0}],
    "no_wind_profile": [
        {"roughness_length": np.nan, "wind_speed": -1.0},
        {"roughness_length": np.nan, "wind_speed": 0.0},
    ],
}


@pytest.mark.parametrize(("reason", "changed"), [(r, c) for r, cs in BAD.items() for c in cs])
def test_a_step_that_cannot_be_done_says_why(reason, changed):
    found = kljun.scales(**(GOOD | changed))
    assert list(found.reason) == [reason]
    assert np.isnan(found.along[0])
    assert tuple(BAD) == kljun.REASONS


def test_bad_steps_are_left_out_of_the_mean():
    columns = {k: np.array([v, v, v]) for k, v in GOOD.items()}
    columns["friction_velocity"][1] = 0.05
    columns["crosswind_sd"][2] = np.nan
    mixed = mean_footprint(kljun.scales(**columns), 100, 2)
    alone = mean_footprint(kljun.scales(**GOOD), 100, 2)
    assert mixed.records == 1
    np.testing.assert_array_equal(mixed.weight, alone.weight)


def test_without_a_good_step_nothing_is_seen():
    found = footprint(np.nan, -10.0, 0.5, 90.0, height=3.0, roughness_length=0.01, fetch=100)
    assert found.grid.records == 0 and not found.grid.weight.any()
    assert np.isnan(found.levels).all() and np.isnan(found.inside).all() and np.isnan(found.peak_distance).all()
    single = found.single()
    assert single.reason == "missing_input" and single.source_areas == () and len(single.distance) == 0
    assert all(np.isnan(a.farthest) and not a.lines for a in found.source_areas())


def test_the_wind_turns_the_mean_footprint():
    north, east = (mean_footprint(kljun.scales(**(GOOD | {"wind_direction": d})), 200, 4) for d in (0.0, 90.0))
    np.testing.assert_allclose(np.rot90(north.weight), east.weight, rtol=1e-9, atol=1e-16)
    m, k = np.unravel_index(north.weight.argmax(), north.weight.shape)
    assert north.y[m] > 0 and north.x[k] == 0


def test_wind_speed_and_roughness_give_the_same_where_the_profile_is_logarithmic():
    z, ustar, length = 3.0, 0.3, -50.0
    psi = float(ground.profile_correction(np.float64(z), np.float64(length)))
    wind = ustar / ground.KARMAN * (np.log(z / 0.03) - psi)
    by_wind = kljun.scales(**(GOOD | {"roughness_length": np.nan, "wind_speed": wind}))
    assert by_wind.along[0] == pytest.approx(kljun.scales(**GOOD).along[0], rel=1e-12)
    back = ground.roughness_of_wind(np.float64(z), np.float64(wind), np.float64(ustar), np.float64(length))
    assert float(back) == pytest.approx(0.03, rel=1e-12)


def test_the_mean_is_that_of_the_equations_cell_by_cell():
    directions = np.array([10.0, 130.0, 287.0])
    scales = kljun.scales(**(GOOD | {"wind_direction": directions, "obukhov_length": np.array([-30.0, 60.0, 1e4])}))
    grid = mean_footprint(scales, 120, 3, smooth=False)
    east, north = np.meshgrid(grid.x, grid.y)
    told = np.zeros_like(east)
    for along, spread, angle in zip(scales.along, scales.spread, np.radians(directions), strict=True):
        upwind, across = east * np.sin(angle) + north * np.cos(angle), east * np.cos(angle) - north * np.sin(angle)
        seen = upwind / along > kljun.D
        wide = spread * kljun.scaled_spread(np.where(seen, upwind / along, 1.0))
        plane = kljun.scaled_footprint(upwind / along) / along / (np.sqrt(2 * np.pi) * wide)
        told += np.where(seen, plane * np.exp(-(across**2) / (2 * wide**2)), 0.0) / 3
    np.testing.assert_allclose(grid.weight, told, rtol=1e-9, atol=1e-30)


def test_share_inside_a_circle_is_that_of_the_grid():
    many = kljun.scales(**(GOOD | {"wind_direction": np.array([0.0, 45.0, 200.0])}))
    grid = mean_footprint(many, 600, 1, smooth=False)
    distance = np.hypot(*np.meshgrid(grid.x, grid.y))
    for fetch in (20.0, 60.0, 300.0):
        assert share_inside(many, fetch).mean() * kljun.TOTAL == pytest.approx(
            grid.weight[distance <= fetch].sum(), abs=3e-3
        )


def test_share_inside_sectors():
    wind = kljun.scales(**(GOOD | {"wind_direction": np.array([45.0, 135.0, 225.0, 0.0])}))
    np.testing.assert_allclose(share_inside(wind, [80.0] * 12), share_inside(wind, 80.0), atol=5e-4)
    only_first = share_inside(wind, [1e9, 0.0, 0.0, 0.0])
    assert only_first[0] > 0.85 and only_first[2] < 0.01 and only_first[3] == pytest.approx(0.5, abs=0.01)
    everything = share_inside(wind, 1e12)
    np.testing.assert_allclose(everything, 1.0)
    np.testing.assert_array_equal(share_inside(wind, 0.0), 0.0)
    quarters = sum(share_inside(wind, np.where(np.arange(4) == i, 1e12, 0.0)) for i in range(4))
    np.testing.assert_allclose(quarters, 1.0, atol=0.02)
    assert np.isnan(share_inside(kljun.scales(**(GOOD | {"crosswind_sd": np.nan})), 80.0)).all()
    with pytest.raises(ValueError, match="none negative"):
        share_inside(wind, [-1.0])


def test_outlines_of_a_round_hill_are_circles():
    x = np.linspace(-50, 50, 201)
    weight = np.exp(-(x[None, :] ** 2 + x[:, None] ** 2) / (2 * 10.0**2)) / (2 * np.pi * 10.0**2)
    edges = levels(weight, 0.25, (0.2, 0.5, 0.9))
    for share, edge in zip((0.2, 0.5, 0.9), edges, strict=True):
        lines = outlines(x, x, weight, edge)
        assert len(lines) == 1
        np.testing.assert_array_equal(lines[0][0], lines[0][-1])
        radius = np.hypot(*lines[0].T)
        np.testing.assert_allclose(radius, 10 * np.sqrt(-2 * np.log(1 - share)), rtol=0.01)
    cells = share_of_cells(weight, edges, (0.2, 0.5, 0.9))
    assert cells[100, 100] == 0.2 and np.isnan(cells[0, 0])


def test_two_hills_a_saddle_and_a_cut_outline():
    field = np.array([[0.0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]])
    axis = np.arange(4.0)
    assert len(outlines(axis, axis, field, 1.5)) == 2
    assert len(outlines(axis, axis, field, 0.5)) == 1
    open_line = outlines(axis, axis, np.tile(axis, (4, 1)), 1.5)
    assert len(open_line) == 1 and len(open_line[0]) == 4 and (open_line[0][:, 0] == 1.5).all()
    assert outlines(axis, axis, field, np.nan) == [] and outlines(axis, axis, field, 9.0) == []


def test_a_source_area_beyond_the_grid_is_not_told():
    found = footprint(0.3, -50.0, 0.6, 0.0, height=3.0, roughness_length=0.03, extent=25, cell=1)
    last = found.source_areas()[-1]
    assert found.grid.held < 0.9
    assert np.isnan(last.level) and np.isnan(last.area) and np.isnan(last.farthest)


def test_smoothing_keeps_what_lies_inside():
    weight = np.zeros((9, 9))
    weight[4, 4] = 1.0
    once = smoothed(weight)
    assert once.sum() == pytest.approx(1.0) and once[4, 4] == pytest.approx(0.4**2 + 4 * 0.1**2 + 4 * 0.05**2)
    np.testing.assert_allclose(once, once.T)
    np.testing.assert_allclose(smoothed(np.ones((9, 9)))[2:-2, 2:-2], 1.0)


def test_the_boundary_layer_of_still_air_ends_in_that_of_neutral_air():
    ustar = np.array([0.3, 0.3, 0.3, 0.3, np.nan])
    depth = ground.boundary_layer_height(ustar, np.array([4999.0, 1e5, 20.0, -20.0, 20.0]), 45.0)
    coriolis = 2 * 7.2921e-5 * np.sin(np.pi / 4)
    assert depth[1] == pytest.approx(0.3 * 0.3 / coriolis, rel=1e-9)
    assert depth[0] == pytest.approx(depth[1], rel=0.25)
    assert depth[2] == pytest.approx(20 / 3.8 * (np.sqrt(1 + 2.28 * 0.3 / (coriolis * 20)) - 1))
    assert depth[3] == 1500 and np.isnan(depth[4])
    south = ground.boundary_layer_height(ustar, np.array([1e5] * 5), -45.0)
    assert south[0] == pytest.approx(depth[1])


def test_the_obukhov_length_of_a_worked_number():
    density = 101_300 / (287.0586 * 293.15)
    by_hand = -density * 1004.834 * 0.3**3 * 293.15 / (0.4 * 9.81 * 100)
    found = ground.obukhov_length(
        np.array([0.3] * 3), np.array([100.0, -100.0, 0.0]), np.array([20.0] * 3), np.array([101.3] * 3)
    )
    np.testing.assert_allclose(found[:2], [by_hand, -by_hand])
    assert abs(found[2]) == 1e6


def test_an_impossible_grid_is_refused():
    with pytest.raises(ValueError, match="2000 cells"):
        mean_footprint(kljun.scales(**GOOD), 1000, 0.1)
    with pytest.raises(ValueError, match="shares"):
        footprint(0.3, -50.0, 0.6, 0.0, height=3.0, roughness_length=0.03, shares=(1.0,))


def test_progress_is_told():
    seen = []
    mean_footprint(kljun.scales(**(GOOD | {"wind_direction": np.linspace(0, 359, 700)})), 50, 10, told=seen.append)
    assert sum(seen) == 700 and len(seen) > 1
