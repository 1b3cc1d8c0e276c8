import pytest

from halosink import evidence


def test_counts_of_the_readme():
    numbers, sources, normals = evidence.numbers(), evidence.sources(), evidence.normals()
    assert (len(numbers), len(sources), len(normals)) == (768, 160, 52)
    assert numbers["class"].value_counts().to_dict() == {"A": 330, "B": 270, "C": 142, "D": 26}
    assert int((numbers["control_value"].notna() & numbers["treatment_value"].notna()).sum()) == 192
    assert int((numbers["saline_land"] == "yes").sum()) == 573
    assert numbers["id"].is_unique and sources["source_key"].is_unique


def test_every_source_key_resolves_and_is_used():
    used = set(evidence.numbers()["source_key"]) | set(evidence.normals()["source_key"])
    assert used == set(evidence.sources()["source_key"])


@pytest.mark.parametrize("column", ["intervention_group", "variable"])
def test_every_name_has_a_label_in_both_languages(column):
    for name in evidence.numbers()[column].dropna().unique():
        label = evidence.label(column, name)
        assert label.en != name or name == "pH"
        assert label.zh != name or name == "pH"


def test_group_none_is_a_word_not_a_gap():
    assert (evidence.numbers()["intervention_group"] == "none").sum() == 260


def test_range_ends_are_labelled_from_the_plain_name():
    label = evidence.label("variable", "SOC_conc_min")
    assert label.en == "Soil organic carbon, lowest"
    assert label.zh == "土壤有机碳含量（最小值）"


def test_families_do_not_overlap():
    members = [v for variables in evidence.families().values() for v in variables]
    assert len(members) == len(set(members))
    assert set(members) <= set(evidence.numbers()["variable"].str.replace(r"_(min|max|low|high)$", "", regex=True))


def test_percent_agrees_with_the_two_means():
    n = evidence.numbers()
    both = n[n["control_value"].notna() & n["treatment_value"].notna() & (n["effect_kind"] == "percent")]
    computed = 100 * (both["treatment_value"] / both["control_value"] - 1)
    assert ((computed - both["effect_value"]).abs() <= 0.01 * both["effect_value"].abs() + 1.0).all()
