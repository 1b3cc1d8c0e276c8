import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink import evidence
from halosink.evidence.pool import PAIR_COLUMNS, POOL_COLUMNS, interval, pairs, pool, pooled


def number(**more):
    base = {
        "id": "X1",
        "class": "A",
        "intervention_group": "straw",
        "variable": "SOC_conc",
        "control_value": 10.0,
        "treatment_value": 12.0,
        "effect_value": 20.0,
        "effect_kind": "percent",
        "note": None,
        "saline_land": "yes",
        "source_key": "s1",
    }
    return base | more


def frame(*rows):
    return pd.DataFrame([number(**r) for r in rows])


def reason(**more):
    return pairs(frame(more))["reason"][0]


def test_log_ratio_of_two_means():
    one = pairs(frame({})).iloc[0]
    assert one["log_ratio"] == pytest.approx(np.log(1.2))
    assert (one["basis"], one["used"]) == ("means", True)


def test_percent_change_is_the_same_ratio():
    one = pairs(frame({"control_value": None, "treatment_value": None})).iloc[0]
    assert one["log_ratio"] == pytest.approx(np.log(1.2))
    assert one["basis"] == "percent"


@pytest.mark.parametrize(
    ("why", "row"),
    [
        ("background", {"class": "B", "intervention_group": "none"}),
        ("response", {"class": "C", "intervention_group": "salinity_gradient"}),
        ("synthesis", {"class": "D"}),
        ("not_saline", {"saline_land": "no"}),
        ("not_saline", {"saline_land": "unclear"}),
        ("not_saline", {"saline_land": "mixed"}),
        ("not_saline", {"saline_land": None}),
        ("before_after", {"note": "before-after change over one cotton season"}),
        ("before_after", {"note": "before vs after second irrigation (before-after, not control-treatment)"}),
        ("before_after", {"note": "change over four years"}),
        ("before_after", {"note": "2014 to 2016, approximate"}),
        ("range_end", {"variable": "SOC_conc_min"}),
        ("range_end", {"note": "low end of range over rates and years"}),
        ("range_end", {"note": "one end of the reported range 14.7-19.0"}),
        ("range_end", {"note": "largest of three levels"}),
        ("range_end", {"note": "highest treatment"}),
        ("range_end", {"note": "midpoints of reported ranges 56-80 and 1-5"}),
        ("doubtful", {"note": "use with care: control concentrations equal those of the 6-year stand"}),
        ("no_ratio", {"variable": "pH", "control_value": 8.5, "treatment_value": 8.2}),
        ("no_ratio", {"variable": "pH_change"}),
        ("no_ratio", {"variable": "SOC_stock_change_rate"}),
        ("no_ratio", {"variable": "yield_threshold_ECe"}),
        ("no_contrast", {"control_value": None, "treatment_value": 12.0, "effect_kind": "level"}),
        ("no_contrast", {"control_value": None, "treatment_value": None, "effect_kind": "absolute"}),
        ("not_positive", {"control_value": 0.0}),
        ("not_positive", {"control_value": None, "treatment_value": None, "effect_value": -100.0}),
        ("no_family", {"variable": "cumulative_evaporation"}),
        ("used", {"variable": "infiltration_rate"}),
        ("used", {"note": "two-year mean vs straw removal, rice"}),
    ],
)
def test_what_may_not_be_pooled(why, row):
    assert reason(**row) == why


def test_every_number_is_accounted_for():
    numbers = evidence.numbers()
    found = pairs(numbers)
    assert list(found.columns) == list(PAIR_COLUMNS)
    assert list(found["id"]) == list(numbers["id"])
    assert found["log_ratio"].notna().equals(found["used"])
    assert (found["used"] == (found["reason"] == "used")).all()
    assert found[["reason_en", "reason_zh"]].notna().all(axis=None)


def test_bundled_numbers_obey_the_rules():
    numbers = evidence.numbers().merge(pairs(evidence.numbers())[["id", "used", "log_ratio"]], on="id")
    used = numbers[numbers["used"]]
    assert (used["class"] == "A").all()
    assert (used["saline_land"] == "yes").all()
    assert not used["variable"].str.contains("pH|_min$|_max$").any()
    assert not used["note"].fillna("").str.contains("before-after|low end|high end").any()
    both = used[used["control_value"].notna()]
    np.testing.assert_allclose(both["log_ratio"], np.log(both["treatment_value"] / both["control_value"]))


def test_sources_weigh_the_same_however_many_rows_they_print():
    many = [{"source_key": "a", "treatment_value": 20.0}] * 9
    rows = [*many, {"source_key": "b", "treatment_value": 10.0}, {"source_key": "c", "treatment_value": 10.0}]
    one = pooled(pairs(frame(*rows))).iloc[0]
    assert one["mean_log_ratio"] == pytest.approx(np.log(2) / 3)
    assert (one["n_numbers"], one["n_sources"], one["pooled"]) == (11, 3, True)
    assert one["percent"] == pytest.approx(100 * (2 ** (1 / 3) - 1))


def test_two_sources_are_shown_but_not_pooled():
    one = pooled(pairs(frame({"source_key": "a"}, {"source_key": "b", "treatment_value": 15.0}))).iloc[0]
    assert not one["pooled"]
    assert np.isnan(one[["mean_log_ratio", "low", "high"]].astype(float)).all()
    assert one["largest"] == pytest.approx(np.log(1.5))
    assert "2" in one["note_en"] and "2" in one["note_zh"]


def test_interval_is_the_t_interval_up_to_bootstrap_noise():
    values = np.array([0.1, 0.5, 0.2, 0.9, 0.4])
    centre, low, high = interval(values, seed=3, draws=200_000, confidence=0.95)
    expected = stats.t.interval(0.95, 4, values.mean(), values.std(ddof=1) / np.sqrt(5))
    assert centre == pytest.approx(values.mean())
    assert (low, high) == pytest.approx(expected, abs=0.005)


def test_interval_covers_even_with_three_sources():
    rng = np.random.default_rng(8)
    hits = [low <= 0 <= high for _, low, high in (interval(rng.normal(0, 1, 3), i, 400, 0.95) for i in range(800))]
    assert 0.92 < np.mean(hits) < 0.98


def test_same_seed_same_result_and_labels_in_both_languages():
    one, two = pool(evidence.numbers(), seed=5), pool(evidence.numbers(), seed=5)
    assert set(one) == {"evidence/numbers", "evidence/pairs", "evidence/pooled"}
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, two[name])
    table = one["evidence/pooled"]
    assert list(table.columns) == list(POOL_COLUMNS)
    assert table["pooled"].equals(table["n_sources"] >= 3)
    assert table["note_en"].str.len().min() > 20 and table["note_zh"].str.len().min() > 10
    assert one["evidence/numbers"][["variable_en", "variable_zh"]].notna().all(axis=None)
