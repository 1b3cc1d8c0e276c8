"""Marginal distribution sampling of every record against the printed output of REddyProc and of ONEFlux's gf_mds.

    python validation/eddy_filling.py [REFERENCE]

REFERENCE: folder with oracles/flux (default: HALOSINK_REFERENCE). Wanted: NEE in the ONEFlux convention within 1e-4,
all in the REddyProc convention within 1e-6, and the same number of records, method, window and quality everywhere.
gf_mds prints six significant digits, so that beside the difference stands how many of its printed values are ours,
printed alike. Ends with exit code 1 when a line is missed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from halosink.eddy.filling.fill import fill_gaps

FOLDER = "oracles/flux"
NAMES = {
    "NEE": "nee",
    "LE": "latent_heat_flux",
    "H": "sensible_heat_flux",
    "Rg": "shortwave_radiation",
    "Tair": "air_temperature",
    "VPD": "vapour_pressure_deficit",
}


def tower(reference: Path) -> pd.DataFrame:
    raw = pd.read_csv(reference / FOLDER / "reddyproc_detha98/input_Example_DETha98.csv.gz")
    table = raw[list(NAMES)].rename(columns=NAMES).astype(float)
    table["vapour_pressure_deficit"] /= 10
    table["time"] = pd.date_range("1998-01-01", periods=len(table), freq="30min", unit="s")
    return table


def compare(
    title: str, ours: pd.DataFrame, theirs: pd.DataFrame, names: Mapping[str, str], limit: float, factor: float = 1.0
) -> bool:
    """Prints one line. names: our columns and theirs; the first two are compared as numbers, the rest as classes."""
    numbers, classes = list(names.items())[:2], list(names.items())[2:]
    rows = theirs[names["sd"]].notna().to_numpy()
    gaps = rows & (ours["source"] != "measured").to_numpy()
    off = {mine: np.abs(ours[mine] * factor - theirs[other]).to_numpy() for mine, other in numbers}
    worst = {mine: float(np.max(values[rows], initial=0.0)) for mine, values in off.items()}
    filled = float(np.max(off["estimate"][gaps], initial=0.0))
    unlike = sum(int((ours[mine] != theirs[other])[rows].sum()) for mine, other in classes)
    same_rows = bool((ours["estimate"].notna().to_numpy() == theirs[names["estimate"]].notna().to_numpy())[rows].all())
    fine = max(*worst.values(), filled) <= limit and not unlike and same_rows
    print(
        f"{'ok  ' if fine else 'MISS'} {title}: {gaps.sum()} gaps, largest difference {filled:.1e}; all {rows.sum()} "
        f"records {worst['estimate']:.1e}, sd {worst['sd']:.1e} (wanted {limit:g}); "
        f"count, method, window, quality unlike: {unlike}"
    )
    return fine


def printed_alike(ours: pd.Series, theirs: pd.Series) -> str:
    """Share of values that, printed with six significant digits, read the same."""
    alike = [f"{a:.6g}" == f"{b:.6g}" for a, b in zip(ours, theirs, strict=True)]
    return f"{sum(alike)} of {len(alike)}"


def main() -> int:
    reference = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HALOSINK_REFERENCE"])
    table = tower(reference)
    fine = []
    names = {"estimate": "HAT", "sd": "STDDEV", "count": "SAMPLE", "method": "METHOD", "window_days": "TIMEWINDOW",
             "quality": "QC"}  # fmt: skip
    for case in ("uStar0.41625", "noUstar"):
        file = reference / FOLDER / f"oneflux_detha98/o_{case}/in_mds_{case}_mds.csv.gz"
        theirs = pd.read_csv(file).replace(-9999, np.nan)
        ours = fill_gaps(table.assign(nee=theirs["NEE"]), "nee", convention="oneflux", filler="mds")
        fine.append(compare(f"ONEFlux, NEE {case}", ours, theirs, names, 1e-4))
        print(
            f"     read the same in print: {printed_alike(ours['estimate'], theirs['HAT'])} estimates, "
            f"{printed_alike(ours['sd'], theirs['STDDEV'])} sd"
        )
    cases = [("uStarAnnual", "NEE_uStar", "NEE"), ("noUstar", "NEE", "NEE"), ("LE_H", "LE", "LE"), ("LE_H", "H", "H"),
             ("noUstar", "Rg", "Rg"), ("noUstar", "Tair", "Tair"), ("noUstar", "VPD", "VPD")]  # fmt: skip
    for which, name, variable in cases:
        file = reference / FOLDER / f"reddyproc_detha98/results_{which}.csv.gz"
        theirs = pd.read_csv(file, low_memory=False)
        field, factor = NAMES[variable], 10.0 if variable == "VPD" else 1.0
        given = table.assign(**{field: theirs[f"{name}_orig"] / factor})
        flux = variable in ("NEE", "LE", "H")
        ours = fill_gaps(given, field, convention="reddyproc", filler="mds", every=flux)
        names = {"estimate": f"{name}_fall", "sd": f"{name}_fsd", "count": f"{name}_fnum", "method": f"{name}_fmeth",
                 "window_days": f"{name}_fwin", "quality": f"{name}_fqc"}  # fmt: skip
        fine.append(compare(f"REddyProc, {name} ({which})", ours, theirs, names, 1e-6, factor))
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
