"""Real chamber files: none is refused in its own units, and all are in the wrong ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from halosink.chamber import checks

IMPORTS = {
    "LI8100": 1e-3,
    "LI8150": 1e-3,
    "LI8200": 1.0,
    "LI8250": 1e-3,
    "skyline": 1.0,
    "GAIA": 1.0,
    "LI6400": 1.0,
    "EGM5": 1.0,
    "GasmetPD": 1.0,
}
NAMES = {
    "Etime": ("elapsed_time", 1.0),
    "CO2dry_ppm": ("co2_mole_fraction", 1.0),
    "CO2wet_ppm": ("co2_mole_fraction_wet", 1.0),
    "CH4dry_ppb": ("ch4_mole_fraction", 1.0),
    "N2Odry_ppb": ("n2o_mole_fraction", 1.0),
    "H2O_ppm": ("h2o_mole_fraction", 1e-3),
    "H2O_ppm_inst1": ("h2o_mole_fraction", 1e-3),
    "Tcham": ("chamber_temperature", 1.0),
    "Pcham": ("chamber_pressure", 1.0),
    "Area": ("chamber_area", 1e-4),
    "obs.length": ("closure_length", 1.0),
}


def real(file: Path, litres: float) -> pd.DataFrame:
    """A file of the reference import in canonical columns."""
    raw = pd.read_csv(file, low_memory=False)
    columns = {
        to: pd.to_numeric(raw[name], errors="coerce") * factor for name, (to, factor) in NAMES.items() if name in raw
    }
    volume = next((c for c in ("Vtot", "Vcham") if c in raw), None)
    if volume:
        columns["chamber_volume"] = raw[volume] * litres
    if "closure_length" not in columns and "cham.open" in raw:
        length = pd.to_datetime(raw["cham.open"]) - pd.to_datetime(raw["start.time"])
        columns["closure_length"] = length.dt.total_seconds()
    closure = raw["UniqueID" if "UniqueID" in raw else "chamID"].astype(str)
    return pd.DataFrame(columns).assign(closure=closure, time=pd.to_datetime(raw["POSIX.time"]), analyser="A")


@pytest.mark.parametrize("name", IMPORTS)
def test_no_real_file_is_refused(name: str, reference: Path) -> None:
    result = checks.run(real(reference / f"oracles/flux/goflux/imports/{name}.csv", IMPORTS[name]))
    assert result.refused.empty, [p.say("what", "en") for p in result.problems]


@pytest.mark.parametrize("name", ["UGGA", "G2201i"])
def test_measurements_fitted_by_others_are_not_refused(name: str, reference: Path) -> None:
    result = checks.run(real(reference / f"oracles/flux/goflux/input_manID.{name}.csv", 1.0))
    assert result.problems == []


@pytest.mark.parametrize("name", ["LI8100", "LI8150", "LI8250"])
def test_cubic_centimetres_taken_for_litres_are_refused(name: str, reference: Path) -> None:
    """The reference import gives these volumes in cm3 and its flux a thousand times too large."""
    result = checks.run(real(reference / f"oracles/flux/goflux/imports/{name}.csv", 1.0))
    (problem,) = [p for p in result.problems if p.level == "error"]
    assert (problem.code, problem.values["factor"]) == ("E-CHAMBER-VOLUME-UNIT", "0.001")
    assert set(result.refused["reason"]) == {"volume_unit"}


def test_vials_are_not_refused_and_their_hours_are(reference: Path) -> None:
    """N2O in mg N m-3, here per mole of air at 20 degC and 101.325 kPa; time in hours."""
    folder = reference / "data/chamber_gasfluxes"
    raw = pd.read_csv(folder / "fluxMeas.csv")
    raw = raw[~raw["serie"].isin(pd.read_csv(folder / "series_excluded_from_oracle.csv")["serie"])]
    per_mole = 8.314462618 * 293.15 / 101325 / 28.0134e3 * 1e9
    frame = pd.DataFrame(
        {
            "closure": raw["serie"],
            "elapsed_time": raw["time"] * 3600,
            "n2o_mole_fraction": raw["C"] * per_mole,
            "chamber_volume": raw["V"] * 1000,
            "chamber_area": raw["A"],
            "chamber_temperature": 20.0,
            "chamber_pressure": 101.325,
        }
    )
    assert checks.run(frame).problems == []
    hours = checks.run(frame.assign(elapsed_time=raw["time"]))
    assert [p.code for p in hours.problems] == ["E-CHAMBER-TIME-UNIT"]
