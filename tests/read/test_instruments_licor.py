"""LI-COR files against the tables another program made of them, and what the instruments computed themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halosink import read

SAMPLES = {
    "LI7810": "LI7810.data",
    "LI7820": "LI7820.data",
    "LI8100": "LI8100.81x",
    "LI8150": "LI8150.81x",
    "LI8200": "LI8200.json",
    "LI8250": "LI8250.82z",
    "LI6400": "LI6400.txt",
}
RAW = {
    "CO2dry_ppm": ("co2_mole_fraction", 1.0),
    "CH4dry_ppb": ("ch4_mole_fraction", 1.0),
    "N2Odry_ppb": ("n2o_mole_fraction", 1.0),
    "H2O_ppm": ("h2o_mole_fraction", 1e-3),
    "Tcham": ("chamber_temperature", 1.0),
    "Pcham": ("chamber_pressure", 1.0),
    "Tsoil": ("soil_temperature", 1.0),
    "SWC": ("soil_moisture", 1.0),
    "PAR": ("photosynthetic_photon_flux", 1.0),
    "Area": ("chamber_area", 1e-4),
}
"""Columns of the other program, our field, and the factor between them."""
GAS_CONSTANT = 8.314
"""As LI-COR's software takes it, Pa m3 K-1 mol-1."""


def ours(reference: Path, name: str) -> pd.DataFrame:
    return read.instrument(reference / "oracles" / "flux" / "format_samples" / "goFlux" / name / SAMPLES[name])


def theirs(reference: Path, name: str) -> pd.DataFrame:
    table = pd.read_csv(reference / "oracles" / "flux" / "goflux" / "imports" / f"{name}.csv")
    return table.assign(time=pd.to_datetime(table["POSIX.time"]).astype("datetime64[us]"))


def matched(frame: pd.DataFrame, table: pd.DataFrame, *also: str) -> pd.DataFrame:
    """Rows of both by second of time, and in that second by order counted from the last."""
    frame = frame.assign(time=frame["time"].dt.floor("s"))
    keyed = [
        t.assign(nth=t.groupby("time").cumcount(ascending=False)).set_index(["time", "nth"]) for t in (frame, table)
    ]
    assert keyed[1].index.isin(keyed[0].index).all()
    return keyed[0].loc[keyed[1].index, [*dict.fromkeys(also)]].reset_index()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_reading(reference: Path, name: str) -> None:
    frame, table = ours(reference, name), theirs(reference, name)
    shared = {c: RAW[c] for c in RAW if c in table and table[c].notna().any()}
    assert {"CO2dry_ppm", "N2Odry_ppb"} & set(shared)
    found = matched(frame, table, *(field for field, _ in shared.values()))
    for column, (field, factor) in shared.items():
        np.testing.assert_allclose(found[field], table[column] * factor, rtol=1e-12, err_msg=column)
    assert len(frame) - len(table) <= (2 if name == "LI6400" else 0)
    assert frame["source_row"].is_monotonic_increasing
    assert not [p for p in frame.attrs["problems"] if p.code.startswith("W-INSTRUMENT-ROWS")]


@pytest.mark.parametrize("name", ["LI8100", "LI8150", "LI8200", "LI8250"])
def test_time_since_closing(reference: Path, name: str) -> None:
    """The other program counts from the end of the dead band."""
    frame, table = ours(reference, name), theirs(reference, name)
    found = matched(frame, table, "elapsed_time", "deadband")
    np.testing.assert_array_equal(found["deadband"], table["deadband"])
    np.testing.assert_array_equal(found["elapsed_time"], table["Etime"] + table["deadband"])
    assert frame["closure"].nunique() == 1


@pytest.mark.parametrize(
    ("name", "column", "field", "per_litre"),
    [
        ("LI8100", "Vcham", "chamber_volume_bare", 1000),
        ("LI8150", "Vcham", "chamber_volume_bare", 1000),
        ("LI8200", "Vcham", "chamber_volume_bare", 1),
        ("LI8250", "Vcham", "chamber_volume_bare", 1000),
        ("LI8250", "Vtot", "chamber_volume", 1000),
        ("LI6400", "Vcham", "chamber_volume", 1),
    ],
)
def test_volume(reference: Path, name: str, column: str, field: str, per_litre: float) -> None:
    frame, table = ours(reference, name), theirs(reference, name)
    np.testing.assert_allclose(frame[field].unique(), table[column].unique() / per_litre, rtol=1e-9)


@pytest.mark.parametrize("name", ["LI8100", "LI8150", "LI8250"])
def test_total_volume_is_the_sum(reference: Path, name: str) -> None:
    """chamber + collar + instrument; the tubing of the LI-8250 is not listed apart, so its sum stays below."""
    row = ours(reference, name).iloc[0]
    collar = row["chamber_area"] * row["collar_offset"] / 100 * 1000
    known = row["chamber_volume_bare"] + collar + row.get("instrument_volume", 0.0)
    if name == "LI8250":
        assert known < row["chamber_volume"] < known + 0.5
    else:
        np.testing.assert_allclose(known, row["chamber_volume"], rtol=1e-5)


def flux(told: dict[str, float], slope: float) -> float:
    """LI-COR: F = 10 V P0 (1 - W0 / 1000) / (R S (T0 + 273.15)) dC/dt, V in cm3, S in cm2, P in kPa."""
    moles = 10 * told["total_volume"] * 1e3 * told["initial_pressure"] * (1 - told["initial_water"] / 1000)
    return moles / (GAS_CONSTANT * told["area"] * 1e4 * (told["initial_temperature"] + 273.15)) * slope


@pytest.mark.parametrize("name", ["LI8100", "LI8150"])
def test_fluxes_of_the_instrument(reference: Path, name: str) -> None:
    table = pd.read_csv(reference / "oracles" / "flux" / "vendor_licor" / "licor_81x_vendor_fluxes.csv").set_index(
        "file"
    )
    row = table.loc[SAMPLES[name]]
    (told,) = ours(reference, name).attrs["vendor"]
    assert told["linear_flux"] == row["vendor_Lin_Flux"]
    assert told["exponential_flux"] == row["vendor_Exp_Flux"]
    assert told["linear_slope"] == row["vendor_Lin_dCdt"]
    assert told["status"] == row["vendor_status"]
    assert told["deadband"] == row["deadband_s"]
    assert told["closure_length"] == row["obs_length_s"]
    np.testing.assert_allclose(told["total_volume"] * 1000, row["Vtotal_cm3"], rtol=1e-12)
    np.testing.assert_allclose(told["area"] * 10_000, row["Area_cm2"], rtol=1e-12)
    np.testing.assert_allclose(flux(told, row["recomputed_slope"]), row["recomputed_Lin_flux"], rtol=3e-3)
    np.testing.assert_allclose(flux(told, told["linear_slope"]), told["linear_flux"], rtol=0.01)


def test_flux_of_the_smart_chamber(reference: Path) -> None:
    """By its own volume, which lacks the chamber; ours has it."""
    frame = ours(reference, "LI8200")
    (told,) = frame.attrs["vendor"]
    np.testing.assert_allclose(flux(told, told["slope"]), told["exponential_flux"], rtol=2e-3)
    (problem,) = frame.attrs["problems"]
    assert problem.code == "W-INSTRUMENT-VOLUME"
    np.testing.assert_allclose(frame["chamber_volume"], told["total_volume"] + frame["chamber_volume_bare"])


def test_closures_of_the_6400(reference: Path) -> None:
    frame, table = ours(reference, "LI6400"), theirs(reference, "LI6400")
    found = matched(frame, table, "elapsed_time", "closure", "chamber")
    assert found["chamber"].tolist() == table["plotID"].astype(str).tolist()
    pairs = set(zip(found["closure"], table["chamID"], strict=True))
    assert len(pairs) == table["chamID"].nunique() == frame["closure"].nunique()
    shift = (found["elapsed_time"] - table["Etime"]).groupby(table["chamID"])
    assert (shift.max() - shift.min() <= 1).all()


def test_bigger_table_of_the_6400(reference: Path) -> None:
    """The same day, parsed whole by others: every reading of the part we have is in it."""
    frame = ours(reference, "LI6400")
    table = pd.read_csv(reference / "data" / "chamber_goflux" / "imp.LI6400.csv")
    table["time"] = pd.to_datetime(table["POSIX.time"]).astype("datetime64[us]")
    table = table[table["time"] <= frame["time"].max()]
    assert len(table) > 500
    found = matched(frame, table, "co2_mole_fraction", "h2o_mole_fraction")
    np.testing.assert_array_equal(found["co2_mole_fraction"], table["CO2dry_ppm"])
    np.testing.assert_allclose(found["h2o_mole_fraction"] * 1000, table["H2O_ppm"], rtol=1e-12)


def test_clock_of_the_analyser(reference: Path) -> None:
    """Seconds since 1970 and the zone Europe/Copenhagen tell the same offset and the same fraction of a second."""
    frame = ours(reference, "LI7810")
    assert frame.attrs["utc_offset"] == 1.0
    assert frame["time"].iloc[0] == pd.Timestamp("2022-12-05 09:38:30.836930")
