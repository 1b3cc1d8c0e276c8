"""Salinity of the water of marshes: published scales, limits of the Venice System, problems, real cores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.soil.salinity import ClassOptions, class_tables, classify, salinity_of_chloride, salinity_of_conductivity
from halosink.soil.salinity.wetland_classes import TABLE, WAYS, water_draws

MARSH = ClassOptions(wetland=True, draws=400)


def table(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(source_file="soil.csv", source_row=np.arange(2, len(frame) + 2))


def codes(problems):
    return {problem.code for problem in problems}


def test_sea_water_of_unesco_44():
    """Conductivity ratio 1 at 15 degC is salinity 35; at 25 degC that of the specific conductance of schemel2001."""
    assert salinity_of_conductivity(42.914, 15.0) == pytest.approx(35.0, abs=1e-6)
    assert salinity_of_conductivity(53.087) == pytest.approx(35.0, abs=0.02)


def test_the_simplified_conversion_of_schemel():
    """S = sum K R^(k/2), R = EC / 53.087 at 25 degC: the same within 0.02 from 1 dS/m to sea water."""
    factors = (0.0120, -0.2174, 25.3283, 13.7714, -6.4788, 2.5842)
    ec = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 53.087])
    expected = sum(k * (ec / 53.087) ** (i / 2) for i, k in enumerate(factors))
    assert salinity_of_conductivity(ec) == pytest.approx(expected, abs=0.02)


def test_the_scale_starts_at_zero_rises_and_joins_at_two():
    ec = np.linspace(0.0, 60.0, 6001)
    salt = salinity_of_conductivity(ec)
    assert salt[0] == 0.0 and (np.diff(salt) > 0).all()
    assert np.diff(salt).max() < 0.01, "no step where the extension ends"
    assert np.isnan(salinity_of_conductivity(-1.0))


def test_chloride_of_sea_water():
    """Chlorinity 19.374 g/kg is salinity 35 by definition; at 25 degC a litre weighs 1.023343 kg."""
    assert salinity_of_chloride(19374.0 * 1.023343) == pytest.approx(35.0, abs=0.001)
    assert salinity_of_chloride(0.0) == 0.0
    assert np.isnan(salinity_of_chloride(-1.0))
    diluted = salinity_of_chloride(0.1 * 19374.0)
    assert diluted == pytest.approx(1.80655 * 1.9374 / (0.997048 + 0.000751 * diluted), rel=1e-4)


def test_limits_of_the_venice_system():
    one = class_tables()[TABLE]
    assert one.limits == (0.5, 5.0, 18.0, 30.0, 40.0)
    assert one.classes == ("fresh", "oligohaline", "mesohaline", "polyhaline", "euhaline", "hyperhaline")
    assert one.source in vocabulary.sources() and "cowardin1979" in vocabulary.sources()
    share = one.probabilities(np.array([[0.49], [0.5], [4.99], [5.0], [18.0], [30.0], [39.9], [40.0]]))
    assert share.argmax(axis=1).tolist() == [0, 1, 1, 2, 3, 4, 4, 5]


@pytest.mark.parametrize("column", ["porewater_salinity", "salinity_ppt"])
def test_a_salinity_gets_its_class_and_a_limit_is_a_coin_toss(column):
    found, _ = classify(table(**{column: [0.1, 2.0, 10.0, 24.0, 35.0, 60.0, 18.0]}), MARSH)
    sure = found.iloc[:6]
    assert sure["wetland_class"].tolist() == list(class_tables()[TABLE].classes)
    assert (sure["wetland_class_p"] > 0.95).all() and (found["wetland_reason"] == "").all()
    assert found["wetland_class_p"].iloc[6] == pytest.approx(0.5, abs=0.1)
    assert set(found["wetland_from"]) == {column}


def test_the_water_says_nothing_unless_asked_and_leaves_the_soil_classes_alone():
    frame = table(ec_saturated_paste=[1.0, 12.0], exchangeable_sodium_percentage=[3.0, 30.0], salinity_ppt=[0.1, 30.0])
    plain, none = classify(frame, ClassOptions(draws=400))
    marsh, told = classify(frame, MARSH)
    assert not [c for c in plain if c.startswith("wetland")] and not none
    pd.testing.assert_frame_equal(marsh[plain.columns], plain)
    assert codes(told) == {"N-SALINITY-WATER-MEDIUM"}


def test_chloride_and_conductivity_give_the_class_of_diluted_sea_water():
    part = np.array([0.05, 0.3, 0.7])
    ec = np.interp(35.0 * part, salinity_of_conductivity(np.linspace(0, 60, 4001)), np.linspace(0, 60, 4001))
    for columns in ({"porewater_chloride": 19374.0 * part * (0.997 + 0.0263 * part)}, {"porewater_ec": ec}):
        found, problems = classify(table(**columns), MARSH)
        assert found["wetland_salinity"].to_numpy() == pytest.approx(35.0 * part, rel=0.03)
        assert found["wetland_class"].tolist() == ["oligohaline", "mesohaline", "polyhaline"]
        assert codes(problems) == {"N-SALINITY-WATER-MODEL"}


def test_a_named_salinity_goes_first_and_a_contradiction_is_told():
    frame = table(porewater_salinity=[10.0, 10.0, np.nan], porewater_chloride=[5600.0, 300.0, 300.0])
    found, problems = classify(frame, MARSH)
    assert found["wetland_class"].tolist() == ["mesohaline", "mesohaline", "oligohaline"]
    assert found["wetland_reason"].tolist() == ["", "water_apart", ""]
    assert [p.rows for p in problems if p.code == "W-SALINITY-WATER-APART"] == [(3,)]


def test_what_is_missing_or_impossible_is_named():
    found, problems = classify(table(porewater_salinity=[np.nan, -3.0, 900.0, 12.0]), MARSH)
    reasons = ["missing_water", "water_impossible", "water_impossible", ""]
    assert found["wetland_reason"].tolist() == reasons
    assert found["wetland_class"].tolist() == ["", "", "", "mesohaline"]
    assert codes(problems) == {"E-SALINITY-NEGATIVE", "E-SALINITY-WATER-RANGE"}
    for code in ("missing_water", "water_impossible", "water_apart"):
        assert all(vocabulary.say(f"soil_salinity.reason.{code}", language) for language in ("en", "zh"))
    for problem in problems:
        assert all(problem.say(part, language) for part in ("what", "why", "fix") for language in ("en", "zh"))


def test_intervals_hold_a_reading_whose_laboratory_and_salts_err():
    """Chloride of sea water from which up to a third of the sulfate is gone, read within 5 per cent."""
    random, hits = np.random.default_rng(5), []
    for seed in range(100):
        salt = random.uniform(1.0, 35.0, 5)
        lost = random.uniform(0.0, 0.03)
        chloride = 1000.0 * (0.997 + 0.00075 * salt) * salt / (1.0 - lost) / 1.80655
        read = chloride * np.exp(0.05 * random.standard_normal(5))
        drawn = water_draws(read, "porewater_chloride", ClassOptions(draws=500, seed=seed))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
        hits += ((low < salt) & (salt < high)).tolist()
    assert 0.91 <= np.mean(hits) <= 0.995


def test_every_way_has_its_field():
    assert all(vocabulary.field(column).group in ("porewater", "salinity") for column in WAYS)


def test_site_classes_of_the_bay_agree_with_their_cores(reference):
    """Each site has one class by its authors: no core of the oligohaline or mesohaline sites lies in another one."""
    raw = pd.read_csv(reference / "data/wetland_salinity_sfbay/SF_sal_meta_FIX3.5.txt", sep="\t")
    found, _ = classify(table(salinity_ppt=raw["Salinity.x"].to_numpy()), MARSH)
    of = found["wetland_class"].groupby(raw["SALTgroup"]).agg(lambda s: sorted(set(s)))
    assert of["Oligo"] == ["oligohaline"] and of["Meso"] == ["mesohaline"]
    assert of["FW"] == ["fresh", "oligohaline"] and "polyhaline" in of["Poly"]
