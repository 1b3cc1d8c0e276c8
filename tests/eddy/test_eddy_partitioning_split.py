"""The partitioning of tower tables, and what it says."""

import tomllib
from importlib import resources

import numpy as np
import pandas as pd
import pytest

from eddy_partition_worlds import filled, world
from eddy_towers import de_tha, reddyproc
from halosink.eddy.partitioning.split import partition
from halosink.vocabulary import texts

METHODS = ("night_time", "day_time")
COLUMNS = ["reco", "gpp", "reco_sd", "gpp_sd"]
PARAMETERS = ["method", "kind", "year", "start", "end", "records", "e0", "rref", "alpha", "beta", "k", "reason"]


def split(place, method, nee=None, measured=None, **more):
    nee = place.nee if nee is None else nee
    measured = np.ones(len(nee), dtype=bool) if measured is None else measured
    where = dict(zip(("latitude", "longitude", "utc_offset"), place.place, strict=True))
    return partition(place.table(), filled(nee, measured), method=method, **{**where, **more})


@pytest.mark.parametrize("method", METHODS)
def test_a_tower_table_gives_the_sums_of_the_reference(reference, method):
    table, theirs = de_tha(reference), reddyproc(reference, "uStarAnnual")
    series = {
        "shortwave_radiation": theirs["Rg_f"],
        "air_temperature": theirs["Tair_f"],
        "vapour_pressure_deficit": theirs["VPD_f"] / 10,
    }
    nee = filled(
        theirs["NEE_uStar_f"].to_numpy(dtype=float),
        (theirs["NEE_uStar_fqc"] == 0).to_numpy(),
        theirs["NEE_uStar_fsd"].to_numpy(dtype=float),
    )
    weather = {name: pd.DataFrame({"value": values.astype(float)}) for name, values in series.items()}
    found = partition(table, nee | weather, method=method, latitude=51.0, longitude=13.6, utc_offset=1.0)
    total = found.table.sum() * 12.011e-6 * 1800
    expected = {"night_time": (1305.25486, 1917.83800), "day_time": (1191.71005, 1799.93794)}[method]
    relative = {"night_time": 1e-6, "day_time": 5e-4}[method]
    assert (total["reco"], total["gpp"]) == pytest.approx(expected, rel=relative)
    assert found.reason == "" and found.problems == ()
    assert list(found.parameters["year"].unique()) == [1998]


@pytest.mark.parametrize("method", METHODS)
def test_what_comes_back_fits_the_table(method):
    place = world(days=40, start="2021-06-01")
    table = place.table().set_index(pd.Index(np.arange(len(place.nee)) + 7))
    found = partition(
        table, filled(place.nee, np.ones(len(table), bool)), method=method, latitude=45.0, longitude=0.0, utc_offset=0.0
    )
    assert list(found.table.columns) == COLUMNS and found.table.index.equals(table.index)
    assert all(kind.kind == "f" for kind in found.table.dtypes) and found.table.notna().all().all()
    assert list(found.parameters.columns) == PARAMETERS
    assert (found.parameters["start"] < found.parameters["end"]).all()
    assert found.parameters["start"].min() >= table["time"].iloc[0]
    assert found.parameters["end"].max() <= table["time"].iloc[-1] + pd.Timedelta("30min")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.drop(columns="shortwave_radiation"), "no_radiation"),
        (lambda table: table.assign(air_temperature=np.nan), "no_temperature"),
        (lambda table: table.iloc[:40], "no_night"),
    ],
)
def test_what_is_lacking_is_said(method, change, reason):
    place = world(days=20, start="2021-06-01")
    table = change(place.table())
    nee = np.full(len(table), np.nan)
    where = dict(zip(("latitude", "longitude", "utc_offset"), place.place, strict=True))
    found = partition(table, filled(nee, np.isfinite(nee)), method=method, **where)
    assert found.reason in (reason, "no_e0", "few_days")
    assert found.table.isna().all().all() and len(found.table) == len(table)
    assert [problem.code for problem in found.problems] == ["W-EDDY-NO-PARTITION"]
    assert list(found.parameters.columns) == PARAMETERS
    for language in ("en", "zh"):
        assert "{" not in found.problems[0].say("what", language)


@pytest.mark.parametrize("method", METHODS)
def test_without_a_place_nothing_is_done(method):
    place = world(days=20, start="2021-06-01")
    assert split(place, method, latitude=None).reason == "no_place"


@pytest.mark.parametrize("method", METHODS)
def test_uptake_at_night_is_told(method):
    place = world(days=60, start="2021-06-01")
    nee = place.nee - 1.2 * place.reco * np.repeat(np.arange(60) % 2, 48)
    found = split(place, method, nee)
    told = {problem.code: problem for problem in found.problems}
    assert found.negative_nights == pytest.approx(0.5, abs=0.05)
    assert told["N-EDDY-NIGHT-UPTAKE"].values["percent"] in {"48", "49", "50", "51", "52"}
    assert "%" in told["N-EDDY-NIGHT-UPTAKE"].say("what", "zh")
    assert not any(problem.code == "N-EDDY-NIGHT-UPTAKE" for problem in split(place, method).problems)


@pytest.mark.parametrize("method", METHODS)
def test_soil_temperature_may_take_the_place_of_air_temperature(method):
    place = world(days=60, start="2021-06-01")
    table = place.table().rename(columns={"air_temperature": "soil_temperature"})
    where = dict(zip(("latitude", "longitude", "utc_offset"), place.place, strict=True))
    found = partition(
        table, filled(place.nee, np.ones(len(table), bool)), method=method, temperature="soil_temperature", **where
    )
    assert found.table["reco"].mean() == pytest.approx(place.reco.mean(), rel=0.05)


def test_what_cannot_be_meant_is_refused():
    place = world(days=20)
    with pytest.raises(ValueError, match="night_time or day_time"):
        split(place, "noon")
    with pytest.raises(ValueError, match="no nee"):
        partition(place.table(), {}, method="day_time", latitude=1.0, longitude=1.0, utc_offset=0.0)


def test_every_reason_has_its_words():
    folder = resources.files("halosink.eddy") / "partitioning"
    written = "".join(file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".py"))
    keys = {key.split(".", 1)[1] for key in texts() if key.startswith("eddy_partitioning.reason_")}
    assert keys
    for key in keys:
        assert f'"{key.removeprefix("reason_")}"' in written
    named = {
        "no_place",
        "no_radiation",
        "no_temperature",
        "no_night",
        "few_days",
        "no_e0",
        "no_rref",
        "far_from_fit",
        "no_light_response",
        "few_records",
        "negative_respiration",
        "sd_derived",
        "without_deficit",
        "e0_of_narrow_range",
        "e0_of_other_years",
        "e0_of_the_whole",
        "e0_of_neighbours",
        "not_converged",
        "narrow_temperature_range",
        "e0_out_of_bounds",
        "light_response_out_of_bounds",
        "singular_fit",
    }
    assert {f"reason_{name}" for name in named} == keys


def test_problems_are_worded_in_both_languages():
    file = resources.files("halosink.vocabulary") / "problems" / "eddy_partitioning.toml"
    assert set(tomllib.loads(file.read_text("utf-8"))) == {"N-EDDY-NIGHT-UPTAKE", "W-EDDY-NO-PARTITION"}
