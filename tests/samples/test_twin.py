import hashlib
import json
import re
import tomllib

import numpy as np
import pandas as pd
import pytest

from halosink import evidence, vocabulary
from halosink.chamber import fluxes
from halosink.microbe.diversity import diversity
from halosink.samples.twin import community
from halosink.samples.twin import parameters as p
from halosink.samples.twin.draw import tables
from halosink.samples.twin.generate import UNITS, generate
from halosink.samples.twin.truth import cell_means, truth


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    generate(folder, 7)
    return folder


def digest(folder):
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_same_seed_same_bytes_other_seed_other_data(study, tmp_path):
    generate(tmp_path / "again", 7)
    generate(tmp_path / "other", 8)
    assert digest(study) == digest(tmp_path / "again")
    other = digest(tmp_path / "other")
    assert all(other[name] != value for name, value in digest(study).items())


def test_says_first_that_it_is_synthetic(study):
    first = (study / "study.toml").read_text("utf-8").splitlines()[0]
    assert "SYNTHETIC" in first and "合成" in first
    known = json.loads((study / "truth.json").read_text("utf-8"))
    assert next(iter(known)) == "synthetic"
    settings = tomllib.loads((study / "study.toml").read_text("utf-8"))
    assert settings["study"]["synthetic"] is True and settings["study"]["seed"] == 7


def test_is_small(study):
    assert sum(f.stat().st_size for f in study.rglob("*") if f.is_file()) < 3_000_000


def test_layout_is_a_split_plot_of_24_plots():
    plots = tables(1)[0]["plots"]
    assert len(plots) == 24 and plots["plot"].is_unique
    assert (plots.groupby(["block", "salinity_class", "treatment"]).size() == 1).all()
    assert plots.groupby("block")["salinity_class"].nunique().eq(4).all()


def test_units_are_those_of_the_vocabulary():
    fields = vocabulary.fields()
    assert {n: fields[n].unit for n in UNITS} == UNITS


def test_cited_evidence_exists():
    ids = set(evidence.numbers()["id"])
    stations = set(evidence.normals()["source_key"])
    for quantity in p.QUANTITIES.values():
        for key in quantity.evidence:
            assert key in ids or key.removeprefix("climate_normals:") in stations


def test_classes_follow_the_limits_of_the_soil_survey():
    """nssh618: nonsaline below 2, slightly 4 to 8, moderately 8 to 16, strongly saline from 16 dS/m of ECe."""
    control = np.array(p.QUANTITIES["ec_saturated_paste"].control)
    assert control[0] < 2 and 4 <= control[1] < 8 and 8 <= control[2] < 16 and control[3] >= 16


def test_true_means_are_the_long_run_means_of_the_draws():
    """The mean of many independent farms; the tolerance is four standard errors of that mean."""
    sums = []
    for seed in range(60):
        found, _ = tables(5000 + seed)
        plots = found["plots"].set_index("plot")["treatment"]
        frame = found["soil"].assign(treatment=found["soil"]["plot"].map(plots))
        bio = found["plants"].assign(treatment=found["plants"]["plot"].map(plots))
        div = diversity(found["counts"])
        div["treatment"] = div["plot"].map(plots)
        parts = [
            frame.groupby("treatment")[["soil_organic_carbon", "ec_1_5", "ph_water"]].mean(),
            bio.groupby("treatment")[["aboveground_biomass"]].mean(),
            div.groupby("treatment")[["richness_rarefied", "shannon_diversity", "richness_observed"]].mean(),
        ]
        sums.append(pd.concat(parts, axis=1).stack())
    draws = pd.concat(sums, axis=1)
    centre, error = draws.mean(axis=1), draws.std(axis=1) / np.sqrt(draws.shape[1])
    cells = cell_means()
    for (treatment, quantity), value in centre.items():
        true = cells[quantity][2].mean(axis=0)[p.TREATMENTS.index(treatment)]
        assert abs(value - true) < 4 * error[(treatment, quantity)], quantity


def test_expected_entropy_against_term_by_term_sums():
    from scipy.stats import binom

    share = np.array([[0.3, 0.1, 0.02, 1e-3, 1e-4]])
    n = 5000
    k = np.arange(1, n + 1)
    entropy = -(k / n) * np.log(k / n)
    exact = [(binom.pmf(k, n, q) * entropy).sum() for q in share[0]]
    np.testing.assert_allclose(community._expected_entropy(share, float(n))[0], exact, rtol=1e-6)


def test_closure_fluxes_are_recovered_within_their_error():
    found, drawn = tables(3)
    fitted = fluxes(found["chamber"]).set_index(["closure", "field"])
    true = pd.DataFrame(drawn["fluxes"]).set_index(["closure", "field"])["flux"]
    z = (fitted["flux"] - true.reindex(fitted.index)) / fitted["standard_error"]
    inside = (fitted["low"] <= true.reindex(fitted.index)) & (true.reindex(fitted.index) <= fitted["high"])
    assert len(z) == 24 * 8 * 2
    assert abs(z.mean()) < 0.25
    assert 0.91 < inside.mean() < 0.98


def test_faults_are_in_the_files_as_listed(study):
    known = json.loads((study / "truth.json").read_text("utf-8"))
    sensors = pd.read_csv(study / "data" / "sensors.csv", skiprows=[1], parse_dates=["time"])
    kinds = [f["kind"] for f in known["faults"]]
    assert sorted(set(kinds)) == ["flat", "gap", "missing_code", "spike"]
    for fault in known["faults"]:
        rows = sensors[(sensors["sensor"] == fault["sensor"]) & sensors["time"].isin(pd.to_datetime(fault["times"]))]
        if fault["kind"] == "gap":
            assert rows.empty
        elif fault["kind"] == "missing_code":
            assert (rows[fault["field"]] == -9999).all() and len(rows) == len(fault["times"])
        elif fault["kind"] == "flat":
            assert rows[fault["field"]].nunique() == 1 and len(rows) == 48
        elif fault["field"] == "soil_ec_bulk":
            assert (rows["soil_ec_bulk"] == 98.7).all()


def test_truth_covers_every_quantity_and_class():
    known = truth(1, tables(1)[1])
    means = pd.DataFrame(known["class_means"])
    ratios = pd.DataFrame(known["response_ratios"])
    assert set(means["quantity"]) >= set(p.QUANTITIES)
    assert (means.groupby(["quantity", "factor"]).size().unstack() == [4, 2]).all(axis=None)
    assert (ratios.groupby(["quantity", "factor"]).size().unstack() == [3, 1]).all(axis=None)
    signed = ratios[ratios["log_ratio"].isna()]["quantity"].unique()
    assert list(signed) == ["ch4_flux"]


def test_truth_of_one_quantity_by_hand():
    """Organic carbon: layer factors average 1, so the class mean is the mean of control and restored."""
    known = pd.DataFrame(truth(1, tables(1)[1])["class_means"])
    soc = known[known["quantity"] == "soil_organic_carbon"].set_index("class")["mean"]
    assert soc["non-saline"] == pytest.approx((13.8 + 14.5) / 2)
    assert soc["restored"] == pytest.approx((14.5 + 13.8 + 11.9 + 10.8) / 4)


def test_xlsx_is_read_by_two_readers(study):
    calamine = pd.read_excel(study / "data" / "plants.xlsx", engine="calamine", skiprows=[1])
    openpyxl = pd.read_excel(study / "data" / "plants.xlsx", engine="openpyxl", skiprows=[1])
    pd.testing.assert_frame_equal(calamine, openpyxl, check_dtype=False)
    assert len(calamine) == 72


def test_no_machine_paths(study):
    for file in study.rglob("*"):
        if file.suffix in (".toml", ".json", ".csv"):
            assert not re.search(r"/(?:work|tmp|home)/", file.read_text("utf-8"))
