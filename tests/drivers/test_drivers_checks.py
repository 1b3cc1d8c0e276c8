"""Multiplicity, planning, leave-one-out, and the sentences of the checks in both languages."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from halosink import vocabulary
from halosink.drivers import Design, Factor, Gradient, Settings, effects
from halosink.drivers.mixed import Estimate
from halosink.drivers.multiplicity import adjust, adjusted, many_comparisons
from halosink.drivers.naming import capital, named, renamed
from halosink.drivers.response_ratio import places_to_detect, sensitivity

QUICK = Settings(leave_one_out=False)


def test_adjusted_p_equals_scipy_and_the_example_by_hand() -> None:
    np.testing.assert_allclose(adjusted([0.01, 0.04, 0.03, 0.005]), [0.02, 0.04, 0.04, 0.02])
    p = np.random.default_rng(1).uniform(0, 0.2, 50)
    with_gaps = np.insert(p, [0, 20], np.nan)
    found = adjusted(with_gaps)
    np.testing.assert_allclose(found[np.isfinite(with_gaps)], stats.false_discovery_control(p, method="bh"))
    assert np.isnan(found[np.isnan(with_gaps)]).all() and len(adjusted([])) == 0


def test_a_study_is_one_family_and_says_what_chance_would_give() -> None:
    p = np.random.default_rng(2).uniform(size=30)
    one, two = (pd.DataFrame({"p_value": part, "separable": part < 0.05}) for part in (p[:10], p[10:]))
    frames = adjust(one, two)
    np.testing.assert_allclose(np.concatenate([f["p_adjusted"] for f in frames]), adjusted(p))
    row = many_comparisons(frames, 0.05)
    assert row is not None and row.threshold == pytest.approx(1.5) and row.value == (p < 0.05).sum()
    assert many_comparisons((one.iloc[:1].assign(p_adjusted=1.0),), 0.05) is None


def test_places_to_detect_equals_the_two_sample_t_test() -> None:
    """A difference of one standard deviation at 80 % power takes 17 per group (R: power.t.test gives 16.7)."""
    sd = np.log(1.2)
    for pilot in (4, 9):
        ratio = Estimate(0.0, float(sd * np.sqrt(2 / pilot)), 2.0 * (pilot - 1))
        assert places_to_detect(ratio, pilot, pilot, 0.05, 0.8) == 17
    assert np.isnan(places_to_detect(ratio, 1, 5, 0.05, 0.8))
    assert places_to_detect(Estimate(0.0, 50.0, 8.0), 5, 5, 0.05, 0.8) == np.inf


def test_a_flipping_site_is_named_before_the_one_that_moves_most() -> None:
    names = {1: "near", 2: "far", 3: "gone"}
    models = {1: (0.3, False), 2: (3.0, True), 3: None}
    found = sensitivity(models, lambda m: m, 1.0, 0.5, names)
    assert found["loso_site"] == "near" and found["loso_flips"] and found["loso_high"] == 3.0
    calm = sensitivity({1: (0.9, True), 2: (3.0, True)}, lambda m: m, 1.0, 0.5, names)
    assert calm["loso_site"] == "far" and not calm["loso_flips"] and not calm["loso_unconfirmed"]


def test_a_site_that_is_merely_missed_does_not_flip_the_verdict() -> None:
    """Without it the estimate stays but has no degrees of freedom left, or nothing can be judged."""
    names = {1: "near", 2: "far", 3: "gone"}
    lost = sensitivity({2: (1.1, True), 3: None}, lambda m: m, 1.0, 0.5, names)
    assert lost["loso_site"] == "gone" and lost["loso_unconfirmed"] and not lost["loso_flips"]
    weak = sensitivity({1: (0.9, False), 2: (1.1, True)}, lambda m: m, 1.0, 0.5, names)
    assert weak["loso_site"] == "near" and weak["loso_unconfirmed"] and not weak["loso_flips"]
    null = sensitivity({1: (0.2, False), 3: None}, lambda m: m, 0.3, 0.5, names)
    assert not null["loso_flips"] and not null["loso_unconfirmed"]
    two_agree = sensitivity({1: (0.45, True), 2: (0.1, False), 3: (0.3, False)}, lambda m: m, 0.3, 0.5, names)
    assert not two_agree["loso_flips"]
    four = {1: (0.45, True), 2: (0.1, False), 3: (0.3, False), 4: (0.3, False)}
    assert sensitivity(four, lambda m: m, 0.3, 0.5, names)["loso_flips"]


def _study(rng: np.random.Generator) -> pd.DataFrame:
    """Sites of three classes, two layers per core; carbon per layer, fluxes per core, one season lacking in a class."""
    sites = 7
    site = np.repeat(np.arange(sites), 8)
    core = np.repeat(np.arange(sites * 4), 2)
    frame = pd.DataFrame({"site": [f"S{s}" for s in site], "core": core, "layer": np.tile(["top", "sub"], sites * 4)})
    frame["salinity_class"] = np.array(["none", "none", "slight", "slight", "strong", "strong", "strong"])[site]
    frame["treatment"] = np.array(["control", "gypsum", "control", "gypsum", "control", "gypsum", "gypsum"])[site]
    frame["season"] = np.where((core % 2 == 1) & (frame["salinity_class"] != "strong"), "wet", "dry")
    frame["co2_flux"] = rng.lognormal(0, 0.2, sites * 4)[core]
    frame["ch4_flux"] = rng.lognormal(0, 0.2, sites * 4)[core]
    frame["total_carbon"] = rng.lognormal(2, 0.3, sites * 8) * (1 + site)
    frame["total_nitrogen"] = rng.lognormal(0, 0.3, sites * 8)
    frame["carbon_nitrogen_ratio"] = frame["total_carbon"] / frame["total_nitrogen"]
    frame["salinity_ppt"] = site + rng.uniform(0.1, 1, sites * 4)[core]
    frame["sequencing_depth"] = np.where(frame["salinity_class"] == "strong", 90_000.0, 4_000.0)
    return frame


@pytest.fixture(scope="module")
def found():
    names = ("co2_flux", "ch4_flux", "total_carbon", "total_nitrogen", "carbon_nitrogen_ratio")
    factors = (Factor("salinity_class", "none"), Factor("treatment", "control"))
    design = Design(factors, (Gradient("salinity_ppt", "g kg-1", log10=True),), unit="core")
    return effects(_study(np.random.default_rng(3)), names, design)


def test_sentences_use_labels_and_the_punctuation_of_their_language(found) -> None:
    kinds = {c.check for c in found.checks}
    assert {"shared_measurement", "confounded_class", "few_units", "no_interactions", "computed_columns"} <= kinds
    assert {"measurement_levels", "unequal_effort", "one_site_carries"} <= kinds
    raw = re.compile(rf"(?<!\w)(?:{'|'.join(n for n in vocabulary.fields() if '_' in n)})(?!\w)")
    for check in found.checks:
        assert not raw.search(check.comment.en + check.comment.zh), check.comment
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:?!.]|[,;:] ?[\u4e00-\u9fff]", check.comment.zh), check.comment.zh
        assert re.match(r"[A-Z0-9]|pH", check.comment.en), check.comment.en
        assert check.source in vocabulary.sources()


def test_quantities_of_one_level_are_named_together(found) -> None:
    said = [c for c in found.checks if c.check == "measurement_levels"]
    assert [c.subject for c in said] == ["co2_flux, ch4_flux"]
    assert said[0].threshold == 28 and "28 cores" in said[0].comment.en and "土芯" in said[0].comment.zh


def test_a_season_that_a_class_lacks_is_said(found) -> None:
    said = {c.subject: c for c in found.checks if c.check == "unequal_effort"}
    assert "salinity_class: season" in said and "strong: wet" in said["salinity_class: season"].comment.en
    assert "strong：wet" in said["salinity_class: season"].comment.zh
    assert "salinity_class: layer" not in said


def test_few_units_plans_for_a_fifth(found) -> None:
    said = [c for c in found.checks if c.check == "few_units" and c.subject == "salinity_class"]
    assert len(said) == 1 and "80% power" in said[0].comment.en and "检验功效" in said[0].comment.zh


def test_labels_inside_sentences() -> None:
    assert named("total_carbon").en == "total carbon" and named("ph_water").en.startswith("pH")
    assert named("unknown_name").zh == "unknown_name"
    assert capital("total carbon") == "Total carbon" and capital("pH (water)") == "pH (water)"
    said = renamed("total_carbon = soil_organic_carbon x 1.2", ["total_carbon", "soil_organic_carbon"])
    assert said.zh == f"{named('total_carbon').zh} = {named('soil_organic_carbon').zh} x 1.2"
