"""Fractions that add up, that do not, and laboratory tables that are wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.soil.fractions.closure import closure_checks
from halosink.soil.fractions.profile import index_draws, stability
from halosink.soil.fractions.schemes import SCHEMES, verdicts


def sizes(poc, maoc, soc=10.0, **more):
    rows = max(np.size(poc), np.size(maoc))
    frame = pd.DataFrame({"plot": [f"P{i}" for i in range(rows)]})
    frame = frame.assign(soil_organic_carbon=soc, poc=poc, maoc=maoc, **more)
    return frame.assign(source_file="lab.csv", source_row=np.arange(2, rows + 2))


def codes(problems, level="error"):
    return [p.code for p in problems if p.level == level]


def test_what_adds_up_closes_and_nothing_is_rescaled():
    frame = sizes([3.0, 2.6], [7.0, 6.5])
    table, problems = closure_checks(frame)
    assert table["verdict"].tolist() == ["closed", "closed"]
    assert table["recovery"].tolist() == pytest.approx([1.0, 0.91])
    assert not problems
    assert frame["poc"].tolist() == [3.0, 2.6]


@pytest.mark.parametrize("scheme", [s for s in SCHEMES.values() if not s.nested and s.whole], ids=lambda s: s.name)
def test_a_verdict_does_not_depend_on_the_unit_of_both(scheme):
    total, whole = np.array([0.7, 1.3, 4.0, 0.04, 0.95]) * 17, np.full(5, 17.0)
    _, once, why = verdicts(scheme, total, whole)
    _, again, reason = verdicts(scheme, total * 37, whole * 37)
    assert once.tolist() == again.tolist() == ["open", "open", "refused", "refused", "closed"]
    assert why.tolist() == reason.tolist()


def test_four_times_the_bulk_is_refused_as_a_wrong_unit():
    table, problems = closure_checks(sizes([12.0, 3.0], [28.0, 7.0]))
    assert table["verdict"].tolist() == ["refused", "closed"]
    assert table["reason"].tolist() == ["per_fraction", ""]
    (found,) = problems
    assert found.code == "E-FRACTION-SUM" and found.rows == (2,) and found.file == "lab.csv"
    assert "40" in found.say("what", "en") and "4" in found.say("what", "zh")
    assert "mass" in found.say("why", "en")


@pytest.mark.parametrize(
    ("poc", "maoc", "reason"),
    [
        (30.0, 70.0, "share_percent"),
        (0.3, 0.7, "share_one"),
        (3000.0, 7000.0, "thousandfold"),
        (60.0, 49.0, "tenfold"),
        (0.1, 0.2, "low"),
    ],
)
def test_the_likely_unit_is_named(poc, maoc, reason):
    total = np.array([poc + maoc])
    _, verdict, why = verdicts(SCHEMES["particle_size"], total, np.array([10.0]))
    assert (verdict[0], why[0]) == ("refused", reason)


def test_refused_fractions_give_no_number_but_others_stay():
    frame = sizes([12.0], [28.0], readily_oxidisable_carbon=2.0)
    table, problems = stability(frame, ["plot"])
    by = table.set_index("index")
    assert "E-FRACTION-SUM" in codes(problems)
    for name in ("maoc_share", "maoc_of_soc", "poc_maoc_ratio"):
        assert np.isnan(by.loc[name, "value"]) and by.loc[name, "reason"] == "refused"
        assert by.loc[name, "refused"] == 1
    assert by.loc["oxidisable_share", "value"] == pytest.approx(0.2)


def test_loss_is_flagged_and_used():
    frame = sizes([2.0], [4.0])
    table, problems = stability(frame, ["plot"])
    assert codes(problems, "warning") == ["W-FRACTION-RECOVERY"] and not codes(problems)
    assert table.set_index("index").loc["maoc_share", "value"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("readily_oxidisable_carbon", 15.0),
        ("doc", 15000.0),
        ("microbial_biomass_carbon", 9999.0 * 1.2),
        ("potentially_mineralisable_carbon", 20000.0),
        ("acid_hydrolysable_carbon", 12.0),
    ],
)
def test_a_part_beyond_the_whole_is_refused(column, value):
    frame = pd.DataFrame({"plot": ["A"], "soil_organic_carbon": [10.0], column: [value]})
    table, problems = stability(frame, ["plot"])
    assert any(c in ("E-FRACTION-PART", "E-FRACTION-RANGE") for c in codes(problems))
    assert not np.isfinite(table["value"]).any()


def test_a_closed_nest_is_not_asked_to_make_up_the_whole():
    frame = pd.DataFrame({"plot": ["A"], "soil_organic_carbon": [10.0], "doc": [80.0]})
    table, problems = closure_checks(frame)
    assert table["verdict"].tolist() == ["closed"] and not problems
    assert table["recovery"].tolist() == pytest.approx([0.008])


@pytest.mark.parametrize("value", [-3.0, 1e6, "seven", np.inf])
def test_impossible_values_are_told_and_left_out(value):
    frame = sizes([3.0, 3.0], pd.array([7.0, value], dtype=object))
    table, problems = stability(frame, ["plot"])
    assert set(codes(problems)) <= {"E-FRACTION-RANGE", "E-FRACTION-NUMBER"} and codes(problems)
    assert next(p for p in problems if p.level == "error").rows == (3,)
    second = table[(table["plot"] == "P1") & (table["index"] == "maoc_share")]
    assert second["reason"].tolist() == ["refused"]


def test_clay_and_silt_beyond_100():
    frame = sizes([3.0], [7.0], clay=60.0, silt=55.0)
    table, problems = stability(frame, ["plot"])
    assert "E-FRACTION-TEXTURE" in codes(problems)
    assert not table[table["index"].str.startswith("deficit")]["value"].notna().any()


def test_masses_and_carbon_of_aggregates():
    frame = pd.DataFrame(
        {
            "plot": ["A", "B", "C"],
            "soil_organic_carbon": 10.0,
            "macroaggregates": [600.0, 60.0, 300.0],
            "microaggregates": [400.0, 40.0, 400.0],
            "macroaggregate_carbon": 12.0,
            "microaggregate_carbon": 7.0,
        }
    )
    table, _ = closure_checks(frame)
    mass = table[table["scheme"] == "aggregate_mass"]
    assert mass["verdict"].tolist() == ["closed", "refused", "open"]
    assert mass["reason"].tolist() == ["", "share_percent", "low"]
    carbon = table[table["scheme"] == "aggregate_carbon"]
    assert carbon["total"].iloc[0] == pytest.approx(0.6 * 12 + 0.4 * 7)
    assert carbon["verdict"].iloc[0] == "closed"


def test_every_row_is_in_the_closure_table_with_its_reason():
    frame = sizes([3.0, np.nan, 30.0], [7.0, 7.0, 70.0], soc=[10.0, 10.0, np.nan])
    table, _ = closure_checks(frame)
    assert table["row"].tolist() == [0, 1, 2] and table["source_row"].tolist() == [2, 3, 4]
    assert table["verdict"].tolist() == ["closed", "not_judged", "not_judged"]
    assert table["missing"].tolist() == ["", "poc", "soil_organic_carbon"]
    assert table["reason"].tolist() == ["", "lacks", "lacks"]


def test_shares_and_concentrations_of_the_fraction_come_to_the_same():
    plain = sizes([3.0], [7.0], cv=0.0)
    share = sizes([30.0], [70.0])
    within = sizes([3.0 / 0.4], [7.0 / 0.6], particulate_mass=400.0, mineral_associated_mass=600.0)
    want = closure_checks(plain)[0]["recovery"].tolist()
    assert closure_checks(share, {"poc": "percent", "maoc": "percent"})[0]["recovery"].tolist() == pytest.approx(want)
    got = closure_checks(within, {"poc": "fraction", "maoc": "fraction"})[0]["recovery"].tolist()
    assert got == pytest.approx(want)


def test_a_basis_that_lacks_its_mass_or_is_unknown_is_told():
    frame = sizes([3.0], [7.0])
    _, problems = closure_checks(frame, {"poc": "fraction"})
    assert codes(problems) == ["E-FRACTION-BASIS-LACKS"]
    _, problems = closure_checks(frame, {"poc": "bulk", "clay": "share"})  # type: ignore[dict-item]
    assert set(codes(problems)) == {"E-FRACTION-BASIS", "E-FRACTION-BASIS-COLUMN"}


@pytest.mark.parametrize(
    ("frame", "options", "code"),
    [
        (pd.DataFrame({"plot": ["A"], "ph_water": [72.0]}), {}, "E-FRACTION-NONE"),
        (pd.DataFrame({"plot": ["A"], "soil_organic_carbon": [9.0], "clay": [9.0]}), {}, "E-FRACTION-NONE"),
        (sizes([3.0], [7.0]).iloc[:0], {}, "E-FRACTION-EMPTY"),
        (sizes([3.0], [7.0]), {"by": ["plo"]}, "E-FRACTION-BY"),
        (sizes([3.0], [7.0]), {"control": ("treatmnt", "CK")}, "E-FRACTION-CONTROL-COLUMN"),
        (sizes([3.0], [7.0], treatment="CK"), {"control": ("treatment", "CKK")}, "E-FRACTION-CONTROL"),
    ],
)
def test_tables_that_cannot_be_used_give_problems_and_no_rows(frame, options, code):
    table, problems = stability(frame, **options)
    assert table.empty and code in codes(problems)
    keys, drawn, problems = index_draws(frame, **options)
    assert keys.empty and drawn.size == 0 and code in codes(problems)


def test_problems_can_be_said_in_both_languages():
    frame = sizes([12.0, 1.0, -1.0], [28.0, 1.0, 7.0], clay=[70.0, 20.0, 20.0], silt=[70.0, 20.0, 20.0], depth_top=0.0)
    _, problems = stability(frame.assign(depth_top=[0.0, 10.0, 20.0]), [])
    assert len(problems) >= 5
    for one in problems:
        for part in ("what", "why", "fix"):
            for language in ("en", "zh"):
                assert "{" not in one.say(part, language)
    assert "W-FRACTION-LAYERS" in codes(problems, "warning")
