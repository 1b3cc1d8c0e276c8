"""A table of incubations in one call: units, reasons of rows and series, problems in two languages, reproducibility."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.soil.incubation import choice, models, posterior, readings, release_units, responses, sidb, table

DAYS = np.array([1, 2, 4, 7, 11, 16, 22, 30, 40, 55, 75, 100.0])
CARBON, DIOXIDE = 12.011, 44.009


@pytest.mark.parametrize(
    ("text", "factor", "basis", "rate"),
    [
        ("microgC/gSoil/d", 1e-3, "soil", True),
        ("mgCO2/gSoil", CARBON / DIOXIDE, "soil", False),
        ("mgCo2/gSoil", CARBON / DIOXIDE, "soil", False),
        ("microgC/gSOC/h", 0.024, "carbon", True),
        ("mgC/gSoilC/d", 1.0, "carbon", True),
        ("mgCCO2/gC", 1.0, "carbon", False),
        ("micromolC-CO2/g/d", CARBON / 1000, "soil", True),
        ("microgC/gOM/h", 0.024, "organic_matter", True),
        ("mmolCO2/d", CARBON, "jar", True),
        ("mgC/day", 1.0, "jar", True),
        ("mg soilC/kg soilC", 1e-3, "carbon", False),
        ("percentC", 10.0, "carbon", False),
        ("percentC14Remaining", 10.0, "carbon", False),
        ("mgC / g soil", 1.0, "soil", False),
        ("mass CO2 carbon per soil mass [µg/g] (CO2-C efflux/soil)", 1e-3, "soil", False),
        ("mg CO2-C kg-1 soil d-1", 1e-3, "soil", True),
        ("mg CO2 kg-1 h-1", CARBON / DIOXIDE * 0.024, "soil", True),
        ("μg CO2-C g\u22121 h\u22121", 0.024, "soil", True),
        ("mg C g-1 SOC d-1", 1.0, "carbon", True),
    ],
)
def test_units(text: str, factor: float, basis: str, rate: bool) -> None:
    unit = release_units.read_unit(text)
    assert (unit.basis, unit.rate) == (basis, rate)
    assert unit.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("text", "code"),
    [("permille", "isotope_ratio"), ("PPM", "headspace"), ("furlong/g", "unreadable_unit"), ("", "no_unit")],
)
def test_units_that_are_no_release(text: str, code: str) -> None:
    with pytest.raises(release_units.NotRelease) as caught:
        release_units.read_unit(text)
    assert caught.value.code == code


def one(name: str, value: np.ndarray, unit: str, time: np.ndarray = DAYS, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"incubation": name, "incubation_time": time, "release_value": value, "release_unit": unit, **more}
    )


def total(pool: float = 20.0, rate: float = 0.05, seed: int = 0) -> np.ndarray:
    """Running totals of a pool [mg per g C] with 3 % error of every interval."""
    whole = pool * (1 - np.exp(-rate * DAYS))
    steps = np.diff(whole, prepend=0)
    return np.cumsum(steps * (1 + 0.03 * np.random.default_rng(seed).standard_normal(len(DAYS))))


def test_the_same_release_in_eight_units_is_the_same_fit() -> None:
    """Per carbon in five, per soil of 20 g C per kg in three; rate constants agree, pools by 20 mg C per g soil."""
    carbon, soil = total(), total() / 50
    rate = np.diff(carbon, prepend=0) / np.diff(DAYS, prepend=0)
    tables = {
        "mgC/gC": carbon, "percentC": carbon / 10, "mgC/gSoil": soil, "mgCO2/gSoil": soil * DIOXIDE / CARBON,
        "microgC/gSOC/h": rate * 1000 / 24, "mgC/gC/d": rate, "micromolC-CO2/g/d": rate / 50 / CARBON * 1000,
        "percentC14Remaining": 100 - carbon / 10,
    }  # fmt: skip
    frame = pd.concat([one(unit, value, unit) for unit, value in tables.items()], ignore_index=True)
    found, _ = table.incubations(frame, draws=50)
    assert (found.series["model"] == "one_pool").all()
    fits = found.parameters.pivot(index="incubation", columns="parameter", values="value")
    assert fits["rate_fast"].to_numpy() == pytest.approx(fits["rate_fast"].iloc[0], rel=1e-5)
    per_soil = fits.index.isin(["mgC/gSoil", "mgCO2/gSoil", "micromolC-CO2/g/d"])
    pools = fits["pool_fast"] * np.where(per_soil, 50, 1)
    assert pools.to_numpy() == pytest.approx(pools.iloc[0], rel=1e-5)
    assert pools.iloc[0] == pytest.approx(20, rel=0.05)


def test_columns_of_the_vocabulary() -> None:
    """Their units are those of the fields."""
    for column, unit in readings.COLUMNS.items():
        field = vocabulary.field(column)
        per = " g-1" + (" d-1" if unit.rate else "")
        assert field.unit == ("ug" if unit.factor == 1e-3 else "mg") + per
    soil = total() / 50
    frame = pd.DataFrame({"incubation": "a", "incubation_time": DAYS, "carbon_release_soil": soil})
    found, problems = table.incubations(frame, draws=50)
    assert problems == []
    assert found.series["model"].tolist() == ["one_pool"]


def test_every_row_is_used_or_named() -> None:
    good = total()
    bad = pd.concat(
        [
            one("good", good, "mgC/gC"),
            one("falls", good[::-1].copy(), "mgC/gC"),
            one("rises", good**2, "mgC/gC/d"),
            one("too much", good * 100, "mgC/gSoil"),
            one("more than there was", good, "mgC/gSoil", soil_organic_carbon=12.0),
            one("isotope", -20 - good, "permille"),
            one("air", good * 100, "ppm"),
            one("short", good[:3], "mgC/gC", DAYS[:3]),
            one("nothing", good * 0, "mgC/gC"),
            one("", good, "mgC/gC"),
            one("gas", good, "mgC/gC", release_gas="13CO2"),
            one("sd", good, "mgC/gC", release_statistic="SD"),
            one("holes", np.where(DAYS == 7, np.nan, good), "mgC/gC", np.where(DAYS == 16, np.nan, DAYS)),
        ],
        ignore_index=True,
    ).assign(source_file="a.csv", source_row=lambda f: range(2, len(f) + 2))
    found, problems = table.incubations(bad, draws=50)
    assert len(found.rows) == len(bad)
    assert (found.rows["reason"] != "").all()
    reasons = found.series.set_index("incubation")["reason"].to_dict()
    assert reasons == {
        "good": "", "falls": "falling_total", "rises": "rising_rate", "too much": "impossible_amount",
        "more than there was": "more_than_initial", "isotope": "isotope_ratio", "air": "headspace",
        "short": "too_few_readings", "nothing": "no_release", "gas": "other_gas", "sd": "not_mean", "holes": "",
    }  # fmt: skip
    rows = found.rows.groupby("incubation")["reason"]
    assert rows.get_group("holes").tolist().count("used") == len(DAYS) - 2
    assert {"no_value", "no_time"} <= set(rows.get_group("holes"))
    assert {p.code for p in problems} >= {
        "W-INCUBATION-FALLING", "W-INCUBATION-RISING", "W-INCUBATION-IMPOSSIBLE", "W-INCUBATION-INITIAL",
        "W-INCUBATION-UNIT", "W-INCUBATION-HEADSPACE", "W-INCUBATION-FEW", "W-INCUBATION-NAME",
    }  # fmt: skip
    for problem in problems:
        assert problem.rows and problem.file == "a.csv"
        assert problem.say("what", "en") and problem.say("why", "zh") and problem.say("fix", "zh")


def test_repeated_times_are_averaged_and_totals_start_at_their_zero() -> None:
    frame = pd.concat([one("a", total(seed=1), "mgC/gC"), one("a", total(seed=2), "mgC/gC")], ignore_index=True)
    found, _ = table.incubations(frame, draws=50)
    assert set(found.rows["reason"]) == {"averaged"}
    assert found.series["readings"].tolist() == [len(DAYS)]
    shifted = one("a", np.concatenate([[3.0], total() + 3]), "mgC/gC", np.concatenate([[0.0], DAYS]))
    based, _ = table.incubations(shifted, draws=50)
    plain, _ = table.incubations(one("a", total(), "mgC/gC"), draws=50)
    assert based.rows["reason"].iloc[0] == "baseline"
    assert based.parameters["value"].to_numpy() == pytest.approx(plain.parameters["value"].to_numpy())


def test_a_series_gives_the_same_draws_alone_as_among_others() -> None:
    a, b = one("a", total(seed=1), "mgC/gC"), one("b", total(seed=2), "mgC/gC")
    both, _ = table.incubations(pd.concat([a, b], ignore_index=True), draws=50, seed=4)
    alone, _ = table.incubations(b, draws=50, seed=4)
    other, _ = table.incubations(b, draws=50, seed=5)
    assert np.array_equal(both.draws["b"].values, alone.draws["b"].values)
    assert not np.array_equal(other.draws["b"].values, alone.draws["b"].values)


def test_what_the_readings_leave_open_is_said() -> None:
    """A pool that loses a fiftieth during the incubation shows its flux, not its size."""
    flux = 0.2 * np.exp(-0.0002 * DAYS) * (1 + 0.03 * np.random.default_rng(1).standard_normal(len(DAYS)))
    found, _ = table.incubations(one("slow", flux, "mgC/gSoil/d"), ["one_pool"])
    verdicts = found.parameters.set_index("parameter")["verdict"]
    assert set(verdicts) == {"open_range"}
    known, _ = table.incubations(one("quick", total(), "mgC/gC"), ["one_pool"])
    assert set(known.parameters["verdict"]) == {"identified"}


def test_initial_carbon_bounds_the_pools() -> None:
    flux = 0.2 * np.exp(-0.001 * DAYS) * (1 + 0.03 * np.random.default_rng(1).standard_normal(len(DAYS)))
    found, _ = table.incubations(one("slow", flux, "mgC/gSoil/d", soil_organic_carbon=60.0), ["one_pool"])
    assert found.draws["slow"].values[:, 0].max() <= 60.0


def test_codes_have_words() -> None:
    texts = vocabulary.texts()
    codes = {
        "model": models.MODELS,
        "why": (choice.CLEAR, choice.SIMPLEST, choice.FALLS, choice.ASKED, choice.ONLY),
        "verdict": (posterior.YES, posterior.ROUGHLY, posterior.NO, posterior.EDGE),
        "reason": (
            readings.USED, readings.AVERAGED, readings.BASELINE, readings.NO_TIME, readings.NEGATIVE_TIME,
            readings.NO_VALUE, readings.OTHER_GAS, readings.NOT_A_MEAN, readings.NO_NAME, readings.MIXED_UNITS,
            readings.FEW, readings.NONE, readings.FALLING, readings.RISING, readings.IMPOSSIBLE,
            readings.ABOVE_INITIAL, release_units.ISOTOPE, release_units.HEADSPACE, release_units.UNREADABLE,
            release_units.NO_UNIT, choice.FEW, choice.COLLAPSES, responses.FEW_LEVELS, responses.NOT_FITTED,
            responses.SPEED_UNKNOWN,
        ),
    }  # fmt: skip
    for part, names in codes.items():
        for name in names:
            assert f"soil_incubation.{part}.{name}" in texts


def test_the_whole_database_in_one_call(reference) -> None:
    """15,836 rows, 811 series of 34 studies (README of the copy): every one used or named."""
    folder = reference / "data/incubation_sidb"
    variables = pd.read_csv(folder / "variables.csv", low_memory=False)
    frame = sidb.from_sidb(pd.read_csv(folder / "timeseries_long.csv"), variables)
    assert len(frame) == 15836 and frame["incubation"].nunique() == 811
    study = frame["incubation"].str.split("/").str[0]
    assert study.nunique() == 34
    few = ["Andrews2000SBB", "Arevalo2012", "Dalias2001", "Wang2010", "Richardson2020", "Zhang2007"]
    small = frame[study.isin(few)]
    found, problems = table.incubations(small, draws=50)
    assert (found.rows["reason"] != "").all() and len(found.rows) == len(small)
    assert len(found.series) == small["incubation"].nunique()
    fitted = found.series["reason"] == ""
    assert (found.series.loc[fitted, "model"] != "").all()
    assert {p.code for p in problems} >= {"W-INCUBATION-FALLING", "W-INCUBATION-HEADSPACE"}
    names = found.series.set_index("incubation")
    assert names.loc["Arevalo2012/C_AG_7deg", "reason"] == ""
