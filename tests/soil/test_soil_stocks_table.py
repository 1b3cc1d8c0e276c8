"""Stocks of tables: hand calculations, the known case of compaction, gaps, gravel, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.contracts import LANGUAGES
from halosink.soil.stocks.compare_methods import change_by_depth_and_mass
from halosink.soil.stocks.errors import NO_ERROR, Errors
from halosink.soil.stocks.profiles import REASONS
from halosink.soil.stocks.table import METHODS, carbon_stocks
from soil_stock_studies import tidal_wetlands


def core(name="a", limits=(0, 10, 30, 60), density=(1.2, 1.3, 1.4), carbon=(20.0, 12.0, 6.0), **more):
    frame = pd.DataFrame({"core": name, "depth_top": limits[:-1], "depth_bottom": limits[1:]}, dtype=object)
    frame = frame.astype({"depth_top": float, "depth_bottom": float})
    return frame.assign(bulk_density=list(density), soil_organic_carbon=list(carbon), **more)


def one(frame, depths=(30.0,), **options):
    options = {"draws": 0, "errors": NO_ERROR} | options
    made, problems = carbon_stocks(frame, depths, **options)
    return made.table, problems, made


def test_fixed_depth_is_the_hand_calculation():
    table, problems, _ = one(core(), (30, 45, 60))
    by_hand = [10 * 1.2 * 20 / 10 + 20 * 1.3 * 12 / 10]
    by_hand += [by_hand[0] + 15 * 1.4 * 6 / 10, by_hand[0] + 30 * 1.4 * 6 / 10]
    assert table["soil_organic_carbon_stock"].tolist() == pytest.approx(by_hand, rel=1e-12)
    assert table["soil_mass"].tolist() == pytest.approx([3800, 5900, 8000])
    assert problems == []


@pytest.mark.parametrize("method", METHODS)
def test_constant_profile_is_exact_by_every_method(method):
    frame = core(limits=(0, 5, 20, 45, 100), density=[1.25] * 4, carbon=[11.0] * 4)
    table, _, _ = one(frame, (17.0, 63.0), method=method)
    assert table["soil_organic_carbon_stock"].to_numpy() == pytest.approx(
        np.array([17, 63]) * 1.25 * 11 / 10, rel=1e-12
    )


def compacted(factor=1.2):
    """The same soil before and after the layers down to 60 cm were pressed together: contents as they were."""
    before, after = [], []
    rng = np.random.default_rng(8)
    for i in range(6):
        density, carbon = 1.2 + rng.uniform(0, 0.2), 15 + rng.uniform(-3, 3)
        limits = np.array([0.0, 10, 20, 30, 40, 60])
        common = {"plot": f"p{i}", "density": [density] * 5, "carbon": [carbon] * 5}
        before.append(core(f"b{i}", limits, common["density"], common["carbon"], plot=f"p{i}", year="before"))
        pressed = [density * factor] * 5
        after.append(core(f"a{i}", limits / factor, pressed, common["carbon"], plot=f"p{i}", year="after"))
    return pd.concat([*before, *after], ignore_index=True)


def test_compaction_changes_nothing_at_equal_mass_but_fixed_depth_gains():
    table, _ = change_by_depth_and_mass(
        compacted(), (30.0,), when="year", before="before", after="after", draws=50, profile=("core", "plot", "year"),
        errors=NO_ERROR,
    )  # fmt: skip
    by = table.set_index("method")["estimate"]
    assert abs(by["equal_mass"]) < 1e-10
    base = table["before"].iloc[0]
    assert by["fixed_depth"] == pytest.approx(0.2 * base, rel=1e-9)
    assert table["from_density"].iloc[0] == pytest.approx(by["fixed_depth"], rel=1e-9)


def test_sloping_contents_compacted_layer_by_layer_change_nothing_at_layer_limits():
    carbon = (22.0, 15, 9, 5)
    before = core("b", (0, 10, 20, 40, 70), (1.1, 1.2, 1.3, 1.4), carbon, year="1")
    limits = np.cumsum([0, 10 / 1.15, 10 / 1.1, 20, 30])
    after = core("a", limits, (1.1 * 1.15, 1.2 * 1.1, 1.3, 1.4), carbon, year="2")
    frame = pd.concat([before, after], ignore_index=True)
    options = {"profile": ("core", "year"), "reference": {"year": "1"}}
    fixed, _, _ = one(frame, (20.0, 40.0), **options)
    equal, _, _ = one(frame, (20.0, 40.0), method="equal_mass", **options)
    a, b = (equal[equal["core"] == c]["soil_organic_carbon_stock"].to_numpy() for c in "ab")
    assert np.abs(a - b).max() < 1e-10
    a, b = (fixed[fixed["core"] == c]["soil_organic_carbon_stock"].to_numpy() for c in "ab")
    assert (a - b).min() > 1


def test_gaps_and_shallow_profiles_have_no_stock_but_say_what_was_measured():
    gap = core("gap", (0, 10), (1.2,), (20.0,))
    gap = pd.concat([gap, core("gap", (20, 40), (1.3,), (10.0,))])
    shallow = core("shallow", (0, 20), (1.2,), (20.0,))
    deep = core("deep", (10, 40), (1.2,), (20.0,))
    table, _, _ = one(pd.concat([gap, shallow, deep], ignore_index=True))
    by = table.set_index("core")
    assert by["reason"].to_dict() == {"gap": "gap", "shallow": "not_deep_enough", "deep": "not_from_surface"}
    assert by["soil_organic_carbon_stock"].isna().all()
    assert by.loc["gap", "stock_measured"] == pytest.approx(24 + 13)
    assert by.loc["gap", "gap"] == pytest.approx(10) and by.loc["gap", "covered"] == pytest.approx(2 / 3)
    bridged, _, _ = one(gap.reset_index(drop=True), bridge=10.0)
    assert bridged["soil_organic_carbon_stock"].iloc[0] == pytest.approx(15 * 1.2 * 2 + 15 * 1.3 * 1)
    assert bridged["bridged"].iloc[0] == pytest.approx(10)
    equal, _, _ = one(gap.reset_index(drop=True), method="equal_mass", masses=(2000.0,))
    assert equal["reason"].tolist() == ["gap"]


def test_gravel_and_the_density_it_goes_with():
    frame = core(coarse_fragments=[30.0, 30, 30])
    plain, _, _ = one(core())
    fine, _, _ = one(frame)
    assert fine["soil_organic_carbon_stock"].iloc[0] == pytest.approx(0.7 * plain["soil_organic_carbon_stock"].iloc[0])
    whole = frame.assign(bulk_density=[0.7 * d + 0.3 * 2.6 for d in frame["bulk_density"]])
    same, _, _ = one(whole, whole_soil=True)
    assert same["soil_organic_carbon_stock"].iloc[0] == pytest.approx(fine["soil_organic_carbon_stock"].iloc[0])


def test_inorganic_carbon_stands_beside_and_not_within():
    frame = core(carbon=(np.nan,) * 3).assign(total_carbon=[32.0, 24, 18], calcium_carbonate=[100.0, 100, 100])
    table, _, _ = one(frame)
    sic = 100 * 12.011 / 100.087
    assert table["soil_inorganic_carbon_stock"].iloc[0] == pytest.approx((12 + 26) * sic / 10)
    assert table["soil_organic_carbon_stock"].iloc[0] == pytest.approx((12 * (32 - sic) + 26 * (24 - sic)) / 10)


def test_inorganic_carbon_has_stocks_and_draws_of_its_own():
    frame = core(carbon=(np.nan,) * 3).assign(soil_inorganic_carbon=[10.0, 12, 14])
    for method in METHODS:
        options = {"masses": (3800.0,)} if method == "equal_mass" else {}
        smooth = {"smoothing": 0.0}
        table, problems, _ = one(frame, (30.0,), method=method, carbon="inorganic", draws=100, **options, **smooth)
        assert table["soil_inorganic_carbon_stock"].iloc[0] == pytest.approx(12 + 31.2, rel=1e-9)
        assert "soil_organic_carbon_stock" not in table and problems == []
    with pytest.raises(ValueError, match="inorganic"):
        one(frame, carbon="inorganic", estimate_density=True)


BAD = [
    ("bulk_density", -81.0, "density_impossible", "E-STOCK-DENSITY"),
    ("bulk_density", np.inf, "density_impossible", "E-STOCK-DENSITY"),
    ("bulk_density", 15.0, "density_impossible", "E-STOCK-DENSITY"),
    ("soil_organic_carbon", 650.0, "carbon_too_high", "E-STOCK-CARBON-HIGH"),
    ("soil_organic_carbon", -2.0, "carbon_below_zero", "E-STOCK-CARBON-NEGATIVE"),
    ("depth_top", 40.0, "depth_order", "E-STOCK-DEPTH-ORDER"),
    ("depth_top", 5.0, "overlap", "E-STOCK-OVERLAP"),
    ("depth_top", 30.0, "no_thickness", "W-STOCK-NO-THICKNESS"),
    ("depth_top", -3.0, "depth_above_surface", "E-STOCK-DEPTH-ABOVE"),
    ("depth_bottom", 9000.0, "depth_too_deep", "E-STOCK-DEPTH-DEEP"),
    ("coarse_fragments", 130.0, "gravel_impossible", "E-STOCK-GRAVEL"),
    ("bulk_density", np.nan, "no_density", "W-STOCK-NO-DENSITY"),
    ("soil_organic_carbon", np.nan, "no_carbon", "W-STOCK-NO-CARBON"),
    ("depth_bottom", np.nan, "no_depth", "W-STOCK-NO-DEPTH"),
]


@pytest.mark.parametrize(("column", "value", "reason", "code"), BAD)
def test_impossible_rows_are_problems_with_their_rows_and_give_no_stock(column, value, reason, code):
    frame = core(coarse_fragments=[0.0, 0, 0], source_file="lab.csv", source_row=[2, 3, 4])
    frame.loc[1, column] = value
    table, problems, made = one(frame)
    assert made.rows.loc[1, "reason"] == reason and not made.rows.loc[1, "used"]
    problem = next(p for p in problems if p.code == code)
    assert 3 in problem.rows and problem.file == "lab.csv"
    assert table["soil_organic_carbon_stock"].isna().all()
    for language in LANGUAGES:
        for part in ("what", "why", "fix"):
            assert "{" not in problem.say(part, language)


def test_both_layers_of_an_overlap_are_named():
    frame = core()
    frame.loc[2, "depth_top"] = 20.0
    _, _, made = one(frame)
    assert made.rows["reason"].tolist() == ["", "overlap", "overlap"]


def test_fractions_are_not_taken_for_grams_per_kilogram_unless_believed():
    frame = pd.concat([core("a", carbon=(0.02, 0.012, 0.006)), core("b", carbon=(0.03, 0.01, 0.005))])
    frame = frame.reset_index(drop=True)
    table, problems, made = one(frame)
    assert set(made.rows["reason"]) == {"carbon_as_fraction"} and table.empty
    assert [p.code for p in problems] == ["E-STOCK-CARBON-FRACTION"]
    table, problems, _ = one(frame, believe=True)
    assert problems == [] and (table["soil_organic_carbon_stock"] < 0.1).all()


def test_replicates_are_averaged_but_not_impossible_ones():
    frame = pd.concat([core(), core(carbon=(24.0, 12, 6)), core(density=(-81.0, 1.3, 1.4))], ignore_index=True)
    table, _, made = one(frame)
    carbon = (20.0 + 24.0) / 2
    assert table["soil_organic_carbon_stock"].iloc[0] == pytest.approx(12 * carbon / 10 + 26 * 1.2)
    assert made.rows["reason"].tolist() == [""] * 6 + ["density_impossible", "", ""]


def test_every_reason_has_words():
    for reason in REASONS:
        for language in LANGUAGES:
            assert vocabulary.say(f"soil_stocks.stock_row.{reason}", language)


def test_draws_have_the_asked_for_errors_and_repeat():
    frame = pd.concat([core(f"c{i}") for i in range(300)], ignore_index=True)
    errors = Errors(0.1, 0.0, 0.0, 0.0)
    made, _ = carbon_stocks(frame, (30.0,), draws=400, errors=errors, seed=5, keep_draws=True)
    layers = np.array([24.0, 31.2])
    expected = 0.1 * np.sqrt((layers**2).sum())
    assert made.table["stock_sd"].mean() == pytest.approx(expected, rel=0.03)
    again, _ = carbon_stocks(frame, (30.0,), draws=400, errors=errors, seed=5, keep_draws=True)
    assert np.array_equal(made.draws, again.draws)
    correlation = np.corrcoef(made.draws[:50])[np.triu_indices(50, 1)]
    assert abs(correlation.mean()) < 0.02
    shared, _ = carbon_stocks(frame, (30.0,), draws=400, errors=Errors(0, 0.1, 0, 0), seed=5, keep_draws=True)
    assert np.corrcoef(shared.draws[:50]).min() > 0.999


def test_estimated_density_widens_the_draws():
    frame = core(density=(np.nan,) * 3)
    table, _, _ = one(frame, draws=500, estimate_density=True)
    measured, _, _ = one(core(), draws=500, errors=Errors())
    assert table["density_estimated"].iloc[0] == 1
    assert 1.5 * measured["stock_sd"].iloc[0] < table["stock_sd"].iloc[0]
    assert table["stock_low"].iloc[0] < table["soil_organic_carbon_stock"].iloc[0] < table["stock_high"].iloc[0]


def test_a_layer_that_goes_on_below_is_said():
    table, _, _ = one(core(), (10.0, 45.0))
    assert table["partial"].tolist() == [0, 15]


def test_every_layer_of_the_tidal_wetlands_is_used_or_named(reference):
    frame = tidal_wetlands(reference).drop(columns="soil_organic_matter")
    made, problems = carbon_stocks(frame, draws=20, profile=("study", "site", "core"), laboratory="study")
    rows = made.rows
    assert len(rows) == 115_359 and (rows["used"] == (rows["reason"] == "")).all()
    assert set(rows["reason"]) <= {"", *REASONS}
    assert sum(p.count for p in problems) == (~rows["used"]).sum()
    both = frame["bulk_density"].notna() & frame["soil_organic_carbon"].notna()
    assert both.sum() == 44_327
    assert set(rows["reason"][both]) & {"no_carbon", "no_density"} == set()
    assert {"density_impossible", "overlap", "depth_order", "carbon_too_high"} <= set(rows["reason"])
    whole = made.table[made.table["reason"] == ""]
    assert len(whole) > 5000 and (whole["soil_organic_carbon_stock"] > 0).all()


def test_wrong_options():
    with pytest.raises(ValueError, match="none of"):
        carbon_stocks(core(), method="magic")
    with pytest.raises(ValueError, match="ascend"):
        carbon_stocks(core(), (100.0, 30.0))


def test_an_empty_table_is_no_error():
    made, problems = carbon_stocks(core().iloc[:0])
    assert made.table.empty and made.rows.empty and problems == []
