"""Folds, scores, forest, applicability and the correction as a whole."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from halosink.contracts import LANGUAGES
from halosink.maps.correction.applicability import Applicability
from halosink.maps.correction.calibration import widening
from halosink.maps.correction.field_plots import correct
from halosink.maps.correction.folds import block_folds, plot_folds, random_folds
from halosink.maps.correction.forest import forest_mean, grow
from halosink.maps.correction.score import scores
from halosink.maps.correction.transforms import Transform, smeared
from halosink.problems import UserError
from map_correction_fields import region

FAST = {"splits": ("block",), "trees": 30, "folds": 5}


def test_plots_and_squares_are_never_split():
    rng = np.random.default_rng(1)
    plots = rng.integers(0, 50, 400)
    points = rng.uniform(0, 1e5, (50, 2))[plots]
    by_plot, by_block = plot_folds(plots, 10, 1), block_folds(points, plots, 2e4, 5, 1)
    for folds in (by_plot, by_block):
        assert all(len(np.unique(folds[plots == p])) == 1 for p in np.unique(plots))
        assert np.ptp(np.bincount(folds)) < 100
    assert any(len(np.unique(random_folds(400, 10, 1)[plots == p])) > 1 for p in range(50))
    square = np.floor(points / 2e4)
    assert len(np.unique(by_block)) == 5
    assert not np.array_equal(by_block, block_folds(points, plots, 2e4, 5, 2))
    assert np.array_equal(by_block, block_folds(points, plots, 2e4, 5, 1))
    assert len(square)
    with pytest.raises(ValueError, match="one square"):
        block_folds(points[:1].repeat(30, axis=0), np.arange(30), 1e5)


def test_squares_keep_near_plots_together():
    rng = np.random.default_rng(3)
    points = rng.uniform(0, 1e5, (500, 2))
    folds = block_folds(points, np.arange(500), 2e4, 5, 0)
    far = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    near = (far > 0) & (far < 4000)
    alike = (folds[:, None] == folds[None])[near].mean()
    assert alike > 0.7
    assert (random_folds(500, 5, 0)[:, None] == random_folds(500, 5, 0)[None])[near].mean() < 0.3


def test_scores_equal_scikit_learn_and_the_published_concordance():
    rng = np.random.default_rng(2)
    o = rng.normal(50, 3, 300)
    p = 0.7 * o + rng.normal(14, 1, 300)
    found = scores(o, p, p - 2, p + 2, np.arange(300) // 3)
    assert found["rmse"][0] == pytest.approx(root_mean_squared_error(o, p))
    assert found["mae"][0] == pytest.approx(mean_absolute_error(o, p))
    assert found["r2"][0] == pytest.approx(r2_score(o, p))
    assert found["bias"][0] == pytest.approx((p - o).mean())
    concordance = 2 * np.cov(o, p, bias=True)[0, 1] / (o.var() + p.var() + (o.mean() - p.mean()) ** 2)
    assert found["ccc"][0] == pytest.approx(concordance)
    assert found["coverage"][0] == pytest.approx((np.abs(o - p) <= 2).mean())
    assert found["width"][0] == pytest.approx(4)
    assert all(low <= value <= high for value, low, high in found.values())
    with pytest.raises(ValueError, match="no row"):
        scores(o * np.nan, p, p, p, np.arange(300))


def test_interval_of_bias_is_that_of_group_means():
    rng = np.random.default_rng(5)
    shift = np.repeat(rng.normal(size=60), 10)
    found = scores(np.zeros(600), shift, shift - 1, shift + 1, np.repeat(np.arange(60), 10), draws=4000)
    want = shift.reshape(60, 10)[:, 0].std() / np.sqrt(60)
    assert (found["bias"][2] - found["bias"][1]) / (2 * 1.96) == pytest.approx(want, rel=0.1)


def test_widening_of_normal_errors_is_one_and_of_double_errors_two():
    z = np.random.default_rng(1).normal(size=200000)
    assert widening(z, np.ones_like(z)) == pytest.approx(1, abs=0.01)
    assert widening(2 * z, np.ones_like(z)) == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize("name", ["none", "log", "boxcox"])
def test_transforms_come_back(name):
    z = np.random.default_rng(1).lognormal(0, 1.2, 2000)
    t = Transform.of(z, name)
    assert t.back(t.forward(z)) == pytest.approx(z)
    if name == "boxcox":
        assert abs(t.power) < 0.05


def test_mean_after_the_logarithm_is_that_of_the_lognormal():
    t = Transform(0.0, 1e-9, np.inf, False)
    errors = smeared(np.random.default_rng(2).normal(size=200000), np.ones(200000))
    mean, sd = t.mean(np.array([0.3]), np.array([0.5]), errors)
    assert mean[0] == pytest.approx(np.exp(0.3 + 0.125), rel=0.01)
    assert sd[0] == pytest.approx(np.exp(0.3 + 0.125) * np.sqrt(np.expm1(0.25)), rel=0.05)


def test_forest_out_of_bag_is_blind_to_the_whole_plot():
    rng = np.random.default_rng(4)
    plots = np.repeat(np.arange(60), 5)
    covariates = np.column_stack([rng.normal(size=60)[plots], rng.normal(size=60)[plots]])
    values = rng.normal(size=60)[plots]
    grown = grow(covariates, values, plots, 1, 100)
    assert r2_score(values, grown.out_of_bag) < 0.1
    single = grow(covariates, values, np.arange(300), 1, 100)
    assert r2_score(values, single.out_of_bag) > 0.5
    again = forest_mean(grow(covariates, values, plots, 1, 100), covariates)
    assert np.array_equal(forest_mean(grown, covariates)[0], again[0])
    assert grown.importance.sum() == pytest.approx(1)


def test_local_spread_of_the_forest_follows_the_noise():
    rng = np.random.default_rng(6)
    x = rng.uniform(-1, 1, (1500, 1))
    values = x[:, 0] + np.where(x[:, 0] > 0, 1.0, 0.2) * rng.normal(size=1500)
    grown = grow(x, values, np.arange(1500), 1, 100)
    for begin, noise in ((-0.9, 0.2), (0.1, 1.0)):
        _, spread = forest_mean(grown, np.linspace(begin, begin + 0.8, 50)[:, None])
        assert np.sqrt(np.mean(spread**2)) == pytest.approx(noise, rel=0.25)


def test_dissimilarity_by_hand_and_far_cells_are_not_applicable():
    covariates = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    area = Applicability.of(covariates, np.array([1.0, 0.0]), np.arange(4))
    assert area.mean_distance == pytest.approx(4 * 2.0 / 6)
    found = area.dissimilarity(np.array([[1.5, 9.0], [0.0, 5.0], [np.nan, 0.0]]))
    assert found[:2] == pytest.approx([0.5 / 0.5 / area.mean_distance, 0.0])
    assert np.isnan(found[2])
    r = region(3, plots=80)
    c = correct(r.plots, "value", ["wet", "high"], method="kriging", **FAST)
    seen = c.predict(r.x, r.y, r.covariates)
    assert seen.applicable.mean() > 0.8
    away = c.predict(r.x, r.y, {k: v + 20 for k, v in r.covariates.items()})
    assert not away.applicable.any()


def test_a_correction_is_the_same_again_and_by_tiles():
    r = region(1, side=40, plots=90)
    for method in ("kriging", "forest"):
        a, b = (correct(r.plots, "value", ["wet", "high"], method=method, seed=3, **FAST) for _ in range(2))
        assert a.skill.equals(b.skill)
        whole = a.predict(r.x, r.y, r.covariates)
        top = b.predict(r.x[:17], r.y[:17], {k: v[:17] for k, v in r.covariates.items()})
        assert np.array_equal(whole.mean[:17], top.mean)
        assert np.array_equal(whole.low[:17], top.low)
        assert whole.mean.shape == r.x.shape
        assert whole.mean.dtype == np.float32
        drawn = a.draws(r.x[:8, :8], r.y[:8, :8], {k: v[:8, :8] for k, v in r.covariates.items()}, 5, 1)
        again = b.draws(r.x[:8, :8], r.y[:8, :8], {k: v[:8, :8] for k, v in r.covariates.items()}, 5, 1)
        assert drawn.shape == (5, 8, 8)
        assert np.array_equal(drawn, again)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_intervals_hold_the_truth_of_simulated_regions(transform):
    cells, means = [], []
    for seed in range(500, 508):
        r = region(seed, side=40, plots=120)
        table, truth = r.plots, r.truth
        if transform == "log":
            table, truth = table.assign(value=np.exp(table["value"])), np.exp(truth)
        c = correct(table, "value", ["wet", "high"], method="kriging", transform=transform, measurement=0.3, seed=seed,
                    **FAST)  # fmt: skip
        seen = c.predict(r.x, r.y, r.covariates)
        cells.append(((truth >= seen.low) & (truth <= seen.high)).mean())
        m = c.regional_mean(r.x, r.y, r.covariates, seed=seed)
        means.append(m.low <= truth.mean() <= m.high)
        assert m.sd < float(seen.sd.mean()) / 3
    assert 0.91 <= np.mean(cells) <= 0.98
    assert np.mean(means) >= 0.75


def test_nothing_to_learn_is_said_and_the_mean_returned():
    rng = np.random.default_rng(12)
    r = region(5, side=30, plots=80)
    table = r.plots.assign(value=rng.normal(3.0, 1.0, 80))
    c = correct(table, "value", ["wet", "high"], **FAST)
    assert c.method == "mean"
    assert [p.code for p in c.problems] == ["W-REGION-NO-CORRECTION"]
    seen = c.predict(r.x, r.y, r.covariates)
    assert seen.mean == pytest.approx(np.full(r.x.shape, table["value"].mean()), rel=1e-5)
    assert float(seen.sd[0, 0]) == pytest.approx(1.0, abs=0.25)
    assert not next(k for k in c.checks if k.check == "correction_skill").passed
    m = c.regional_mean(r.x, r.y, r.covariates)
    assert m.low < m.mean < m.high


def test_a_map_that_is_right_is_left_as_it_is_and_a_shifted_one_is_corrected():
    r = region(7, side=40, plots=120)
    table = r.plots
    exact = {**r.covariates, "map": r.truth}
    at = table.merge(pd.DataFrame({"x": r.x.ravel(), "y": r.y.ravel(), "map": r.truth.ravel()}), on=["x", "y"])
    c = correct(at, "value", [], uncorrected="map", **FAST)
    assert c.skill.query("method == 'uncorrected'")["rmse"].iloc[0] == pytest.approx(0.3, abs=0.06)
    if c.method == "uncorrected":
        assert c.predict(r.x, r.y, exact).mean == pytest.approx(r.truth, rel=1e-5)
    shifted = at.assign(map=at["map"] * 0.5 - 4)
    c = correct(shifted, "value", [], uncorrected="map", method="kriging", **FAST)
    assert c.method == "kriging"
    seen = c.predict(r.x, r.y, {"map": r.truth * 0.5 - 4})
    assert np.sqrt(np.mean((seen.mean - r.truth) ** 2)) < 0.3
    assert c.fitted.kriging.fit.coefficients[1] / c.fitted.sd[0] == pytest.approx(2, rel=0.1)


def test_cells_without_covariates_have_no_value():
    r = region(2, side=20, plots=60)
    c = correct(r.plots, "value", ["wet", "high"], method="forest", **FAST)
    holed = {k: v.copy() for k, v in r.covariates.items()}
    holed["wet"][3, 4] = np.nan
    seen = c.predict(r.x, r.y, holed)
    for layer in seen[:6]:
        assert np.argwhere(np.isnan(layer)).tolist() == [[3, 4]]
    assert not seen.applicable[3, 4]
    assert np.isnan(c.draws(r.x, r.y, holed, 2, 1)[:, 3, 4]).all()


def test_without_covariates_it_is_ordinary_kriging():
    r = region(9, side=30, plots=120, gain=0.0, scale=15000.0)
    c = correct(r.plots, "value", [], **FAST)
    assert c.method == "kriging"
    assert len(c.fitted.kriging.fit.coefficients) == 1
    assert c.predict(r.x, r.y, {}).applicable.all()


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (lambda t: t.drop(columns="wet"), {}, "E-REGION-PLOTS-COLUMN"),
        (lambda t: t.head(9), {}, "E-REGION-PLOTS-FEW"),
        (lambda t: t.assign(value=2.0), {}, "E-REGION-PLOTS-CONSTANT"),
        (lambda t: t.assign(value=-1.0 - t["wet"].abs()), {"transform": "log"}, "E-REGION-PLOTS-NOT-POSITIVE"),
        (lambda t: t.assign(x=80 + t["x"] / 1e7, y=41 + t["y"] / 1e7), {}, "E-REGION-PLOTS-DEGREES"),
    ],
)
def test_what_is_wrong_with_the_plots_is_said_in_both_languages(change, options, code):
    with pytest.raises(UserError) as caught:
        correct(change(region(1, side=20, plots=60).plots), "value", ["wet", "high"], **options)
    (problem,) = caught.value.problems
    assert problem.code == code
    for language in LANGUAGES:
        assert all("{" not in problem.say(part, language) for part in ("what", "why", "fix"))


def test_rows_without_numbers_are_left_out_and_counted():
    r = region(1, side=20, plots=60)
    table = r.plots.copy()
    table.loc[[1, 2, 3], "wet"] = np.nan
    c = correct(table, "value", ["wet", "high"], method="kriging", **FAST)
    warning = next(p for p in c.problems if p.code == "W-REGION-PLOTS-LEFT-OUT")
    assert (warning.values["number"], warning.column) == (3, "wet")
    assert c.skill["n"].unique().tolist() == [57]
    assert {k.check for k in c.checks} >= {"correction_skill", "correction_coverage", "correction_threshold"}


def test_random_rows_overstate_the_skill_on_pedons(reference):
    table = pd.read_csv(reference / "data/soil_ec_sar_ncss_ucrb/cop_ncss17_ec12_2D_covarsc.txt", sep="\t")
    table["depth"] = (table["depth_t"] + table["depth_b"]) / 2
    covariates = ["depth", "ELEVm", "ppt_ann", "temp_ann", "redswir1", "swir1swir2", "TWI_TOPMODEL", "MRVBF"]
    c = correct(table, "ec_12pre", covariates, x="coords.x1", y="coords.x2", plot="Pedon_key", transform="log",
                method="forest", trees=25, folds=5, seed=1)  # fmt: skip
    r2 = c.skill.query("scale == 'log' and method == 'forest'").set_index("split")["r2"]
    assert r2["random"] > r2["plot"] + 0.1
    assert r2["plot"] > r2["block"] > 0
