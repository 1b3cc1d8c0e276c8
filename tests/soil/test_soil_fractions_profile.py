"""The stability profile: what it sets beside what, what it calls firmer, what it says was not measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.soil.fractions.indices import MECHANISMS, indices
from halosink.soil.fractions.lability import carbon_management_index
from halosink.soil.fractions.profile import RESULT, index_draws, stability
from halosink.soil.fractions.uncertainty import mean_of_replicates, measured, variation, welch


def site(plots=("CK", "CK", "CK", "CK", "T", "T", "T", "T"), seed=0, **better):
    """Four samples of a control plot and of a treated one; better: factor of the treated plot by column."""
    random = np.random.default_rng(seed)
    n = len(plots)
    means = {
        "soil_organic_carbon": 10.0,
        "poc": 3.0,
        "maoc": 7.0,
        "readily_oxidisable_carbon": 2.0,
        "unhydrolysable_carbon": 5.0,
        "microbial_biomass_carbon": 200.0,
        "basal_respiration": 0.4,
        "glucosamine": 500.0,
        "muramic_acid": 30.0,
        "clay": 25.0,
        "silt": 40.0,
        "mean_weight_diameter": 0.6,
    }
    treated = np.array([p == "T" for p in plots])
    frame = pd.DataFrame({"plot": plots, "treatment": plots})
    for column, mean in means.items():
        spread = np.exp(0.03 * random.standard_normal(n))
        frame[column] = mean * spread * np.where(treated, better.get(column, 1.0), 1.0)
    return frame


def row(table, plot, index, reference):
    found = table[(table["plot"] == plot) & (table["index"] == index) & (table["reference"] == reference)]
    assert len(found) == 1
    return found.iloc[0]


def test_every_plot_has_every_index_under_three_mechanisms():
    table, _ = stability(site(), ["plot"], control=("treatment", "CK"))
    assert table.columns.tolist() == ["plot", *RESULT]
    for _, one in table.groupby("plot"):
        assert set(one["index"]) == set(indices("high"))
        assert set(one["mechanism"]) == set(MECHANISMS)
    known = table[table["value"].notna()]
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    for kind in ("mechanism", "direction", "reason", "reference", "rests_on"):
        for word in set(table[kind]) - {""}:
            assert f"soil_fractions.{kind}.{word}" in vocabulary.texts()


def test_what_was_not_measured_is_said_and_why():
    table, _ = stability(site(), ["plot"])
    lacking = table[table["reason"] == "not_measured"].set_index("index")
    assert "humification_ratio" in lacking.index and "macroaggregate_share" in lacking.index
    assert lacking.loc["heavy_share", "columns"].iloc[0] == "heavy_fraction_carbon light_fraction_carbon"
    assert lacking["value"].isna().all() and (lacking["n"] == 0).all()
    # no control was named, so the index that needs one cannot be had
    relative = table[table["index"] == "carbon_management_index"]
    assert set(relative["reason"]) == {"no_control"} and relative["value"].isna().all()


def test_a_firmer_plot_is_called_firmer_and_a_looser_one_looser():
    table, _ = stability(site(maoc=2.0, readily_oxidisable_carbon=1.6), ["plot"], control=("treatment", "CK"))
    assert row(table, "T", "maoc_share", "control")["direction"] == "firmer"
    assert row(table, "T", "poc_maoc_ratio", "control")["direction"] == "firmer"
    assert row(table, "T", "oxidisable_share", "control")["direction"] == "looser"
    assert row(table, "T", "carbon_management_index", "control")["direction"] == "higher"
    assert row(table, "T", "mean_weight_diameter", "control")["direction"] == "not_distinguishable"
    assert row(table, "CK", "maoc_share", "control")["direction"] == "is_control"


def test_the_control_is_the_reference_of_the_management_index():
    table, _ = stability(site(), ["plot"], control=("treatment", "CK"))
    one = row(table, "CK", "carbon_management_index", "control")
    assert (one["value"], one["low"], one["high"]) == pytest.approx((100, 100, 100))


def test_the_management_index_of_a_plot_is_that_of_blair():
    frame = site(("CK", "T"), readily_oxidisable_carbon=1.5)
    table, _ = stability(frame, ["plot"], control=("treatment", "CK"))
    ck, t = frame.iloc[0], frame.iloc[1]
    want = carbon_management_index(
        t["readily_oxidisable_carbon"],
        t["soil_organic_carbon"],
        ck["readily_oxidisable_carbon"],
        ck["soil_organic_carbon"],
    )
    assert row(table, "T", "carbon_management_index", "control")["value"] == pytest.approx(float(want))


def test_published_quartiles_stand_beside_the_value():
    table, _ = stability(site(maoc=6.0, soil_organic_carbon=4.5), ["plot"])
    one = row(table, "T", "maoc_share", "published")
    assert one["direction"] == "above" and "georgiou2022" in one["evidence"]
    assert one["reference_low"] < one["reference_value"] < one["reference_high"]


def test_a_factor_that_all_share_falls_out_of_the_difference():
    table, _ = stability(site(glucosamine=1.5, muramic_acid=1.5), ["plot"], control=("treatment", "CK"))
    one = row(table, "T", "necromass_share", "control")
    assert one["direction"] == "firmer"
    assert one["high"] - one["low"] > one["difference_high"] - one["difference_low"]


def test_controls_stay_within_their_site_and_layer():
    first, second = site(), site(maoc=1.0, seed=1)
    second.loc[second["plot"] == "CK", "maoc"] *= 3
    second["soil_organic_carbon"] *= 2
    both = pd.concat([first.assign(site="A"), second.assign(site="B")], ignore_index=True)
    table, _ = stability(both, ["site", "plot"], control=("treatment", "CK"))
    beside = table[(table["index"] == "maoc_share") & (table["reference"] == "control") & (table["plot"] == "T")]
    assert beside.set_index("site")["direction"].to_dict() == {"A": "not_distinguishable", "B": "looser"}


def test_a_plot_whose_site_has_no_control_says_so():
    both = pd.concat([site().assign(site="A"), site(("T",) * 4).assign(site="B")], ignore_index=True)
    table, _ = stability(both, ["site", "plot"], control=("treatment", "CK"))
    alone = table[(table["site"] == "B") & (table["index"] == "maoc_share") & (table["reference"] == "control")]
    assert alone["reason"].tolist() == ["no_control"] and alone["direction"].tolist() == [""]


def test_more_than_one_line_of_capacity():
    table, problems = stability(site(), ["plot"])
    lines = table[table["index"].str.startswith("deficit.")]
    assert lines["index"].nunique() == 3 and (lines["rests_on"] == "model").all()
    assert lines.groupby("index")["value"].first().max() > 1.4 * lines.groupby("index")["value"].first().min()
    assert {p.code for p in problems} >= {"N-FRACTION-MINERAL", "N-FRACTION-FINE", "N-FRACTION-CV"}
    table, problems = stability(site().assign(fine_particles=50.0), ["plot"], mineral="low")
    assert "N-FRACTION-MINERAL" not in {p.code for p in problems}
    assert "N-FRACTION-FINE" not in {p.code for p in problems}
    assert "deficit.georgiou2022_low" in set(table["index"])
    hassink = table[(table["index"] == "deficit.hassink1997") & (table["plot"] == "CK")].iloc[0]
    assert hassink["columns"] == "maoc fine_particles"


def test_the_potential_of_a_layer_is_the_deficit_of_its_soil():
    frame = site(("CK", "T")).assign(bulk_density=1.3, depth_top=10.0, depth_bottom=30.0)
    table, _ = stability(frame, ["plot"])
    by = table[table["plot"] == "T"].set_index("index")
    for line in ("hassink1997", "georgiou2022_high", "boundary_high"):
        lacking, stock = by.loc[f"deficit.{line}"], by.loc[f"potential.{line}"]
        assert stock["value"] == pytest.approx(lacking["value"] * 1.3 * 20 / 10)
        assert stock["low"] < stock["value"] < stock["high"]
    stony = stability(frame.assign(coarse_fragments=25.0), ["plot"])[0].set_index(["plot", "index"])
    assert stony.loc[("T", "potential.hassink1997"), "value"] == pytest.approx(
        0.75 * by.loc["potential.hassink1997", "value"]
    )
    assert "depth_bottom" not in next(p for p in stability(frame)[1] if p.code == "N-FRACTION-CV").values["columns"]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("bulk_density", -81.0, "E-FRACTION-RANGE"),
        ("bulk_density", 15.0, "E-FRACTION-RANGE"),
        ("depth_bottom", 5.0, "E-FRACTION-DEPTH"),
    ],
)
def test_a_layer_that_cannot_be_has_no_potential(column, value, code):
    frame = site(("CK", "T")).assign(bulk_density=1.3, depth_top=10.0, depth_bottom=30.0).assign(**{column: value})
    table, problems = stability(frame, ["plot"])
    assert code in {p.code for p in problems}
    by = table[table["index"].str.startswith("potential")]
    assert by["value"].isna().all() and set(by["reason"]) == {"refused"}
    assert table.loc[table["index"] == "deficit.hassink1997", "value"].notna().all()


def test_few_samples_rest_on_the_laboratory_and_say_so():
    table, _ = stability(site(("CK", "T")), ["plot"], cv={"poc": 0.0, "maoc": 0.0})
    one = row(table, "T", "maoc_share", "published")
    assert one["reason"] == "few_replicates" and one["n"] == 1
    assert one["low"] == pytest.approx(one["value"]) and one["high"] == pytest.approx(one["value"])


def test_same_seed_same_numbers_other_columns_change_nothing():
    frame = site(("CK", "T"))
    first, drawn, _ = index_draws(frame, ["plot"], seed=4, draws=300)
    again, same, _ = index_draws(frame, ["plot"], seed=4, draws=300)
    pd.testing.assert_frame_equal(first, again)
    assert np.array_equal(drawn, same)
    fewer, less, _ = index_draws(frame.drop(columns="mean_weight_diameter"), ["plot"], seed=4, draws=300)
    kept = first["index"] != "mean_weight_diameter"
    assert np.array_equal(drawn[kept], less) and len(fewer) == kept.sum()
    assert not np.array_equal(drawn, index_draws(frame, ["plot"], seed=5, draws=300)[1])


def test_the_unit_of_carbon_does_not_change_shares():
    frame = site(("CK", "T"))
    scaled = frame.copy()
    for column in ("soil_organic_carbon", "poc", "maoc", "readily_oxidisable_carbon", "unhydrolysable_carbon"):
        scaled[column] *= 2
    a, drawn, _ = index_draws(frame, ["plot"], draws=200)
    _, doubled, _ = index_draws(scaled, ["plot"], draws=200)
    same = a["index"].isin(["maoc_share", "maoc_of_soc", "poc_maoc_ratio", "oxidisable_share", "recalcitrance_index"])
    assert doubled[same] == pytest.approx(drawn[same])


def test_rows_in_another_order_give_the_same_means():
    frame = site()
    turned = frame.iloc[::-1].reset_index(drop=True)
    first = stability(frame, ["plot"])[0].set_index(["plot", "index", "reference"])["value"]
    other = stability(turned, ["plot"])[0].set_index(["plot", "index", "reference"])["value"]
    assert other.reindex(first.index).to_numpy() == pytest.approx(first.to_numpy(), nan_ok=True)


def test_the_frame_is_left_as_it_was():
    frame = site()
    before = frame.copy()
    stability(frame, ["plot"], control=("treatment", "CK"))
    pd.testing.assert_frame_equal(frame, before)


def test_measured_draws_have_the_value_as_median_and_the_asked_spread():
    random = np.random.default_rng(1)
    drawn = measured([5.0, 0.0], 0.2, 40000, random)
    assert np.median(drawn[0]) == pytest.approx(5.0, rel=0.01)
    assert drawn[0].std() / drawn[0].mean() == pytest.approx(0.2, rel=0.03)
    assert (drawn[1] == 0).all()
    with pytest.raises(ValueError, match="coefficient"):
        variation("poc", {"poc": -0.1})


def test_the_difference_of_means_has_welchs_interval():
    from scipy import stats

    a, b = np.array([1.0, 2.0, 4.0, 3.0]), np.array([2.0, 7.0, 5.0])
    want = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    errors = (a.std(ddof=1) / 2, b.std(ddof=1) / np.sqrt(3))
    drawn = a.mean() - b.mean() + welch(errors, (3, 2), 200_000, np.random.default_rng(0))
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([want.low, want.high], rel=0.02)
    assert not welch((0.0, 0.0), (3, 3), 5, np.random.default_rng(0)).any()


def test_carbon_all_oxidised_gives_no_lability():
    frame = pd.DataFrame({"plot": ["A"], "soil_organic_carbon": [10.0], "readily_oxidisable_carbon": [10.4]})
    table, _ = stability(frame, ["plot"])
    by = table.set_index("index")
    assert np.isnan(by.loc["lability", "value"]) and by.loc["oxidisable_share", "value"] == pytest.approx(1.04)
    near = frame.assign(readily_oxidisable_carbon=9.5)
    one = stability(near, ["plot"])[0].set_index("index").loc["lability"]
    assert np.isfinite([one["low"], one["high"]]).all() and one["low"] > 0


def test_the_mean_of_samples_has_students_interval():
    from scipy import stats

    values = np.array([1.0, 2.0, 4.0, 3.0])
    drawn, error = mean_of_replicates(values, np.full(100_000, 2.5), False, np.random.default_rng(0))
    half = stats.t.ppf(0.975, 3) * values.std(ddof=1) / 2
    assert error == pytest.approx(values.std(ddof=1) / 2)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([2.5 - half, 2.5 + half], rel=0.03)
