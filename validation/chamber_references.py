"""Fluxes of chambers against the values of other software: goFlux, gasfluxes and LI-COR's own.

    python validation/chamber_references.py REFERENCE

REFERENCE: folder with data/ and oracles/ (default: HALOSINK_REFERENCE). Ends with exit code 1 when a line of the table
is missed. For each line: how many values there are, how many lie within the tolerance, the largest relative deviation.
A line of which nothing is asked is told only; what it means stands below the table.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from chamber_series import batch_of, gasfluxes, goflux
from halosink.chamber import Options, air, fluxes
from halosink.chamber.flux.refusals import refusals
from halosink.chamber.models import detection, hutchinson_mosier, kappa_max, robust, straight
from halosink.chamber.models.stepwise_search import EVALUATIONS, unfinished
from halosink.read import instruments

GOFLUX_GAS_CONSTANT, LICOR_GAS_CONSTANT = 8.314, 8.314
# smallest flux told from none (mg N m-2 h-1) and duration (h) of the guide of gasfluxes
DETECTABLE, DURATION = 0.031, 1.0


class Line(NamedTuple):
    what: str
    tolerance: float
    share: float
    number: int
    within: int
    largest: float

    @property
    def met(self) -> bool:
        return self.within >= self.share * self.number and self.number > 0


def compare(what: str, ours: ArrayLike, theirs: ArrayLike, tolerance: float, share: float = 1.0) -> Line:
    """Over the values that they have; one that we lack is not within."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    known = np.isfinite(theirs)
    off = np.abs(ours[known] - theirs[known]) / np.abs(theirs[known])
    return Line(what, tolerance, share, int(known.sum()), int((off <= tolerance).sum()), float(np.nanmax(off)))


def of_goflux(reference: Path) -> tuple[list[Line], list[str]]:
    closures = goflux(reference)
    expected, batch, a = closures.expected, closures.batch, closures.air
    moles = air.moles_per_area(
        a["Vtot"], a["Area"] / 1e4, a["Tcham"], a["Pcham"], a["water"], gas_constant=GOFLUX_GAS_CONSTANT
    )
    line = straight.fit(batch)
    duration = batch.time.max(axis=1) + 1
    most = kappa_max.rate_max(line.slope, detection.from_precision(expected["prec"], duration), duration)
    curve = hutchinson_mosier.fit(batch, most)
    stopped = (expected["HM.RMSE"] > expected["LM.RMSE"]).to_numpy()
    found = expected[~stopped]
    theirs = unfinished(batch, line, curve, most).slope
    lines = [
        compare("goFlux moles of dry air", moles, expected["flux.term"], 1e-9),
        compare("goFlux linear flux", line.slope * moles, expected["LM.flux"], 1e-9),
        compare("goFlux linear, standard error (peer rounds)", line.slope_error * moles, expected["LM.SE"], 1e-7),
        compare("goFlux HM flux, all closures", curve.slope * moles, expected["HM.flux"], 1e-4, share=0.0),
        compare("  where its search found a minimum", (curve.slope * moles)[~stopped], found["HM.flux"], 1e-4),
        compare("  with its search, 400 evaluations", theirs * moles, expected["HM.flux"], 1e-4),
        compare("goFlux HM standard error", (curve.slope_error * moles)[~stopped], found["HM.SE"], 1e-4),
        compare("goFlux HM AICc", curve.aicc[~stopped], found["HM.AICc"], 1e-4),
        compare("goFlux HM rate", curve.rate[~stopped], found["HM.k"], 2e-4),
    ]
    notes = [
        f"{row['name']}: goFlux HM {row['HM.flux']:.6g} has RMSE {row['HM.RMSE']:.6g}, worse than {row['LM.RMSE']:.6g} "
        f"of its own line (its search ended after {EVALUATIONS} evaluations); ours is the line, "
        f"{curve.slope[i] * moles[i]:.6g}"
        for i, row in expected[stopped].iterrows()
    ]
    return lines, notes


def through_fluxes(reference: Path) -> tuple[list[Line], list[str]]:
    """The closures of goFlux through chamber.fluxes, with the precision and so the limit of the rate that it took.

    Water vapour stands in the column of CO2, as the peer takes it per mole of moist air. The peer took cm3 for litres
    in two files, which is refused here: these volumes are given a thousandth, and the fluxes multiplied.
    """
    closures = goflux(reference)
    expected, batch, a = closures.expected, closures.batch, closures.air
    found: dict[str, list[float]] = {"linear_flux": [], "least_squares": [], "goflux": []}
    for i, row in expected.iterrows():
        gas = "ch4" if "CH4" in row["name"] else "co2"
        scale = 1000.0 if a["Vtot"][i] / a["Area"][i] > 1 else 1.0
        seconds, value = batch.time[i, batch.valid[i]], batch.value[i, batch.valid[i]]
        frame = pd.DataFrame({"elapsed_time": seconds, f"{gas}_mole_fraction": value}).assign(
            closure="a",
            chamber_volume=a["Vtot"][i] / scale,
            chamber_area=a["Area"][i] / 1e4,
            chamber_temperature=a["Tcham"][i],
            chamber_pressure=a["Pcham"][i],
            h2o_mole_fraction=a["water"][i],
        )
        for search in ("least_squares", "goflux"):
            options = Options("whole", gas_constant=GOFLUX_GAS_CONSTANT, precision={gas: row["prec"]}, search=search)
            one = fluxes(frame, options).set_index("gas").loc[gas]
            found[search].append(scale * one["hmr_flux"])
        found["linear_flux"].append(scale * one["linear_flux"])
    return [
        compare("goFlux linear flux, by chamber.fluxes", found["linear_flux"], expected["LM.flux"], 1e-9),
        compare("goFlux HM flux, by chamber.fluxes", found["least_squares"], expected["HM.flux"], 1e-4, share=0.0),
        compare("  the same with search goflux", found["goflux"], expected["HM.flux"], 1e-4),
    ], []


def of_gasfluxes(reference: Path) -> tuple[list[Line], list[str]]:
    vials = gasfluxes(reference)
    expected, height = vials.expected, vials.height
    line, sturdy = straight.fit(vials.batch), robust.fit(vials.batch)
    curve = hutchinson_mosier.fit(vials.batch)
    most = kappa_max.rate_max(line.slope * height, DETECTABLE, DURATION, uptake=False)
    flux, model = kappa_max.choose(
        line.slope * height, sturdy.slope * height, curve.slope * height, curve.slope_error * height, curve.rate, most
    )
    names = {"linear": kappa_max.LINEAR, "robust linear": kappa_max.ROBUST, "HMR": kappa_max.CURVE, "error": ""}
    bends = model == kappa_max.CURVE
    same = model == expected["kappamax_method"].map(names).to_numpy()
    lines = [
        compare("gasfluxes linear flux", line.slope * height, expected["linear.f0"], 1e-9),
        compare("gasfluxes linear standard error", line.slope_error * height, expected["linear.f0.se"], 1e-9),
        compare("gasfluxes linear p", line.p_value, expected["linear.f0.p"], 1e-9),
        compare("gasfluxes robust flux", sturdy.slope * height, expected["robust.linear.f0"], 1e-9),
        compare("gasfluxes robust standard error", sturdy.slope_error * height, expected["robust.linear.f0.se"], 1e-9),
        compare("gasfluxes robust p", sturdy.p_value, expected["robust.linear.f0.p"], 1e-9),
        compare("gasfluxes HMR flux", curve.slope * height, expected["HMR.f0"], 0.01, 0.98),
        Line("gasfluxes kappa.max method", 0, 1.0, len(same), int(same.sum()), float(1 - same.mean())),
        compare("gasfluxes kappa.max flux, curves", flux[bends], expected["kappamax_flux"][bends], 0.01),
        compare("gasfluxes kappa.max flux, lines", flux[~bends], expected["kappamax_flux"][~bends], 1e-9),
    ]
    off = np.abs(curve.slope * height / expected["HMR.f0"] - 1)
    both = np.isfinite(off.to_numpy()) & curve.curved
    theirs = expected["HMR.RSE"][both] * np.sqrt((curve.n[both] - 3) / curve.n[both])
    better = int((curve.rmse[both] <= theirs).sum())
    none = expected["HMR.f0"].isna().to_numpy()
    bent, straightened, step = (int((none & x).sum()) for x in (curve.curved, curve.rate == 0, np.isnan(curve.rate)))
    notes = [
        f"gasfluxes HMR off by more than 1 %: {', '.join(expected.index[off > 0.01]) or 'none'}",
        f"gasfluxes HMR: ours has the smaller sum of squares in {better} of {both.sum()}; median deviation of the flux "
        f"{off.median():.1e} (the peer ends its search early)",
        f"gasfluxes HMR without a value there: {none.sum()}; ours is a curve in {bent}, the line (no curve is better) "
        f"in {straightened}, none (a step, or too few readings) in {step}",
    ]
    return lines, notes


def of_refusals(reference: Path) -> tuple[list[Line], list[str]]:
    folder = reference / "data/chamber_gasfluxes"
    data = pd.read_csv(folder / "fluxMeas.csv")
    listed = set(pd.read_csv(folder / "series_excluded_from_oracle.csv")["serie"])
    found = refusals(data["serie"], data["time"], data["C"], data["V"], data["A"])
    wrong = len(listed ^ set(found))
    line = Line("gasfluxes invalid series refused, no other", 0, 1.0, len(listed), len(listed) - wrong, float(wrong))
    return [line], [f"refused {name}: {', '.join(reasons)}" for name, reasons in found.items()]


def of_licor(reference: Path) -> tuple[list[Line], list[str]]:
    """The instrument's own straight line: dead band, initial pressure, water and temperature as its file has them."""
    ours, theirs = [], []
    for name in ("LI8100", "LI8150"):
        frame = instruments.read(reference / f"oracles/flux/format_samples/goFlux/{name}/{name}.81x")
        for told in frame.attrs["vendor"]:
            one = frame[frame["closure"] == told["closure"]]
            one = one[one["elapsed_time"].between(told["deadband"], told["closure_length"])]
            line = straight.fit(batch_of([(one["elapsed_time"], one["co2_mole_fraction"])]))
            moles = air.moles_per_area(
                told["total_volume"],
                told["area"],
                told["initial_temperature"],
                told["initial_pressure"],
                told["initial_water"],
                gas_constant=LICOR_GAS_CONSTANT,
            )
            ours.append(float(line.slope[0] * moles))
            theirs.append(told["linear_flux"])
    printed = pd.read_csv(reference / "oracles/flux/vendor_licor/licor_81x_vendor_fluxes.csv")["vendor_Lin_Flux"]
    return [
        compare("LI-COR linear flux in the .81x files", ours, theirs, 0.01),
        compare("LI-COR linear flux as listed", ours, printed, 0.01),
    ], []


def main(reference: Path) -> int:
    lines: list[Line] = []
    notes: list[str] = []
    for part in (of_goflux, through_fluxes, of_gasfluxes, of_refusals, of_licor):
        some, said = part(reference)
        lines, notes = lines + some, notes + said
    print(f"{'':48}{'tolerance':>10}{'asked':>7}{'values':>8}{'within':>8}{'largest':>10}")
    for line in lines:
        print(
            f"{line.what:48}{line.tolerance:10.0e}{line.share:7.0%}{line.number:8}{line.within:8}{line.largest:10.1e}"
            f"  {'told' if not line.share else 'met' if line.met else 'MISSED'}"
        )
    print(*notes, sep="\n")
    return int(not all(line.met for line in lines))


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("HALOSINK_REFERENCE")
    if not folder:
        sys.exit("Name the folder of reference data, or set HALOSINK_REFERENCE.")
    sys.exit(main(Path(folder)))
