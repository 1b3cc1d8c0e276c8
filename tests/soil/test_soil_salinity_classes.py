"""Classes of soil tables: limits, probabilities, reasons and problems."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink import vocabulary
from halosink.soil.salinity import (
    ClassOptions,
    class_tables,
    classify,
    classify_table,
    most_probable,
    salic_probability,
    sar_of_soluble_ions,
    saturation_sar,
)
from halosink.soil.salinity.salt_affected import ussl_criteria
from halosink.soil.salinity.texture import texture_of
from soil_salinity_data import ncss

REASONS = (
    *("missing_ec", "missing_sodicity", "ec_extract_unnamed", "ec_impossible", "ph_impossible"),
    *("sodicity_impossible", "cec_is_cation_sum", "soluble_unknown", "ph_against_class"),
    *("missing_salt", "region_not_named"),
)


def table(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(source_file="soil.csv", source_row=np.arange(2, len(frame) + 2))


def codes(problems):
    return {problem.code for problem in problems}


def test_tables_of_classes_are_whole():
    for entry in class_tables().values():
        assert entry.source in vocabulary.sources()
        assert len(entry.classes) == len(entry.labels) == len(entry.limits) + 1
        assert list(entry.limits) == sorted(entry.limits)
        assert not entry.bracketed or len(entry.bracketed) == len(entry.limits)
        assert entry.seen and all(label.en and label.zh for label in entry.labels)
    assert ussl_criteria().source in vocabulary.sources()


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_worded(code):
    for language in ("en", "zh"):
        assert vocabulary.say(f"soil_salinity.reason.{code}", language)


def test_a_limit_belongs_to_the_class_above():
    entry = class_tables()["salt_content_china.humid_to_arid"]
    found = most_probable(entry.probabilities(np.array([[0.9], [1.0], [3.9], [5.0], [6.0], [np.nan]])), entry.classes)
    assert found == ["not_salinised", "light", "medium", "strong", "saline_soil", ""]
    desert = class_tables()["salt_content_china.desert"]
    assert most_probable(desert.probabilities(np.array([[9.9], [10.0]])), desert.classes) == ["strong", "saline_soil"]
    assert most_probable(desert.probabilities([[15.0]], bracketed=True), desert.classes) == ["strong"]


def test_the_four_soils_of_handbook_60():
    frame = table(
        ec_saturated_paste=[1.0, 12.0, 1.0, 12.0],
        exchangeable_sodium_percentage=[3.0, 5.0, 30.0, 40.0],
        ph_saturated_paste=[7.5, 7.9, 9.4, 8.3],
    )
    found, problems = classify(frame)
    assert found["ussl_class"].tolist() == ["normal", "saline", "sodic", "saline_sodic"]
    assert not problems and (found["reason"] == "").all()
    shares = found[["p_normal", "p_saline", "p_sodic", "p_saline_sodic"]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(np.ones(4))


def test_sar_is_judged_by_its_own_limit():
    found, _ = classify(table(ec_saturated_paste=[1.0, 1.0], sodium_adsorption_ratio=[11.0, 15.0]))
    assert found["ussl_class"].tolist() == ["normal", "sodic"]


def test_ec_of_a_wider_extract_has_probabilities_and_is_said():
    frame = table(ec_1_5=[0.1, 0.6, 3.0], exchangeable_sodium_percentage=[2.0, 2.0, 2.0])
    found, problems = classify(frame)
    assert found["ussl_class"].iloc[0] == "normal" and found["ussl_class"].iloc[2] == "saline"
    assert 0.2 < found["p_saline"].iloc[1] < 0.8
    assert "N-SALINITY-EC-MODEL" in codes(problems)
    assert found["ece_from"].tolist() == ["ec_1_5"] * 3


def test_what_is_missing_is_named():
    frame = table(
        ec_saturated_paste=[5.0, np.nan, np.nan],
        sodium_adsorption_ratio=[np.nan, 3.0, 3.0],
        ec_unspecified=[np.nan, np.nan, 2.0],
    )
    found, problems = classify(frame)
    assert found["reason"].tolist() == ["missing_sodicity", "missing_ec", "ec_extract_unnamed"]
    assert (found["ussl_class"] == "").all()
    assert found["ece_class"].tolist() == ["slightly_saline", "", ""]
    (problem,) = [p for p in problems if p.code == "W-SALINITY-EC-UNNAMED"]
    assert problem.rows == (4,) and problem.file == "soil.csv"


def test_bad_laboratory_tables_give_problems_and_no_numbers():
    frame = table(
        ec_saturated_paste=[-1.0, 2500.0, 5.0, 5.0],
        ph_water=[7.0, 7.0, 72.0, 7.0],
        exchangeable_sodium_percentage=[5.0, 5.0, 5.0, 180.0],
    )
    found, problems = classify(frame)
    expected = {"E-SALINITY-NEGATIVE", "E-SALINITY-EC-UNIT", "E-SALINITY-PH", "E-SALINITY-ESP"}
    assert expected <= codes(problems)
    assert found["reason"].tolist() == ["ec_impossible", "ec_impossible", "ph_impossible", "sodicity_impossible"]
    assert found["ussl_class"].tolist() == ["", "", "saline", ""]
    for problem in problems:
        for part in ("what", "why", "fix"):
            assert "{" not in problem.say(part, "en") + problem.say(part, "zh")


def test_an_esp_that_holds_soluble_sodium_gives_way_to_sar():
    frame = table(
        ec_saturated_paste=[30.0, 30.0],
        exchangeable_sodium_percentage=[85.0, 12.0],
        sodium_adsorption_ratio=[10.0, 10.0],
    )
    found, problems = classify(frame)
    assert found["sodium_from"].tolist() == ["sodium_adsorption_ratio", "exchangeable_sodium_percentage"]
    assert found["ussl_class"].tolist() == ["saline", "saline"]
    (problem,) = [p for p in problems if p.code == "W-SALINITY-ESP-SOLUBLE"]
    assert problem.rows == (2,)


def test_soluble_sodium_is_subtracted_from_extractable_sodium():
    frame = table(
        ec_saturated_paste=[12.0, 12.0],
        extractable_sodium=[7.0, 7.0],
        soluble_sodium=[5.0 * 229.9, np.nan],
        cation_exchange_capacity=[20.0, 20.0],
    )
    found, _ = classify(frame)
    assert found["ussl_class"].tolist() == ["saline", ""]
    assert found["reason"].tolist() == ["", "soluble_unknown"]


def test_a_capacity_that_is_a_sum_gives_no_sodium_percentage():
    cations = pd.DataFrame(np.random.default_rng(2).uniform(1.0, 9.0, (6, 4)))
    frame = table(
        ec_saturated_paste=[2.0] * 6,
        exchangeable_calcium=cations[0],
        exchangeable_magnesium=cations[1],
        exchangeable_potassium=cations[2],
        exchangeable_sodium=cations[3],
        cation_exchange_capacity=cations.sum(axis=1),
    )
    found, problems = classify(frame)
    assert set(found["reason"]) == {"cec_is_cation_sum"} and (found["ussl_class"] == "").all()
    assert "W-SALINITY-CEC-SUM" in codes(problems)
    honest, problems = classify(frame.assign(cation_exchange_capacity=[25.0, 31.0, 28.0, 40.0, 22.0, 35.0]))
    assert (honest["ussl_class"] != "").all() and not problems


def test_text_among_numbers():
    found, problems = classify(
        table(ec_saturated_paste=["NA", "5.0", "trace"], sodium_adsorption_ratio=[1.0, 1.0, 1.0])
    )
    assert found["reason"].tolist() == ["missing_ec", "", "missing_ec"]
    (problem,) = [p for p in problems if p.code == "W-SALINITY-TEXT"]
    assert problem.rows == (4,) and problem.values["found"] == "trace"


def test_chinese_classes_ask_for_the_region():
    frame = table(soil_salt_content=[0.5, 3.0, 8.0, np.nan, np.nan], ec_1_5=[np.nan, np.nan, np.nan, 3.0, np.nan])
    without, _ = classify(frame)
    assert without["china_reason"].tolist() == [*["region_not_named"] * 4, "missing_salt,region_not_named"]
    coast, _ = classify(frame, ClassOptions(region="humid_to_arid"))
    assert coast["china_salt_class"].tolist() == ["not_salinised", "medium", "saline_soil", "saline_soil", ""]
    desert, _ = classify(frame, ClassOptions(region="desert"))
    assert desert["china_salt_class"].tolist()[:3] == ["not_salinised", "medium", "strong"]
    with pytest.raises(ValueError, match="region"):
        classify(frame, ClassOptions(region="moon"))


def test_salic_horizon_of_wrb():
    ece = np.array([[20.0], [20.0], [10.0], [10.0], [20.0]])
    share = salic_probability(ece, [7.0, 7.0, 9.0, 7.0, np.nan], [30.0, 15.0, 30.0, 30.0, 40.0])
    assert share.tolist() == [1.0, 0.0, 1.0, 0.0, 1.0]


def test_texture_by_clay_and_name():
    frame = pd.DataFrame(
        {"clay": [10.0, 10.0, 25.0, 50.0, np.nan, np.nan], "sand": [80.0, 30.0, 30.0, 20.0, np.nan, np.nan]}
    ).assign(texture_class=["", "", "", "", "Silty clay", "壤土"])
    assert texture_of(frame).tolist() == ["coarse", "medium", "medium", "fine", "fine", "medium"]


def test_every_horizon_of_the_survey_has_its_class_or_the_reason(reference):
    frame = ncss(reference)
    found, _ = classify(frame, ClassOptions(draws=200))
    assert len(found) == len(frame) == 3939
    assert ((found["ussl_class"] != "") ^ (found["reason"] != "")).all()
    both = frame["ec_1_2"].notna() & frame["sodium_adsorption_ratio"].notna()
    assert (found["ussl_class"] != "").sum() == both.sum()
    assert (found.loc[frame["ec_1_2"].notna(), "ece_from"] == "ec_1_2").all()


def test_a_1_5_extract_in_the_place_of_the_paste_is_caught():
    frame = table(ec_saturated_paste=[2.0, 9.0], ec_1_5=[2.0, 1.2], sodium_adsorption_ratio=[2.0, 2.0])
    found, problems = classify(frame)
    assert found["ece_from"].tolist() == ["ec_1_5", "ec_saturated_paste"]
    assert found["ussl_class"].tolist() == ["saline", "saline"]
    (problem,) = [p for p in problems if p.code == "W-SALINITY-EC-ORDER"]
    assert problem.rows == (2,)


def test_soluble_ions_of_a_1_5_extract_give_probabilities_of_sodicity():
    sodium = np.array([20.0, 200.0, 2000.0])
    frame = table(
        ec_1_5=[0.2, 0.5, 2.0], soluble_sodium=sodium, soluble_calcium=[60.0] * 3, soluble_magnesium=[20.0] * 3
    )
    found, problems = classify(frame)
    assert found["ussl_class"].tolist()[0] == "normal" and found["ussl_class"].tolist()[2] == "saline_sodic"
    assert set(found["sodium_from"]) == {"soluble_sodium"}
    assert {"N-SALINITY-SAR-MODEL", "N-SALINITY-EC-MODEL"} <= codes(problems)


def test_sar_of_the_paste_holds_dilution_and_the_soda_soils_of_songnen():
    low, high = np.quantile(saturation_sar([5.0], draws=4000)[0], [0.025, 0.975])
    songnen = np.exp((11.44 * np.log(5.0) + 5.48 + 15.36) / 10.72)
    assert low < 5.0 * np.sqrt(7.0) < high and low < songnen < high
    assert sar_of_soluble_ions([5 * 22.99 * 36], [5 * 20.039 * 6], [5 * 12.1525 * 2])[0] == pytest.approx(
        18.0, rel=1e-4
    )


def test_an_empty_table_has_the_columns_and_no_rows():
    found, problems = classify(table(ec_1_5=[], sodium_adsorption_ratio=[]).astype({"source_row": int}))
    assert not len(found) and not problems
    assert {"ussl_class", "p_saline", "reason", "ece_class", "china_salt_class"} <= set(found)


def test_a_table_without_salinity_says_so_in_every_row():
    found, problems = classify(table(clay=[10.0, 20.0]))
    assert found["reason"].tolist() == ["missing_ec,missing_sodicity"] * 2 and not problems


def test_blocks_of_rows_tell_as_one_table(monkeypatch):
    frame = table(ec_1_5=[0.1, 3.0, 30.0, 3.0, 40.0], sodium_adsorption_ratio=[1.0] * 5)
    whole, problems = classify(frame)
    monkeypatch.setattr(classify_table, "BLOCK", 1000)
    parts, told = classify(frame)
    assert parts["ussl_class"].tolist() == whole["ussl_class"].tolist()
    assert parts["ece"].to_numpy() == pytest.approx(whole["ece"].to_numpy(), rel=0.1)
    assert [(p.code, p.rows, p.count) for p in told] == [(p.code, p.rows, p.count) for p in problems]
