"""Soil CO2 flux of four drylands: respiration alone against respiration with an abiotic part, on held-out weeks.

    python validation/carbonate_soils.py REFERENCE [--seed 1] [--repeats 5]

REFERENCE holds data/soilresp_cosore (bondlamberty2020). No outcome is expected: the table says what came out. Each
chamber has its own parameters; errors are pooled over the chambers of a site; weeks are the blocks of both the hold-out
and the intervals. Two forms of respiration are tried as rivals, the second with a temperature sensitivity that
follows moisture, so that the abiotic part does not win by default of a weak rival.

Llano de los Juanes is measured by the gradient method, whose flux is computed with a diffusivity that follows
temperature and moisture: it is no independent witness. San Joaquin Marsh is a wetland and its record holds moistures of
-0.6, which are left out. Times are local standard time or within an hour of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import pandas as pd

from halosink.chamber.carbonate.two_part import TwoPart, two_part

SITES = {
    "d20200423_OYONARTE": "Agua Amarga (chamber, 2 ports, 30 min)",
    "d20200423_SANCHEZ-CANETE": "Llano de los Juanes (GRADIENT, 3 ports, 30 min)",
    "d20190617_SCOTT_WHS": "Walnut Gulch shrubland (chamber, 8 ports, 2 h)",
    "d20190409_ANJILELI": "San Joaquin Marsh (chamber, 1 port, 3 min)",
}
NAMES = {
    "CSR_PORT": "port",
    "CSR_TIMESTAMP_BEGIN": "time",
    "CSR_FLUX_CO2": "co2_flux",
    "CSR_SM5": "soil_moisture",
    "CSR_T5": "soil_temperature",
}


def load(folder: Path) -> pd.DataFrame:
    """One data set of COSORE with the names of the vocabulary; impossible moisture is missing, fluxes are untouched."""
    frame = pd.read_csv(folder / "data.csv.gz", usecols=list(NAMES)).rename(columns=NAMES)
    frame["time"] = pd.to_datetime(frame["time"])
    frame["soil_moisture"] = frame["soil_moisture"].where(frame["soil_moisture"] >= 0)
    return frame


def show(title: str, found: TwoPart, seconds: float) -> None:
    row = found.comparison.iloc[0]
    print(f"{title}: {row['n']} fluxes of {row['series']} series in {row['weeks']} weeks, {seconds:.1f} s")
    print(
        f"  negative fluxes {row['negative']:.1%} (day {row['negative_day']:.1%}, night {row['negative_night']:.1%})"
        + (f"; left out: {', '.join(found.left_out['series'])}" if len(found.left_out) else "")
    )
    print(
        f"  RMSE on held-out weeks: mean {row['rmse_mean']:.4f}, respiration {row['rmse_biotic']:.4f}, "
        f"lagged {row['rmse_lagged']:.4f}, two-part {row['rmse_two_part']:.4f} umol m-2 s-1; "
        f"skill {row['skill_biotic']:.3f} -> {row['skill_two_part']:.3f}"
    )
    print(
        f"  two-part minus respiration {row['difference']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}], "
        f"{row['percent']:+.2f} % [{row['percent_low']:+.2f}, {row['percent_high']:+.2f}], "
        f"better in {row['wins']:.0%} of repeats: {row['against_biotic']}"
    )
    print(
        f"  two-part minus lagged {row['lag_difference']:+.4f} [{row['lag_low']:+.4f}, {row['lag_high']:+.4f}]: "
        f"{row['against_lag']}"
    )
    print(
        f"  abiotic share of gross exchange {row['abiotic_share']:.1%} [{row['abiotic_share_low']:.1%}, "
        f"{row['abiotic_share_high']:.1%}], its mean {row['abiotic_mean']:+.4f} umol m-2 s-1"
    )
    print(f"  verdict: {row['verdict']}\n", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    known = os.environ.get("HALOSINK_REFERENCE")
    parser.add_argument("reference", type=Path, nargs="?", default=known, help="default: HALOSINK_REFERENCE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    if options.reference is None:
        parser.error("name the folder of reference data, or set HALOSINK_REFERENCE")
    options.reference = Path(options.reference)
    verdicts = []
    for name, title in SITES.items():
        frame = load(options.reference / "data/soilresp_cosore" / name)
        for varying in (False, True):
            started = time.perf_counter()
            found = two_part(frame, seed=options.seed, repeats=options.repeats, varying_sensitivity=varying)
            form = "sensitivity follows moisture" if varying else "fixed sensitivity"
            show(f"{title}, {form}", found, time.perf_counter() - started)
            verdicts.append((title, form, found.verdict))
            if not varying:
                numbers = found.parameters.round(3)
                print(
                    numbers.to_string(index=False, columns=["series", "parameter", "value", "low", "high", "unit"]),
                    "\n",
                )
    for title, form, verdict in verdicts:
        print(f"{title:50s} {form:30s} {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
