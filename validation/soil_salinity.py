"""Salt and alkali in soil: classes of survey horizons, coverage of the conversions, published examples,
marshes, two published experiments.

    python validation/soil_salinity.py REFERENCE

REFERENCE: folder with data/ (default: HALOSINK_REFERENCE). Ends with exit code 1 when a line is missed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from halosink.soil.salinity import (
    ClassOptions,
    classify,
    dissolved_solids,
    esp_from_sar,
    gypsum_of_sodium,
    leaching_requirement,
    osmotic_potential_of_ec,
    salinity_of_chloride,
    salinity_of_conductivity,
    saturation_extract_ec,
    sodium_adsorption_ratio,
    water_with_leaching,
)
from halosink.soil.salinity.exchangeable_sodium import esp_of_ratio
from halosink.soil.salinity.published_lines import extract_lines
from soil_salinity_data import ncss
from soil_salinity_worlds import WORLDS, inside

SEEDS = 300
LOW, HIGH = 91.0, 98.0


class Lines:
    """What was asked, what was found, whether it was met; told as it comes."""

    def __init__(self) -> None:
        self.missed = 0

    def tell(self, what: str, found: str, met: bool | None = None) -> None:
        self.missed += met is False
        mark = {True: "met   ", False: "MISSED", None: "      "}[met]
        print(f"{mark}  {what}: {found}")


def horizons(reference: Path, lines: Lines) -> None:
    frame = ncss(reference)
    start = time.perf_counter()
    found, problems = classify(frame, ClassOptions(draws=500))
    spent = time.perf_counter() - start
    classed, reasoned = found["ussl_class"] != "", found["reason"] != ""
    lines.tell(
        "every horizon has its class or the reason why not",
        f"{classed.sum()} of {len(found)} horizons have a USSL class, {(~classed & reasoned).sum()} a reason; "
        f"{spent:.1f} s",
        bool((classed | reasoned).all()),
    )
    both = (frame["in_tables"] == "both").sum()
    lines.tell("tables joined by sample", f"{both} horizons in both, {len(frame) - both} in one only")
    for column in ("ussl_class", "reason", "ece_class", "esp_class"):
        counts = found[column].replace("", "-").value_counts()
        lines.tell(column, ", ".join(f"{name} {number}" for name, number in counts.items()))
    chance = found.loc[classed, ["p_normal", "p_saline", "p_sodic", "p_saline_sodic"]].max(axis=1)
    lines.tell("horizons whose class has a probability below 0.8", f"{(chance < 0.8).sum()} of {classed.sum()}")
    naive = np.where(frame["ec_1_2"] > 4, "saline", "not saline")[classed]
    ours = np.where(found.loc[classed, "p_saline"] + found.loc[classed, "p_saline_sodic"] > 0.5, "saline", "not saline")
    lines.tell("horizons that EC of 1:2 read as ECe would call not saline, and are", f"{(naive != ours).sum()}")
    for problem in problems:
        lines.tell(problem.code, f"{problem.say('what', 'en')} ({problem.count} rows)")


def coverage(lines: Lines) -> None:
    """The 95 per cent interval of a conversion holds the value of a soil simulated apart from it."""
    for name, world in WORLDS.items():
        hits = [hit for seed in range(SEEDS) for hit in world(seed)]
        share = 100.0 * float(np.mean(hits))
        lines.tell(f"coverage of {name}, {SEEDS} seeds", f"{share:.1f} %", LOW <= share <= HIGH)
    for ratio in (1.0, 2.0, 2.5, 5.0):
        published = [line for line in extract_lines() if line.ratio == ratio]
        hits = []
        for study in {line.study for line in published}:
            others = tuple(line for line in published if line.study != study)
            at = np.array([0.5, 1.0, 2.0, 4.0, 8.0])
            for line in (line for line in published if line.study == study):
                texture = np.full(5, "" if line.texture == "any" else line.texture)
                if others:
                    hits += inside(
                        saturation_extract_ec(at, ratio, texture, draws=2000, lines=others), line.ece(at)
                    ).tolist()
        share = 100.0 * float(np.mean(hits))
        lines.tell(f"published lines 1:{ratio:g} from the other studies, values within 95 %", f"{share:.0f} %")


def published_points(lines: Lines) -> None:
    solution = np.array([1.176, 5.49, 10.52, 19.90, 44.84, 2.26])
    mass = np.array([10, 50, 100, 200, 500, 0]) * 58.44 + np.array([0, 0, 0, 0, 0, 15.09 * 136.14])
    held = inside(dissolved_solids(solution, draws=4000), mass)
    lines.tell("NaCl of 10 to 500 mmol/L and gypsum water (PHREEQC) in the interval of TDS", f"{held.sum()} of 6")
    sar = np.array([15.0, 30.0, 60.0, 100.0])
    songnen = 10.72 * np.log(sar) - 15.36
    ratio = 0.011 + 0.0072 * sar
    for name, esp in (("Songnen (chi2011esp)", songnen), ("Tabriz (tabriz_gapon)", 100 * ratio / (1 + ratio))):
        held = inside(esp_from_sar(sar, draws=4000), esp)
        lines.tell(f"ESP from SAR 15, 30, 60, 100, line of {name}, in the interval", f"{held.sum()} of 4")
    psi = np.array([-0.231, -0.461, -0.922, -2.305])
    held = inside(osmotic_potential_of_ec([5.49, 10.52, 19.90, 44.84], draws=4000), psi)
    lines.tell("osmotic potential of NaCl 50 to 500 mmol/L (PHREEQC) in that of the coefficient", f"{held.sum()} of 4")


def worked_examples(lines: Lines) -> None:
    """Examples that were read in the source that is named."""
    sar = float(sodium_adsorption_ratio(10.0, 4.0, 2.0))
    lines.tell("SAR, calculator_sar: 5.7735", f"{sar:.4f}", abs(sar - 5.7735) < 5e-5)
    ratio = -0.0126 + 0.01475 * 18.0
    esp = float(esp_of_ratio(18.0))
    lines.tell(
        "ESP of SAR 18, equation of Handbook 60 as in oklahoma_esp", f"{esp:.2f} %",
        abs(esp - 100 * ratio / (1 + ratio)) < 1e-9,
    )  # fmt: skip
    share = float(leaching_requirement(1.5, 6.0))
    water = float(water_with_leaching(76.0, share))
    lines.tell("leaching requirement, ali2011 example 8.6: 0.0526", f"{share:.4f}", abs(share - 0.0526) < 5e-5)
    lines.tell("water with leaching, ali2011 example 8.6: 80.22 cm", f"{water:.2f} cm", abs(water - 80.22) < 0.005)
    per = float(gypsum_of_sodium(1.0, 30.0, ALI_DENSITY))
    whole = float(gypsum_of_sodium(0.2 * 22.0, 40.0, ALI_DENSITY))
    lines.tell(f"gypsum, ali2011 example 8.7, soil of {ALI_DENSITY:g} g/cm3 (its 3.85 t): 22.58 t/ha",
               f"{per:.2f} t, {whole:.2f} t/ha", abs(whole - 22.58) < 0.1)  # fmt: skip
    acre = float(gypsum_of_sodium(1.0, 30.48, 4e6 * 0.45359237 / (4046.8564 * 0.3048) / 1000.0))
    tons = acre * 1000 / 0.45359237 / 2000 * 0.40468564
    lines.tell("gypsum, Handbook 60 as in ali2011: 1.7 tons per acre-foot", f"{tons:.2f}", abs(tons - 1.7) < 0.05)
    salt = float(salinity_of_conductivity(42.914, 15.0))
    lines.tell("salinity at conductivity ratio 1, unesco44: 35", f"{salt:.4f}", abs(salt - 35.0) < 1e-4)
    salt = float(salinity_of_conductivity(53.087))
    lines.tell("salinity at 53.087 dS/m and 25 degC, schemel2001: 35", f"{salt:.3f}", abs(salt - 35.0) < 0.02)
    salt = float(salinity_of_chloride(19374.0 * 1.023343))
    lines.tell("salinity at chlorinity 19.374 g/kg, iho_s32: 35", f"{salt:.4f}", abs(salt - 35.0) < 1e-3)
    lines.tell("not readable in any stored source", "example of maize in FAO 29, the Chinese book of 1993 itself")


ALI_DENSITY = 1.49
"""g/cm3 that the example's 3.85 t/ha per cmol/kg and 30 cm stand for."""


def bay(reference: Path, lines: Lines) -> None:
    """Classes of the water of 85 cores by two measurements, beside the class of their site."""
    raw = pd.read_csv(reference / "data/wetland_salinity_sfbay/SF_sal_meta_FIX3.5.txt", sep="\t")
    cores = raw.groupby(raw["Sample"].str[:-3]).first()
    frame = pd.DataFrame({"salinity_ppt": cores["Salinity.x"], "porewater_chloride": cores["Cl_pw"]})
    found, _ = classify(frame.reset_index(drop=True), ClassOptions(wetland=True))
    known, counts = found["wetland_class"] != "", found["wetland_class"].value_counts()
    lines.tell(
        "cores of the bay marshes with a class of the water", f"{known.sum()} of {len(cores)}", bool(known.all())
    )
    lines.tell("classes", ", ".join(f"{name} {number}" for name, number in counts.items()))
    apart = found["wetland_reason"].str.contains("water_apart").sum()
    lines.tell("cores whose porewater chloride falls into another class", f"{apart} of {cores['Cl_pw'].notna().sum()}")
    site = cores["SALTgroup"].map({"FW": "fresh", "Oligo": "oligohaline", "Meso": "mesohaline", "Poly": "polyhaline"})
    same = (site.to_numpy() == found["wetland_class"]).sum()
    lines.tell("cores in the class that their site has by its authors", f"{same} of {len(cores)}")


def tempest(reference: Path, lines: Lines) -> None:
    """DOC per wash against salt. One value per wash and strength: the washes of one series belong together."""
    data = pd.read_csv(reference / "data/salinity_doc_tempest/TEMPEST_lab_experiments_all_L2.csv")
    data["Treatment"] = pd.to_numeric(data["Treatment"], errors="coerce")
    for salt, known in (("NaCl", (9.0, 23.7)), ("ASW", (9.8, 15.0))):
        one = data[data["Exp_Type"] == salt]
        means = one.groupby("Treatment")["doc_mgperL"].mean()
        ends = (means.loc[0.0], means.loc[100.0])
        met = all(abs(a - b) < 0.06 for a, b in zip(ends, known, strict=True))
        lines.tell(f"{salt}: mean DOC at 0 and 100 %", f"{ends[0]:.2f} and {ends[1]:.2f} mg/L", met)
        washed = one[one["Timepoint"] > 0]
        wide = washed.pivot(index="Timepoint", columns="Treatment", values="doc_mgperL")
        series = wide.mean()
        fit = stats.linregress(np.log10(series.index.to_numpy() + 0.1), series)
        wider = stats.t.ppf(0.975, len(series) - 2) * fit.stderr
        lines.tell(
            f"{salt}: rise of DOC per tenfold strength, {len(series)} series",
            f"{fit.slope:.2f} mg/L ({fit.slope - wider:.2f} to {fit.slope + wider:.2f})",
            bool(fit.slope - wider > 0),
        )
        early, late = _log_ratio(wide.loc[[1, 2]]), _log_ratio(wide.loc[[3, 4, 5, 6]])
        lines.tell(f"{salt}: DOC at 100 % over 0 %, washes 1 and 2 (salt still there)", early)
        lines.tell(f"{salt}: the same, washes 3 to 6 (salt washed out)", late)


def _log_ratio(wide: pd.DataFrame) -> str:
    log = np.log(wide[100.0] / wide[0.0])
    half = stats.t.ppf(0.975, len(log) - 1) * log.std(ddof=1) / np.sqrt(len(log))
    low, high = np.exp(log.mean() - half), np.exp(log.mean() + half)
    return f"{np.exp(log.mean()):.2f} ({low:.2f} to {high:.2f}, t over {len(log)} washes)"


# solubility in mol/L per atm in fresh water at about 22 degC, two figures (own choice: enough to tell uM from nM)
HENRY = {"co2": 0.037, "ch4": 1.4e-3, "n2o": 0.027}
NAMED = {"co2": ("co2_uM", "uM", 1e6), "ch4": ("ch4_nM", "nM", 1e9), "n2o": ("n2o_uM", "uM", 1e6)}


def inundation(reference: Path, lines: Lines) -> None:
    folder = reference / "data/saltwater_incubation_ec1"
    master = pd.read_csv(folder / "230623_master_data.csv")
    co2 = master["co2_uM_hr"].dropna()
    found = (co2.mean(), co2.min(), co2.max())
    met = all(abs(a - b) < 0.005 for a, b in zip(found, (27.39, 5.307, 81.263), strict=True))
    lines.tell("CO2, mean (range), n", f"{found[0]:.2f} ({found[1]:.3f} to {found[2]:.3f}), {len(co2)}", met)
    gas = pd.read_csv(folder / "230623_ghg_final_dataset.csv")
    for name, (column, unit, scale) in NAMED.items():
        per_ppm = (gas[column] / gas[f"p{name}_ppm"]).median()
        ratio = per_ppm / (HENRY[name] * 1e-6 * scale)
        lines.tell(
            f"{column} is in {unit}: {per_ppm:.4g} per ppm over solubility", f"{ratio:.2f}", bool(0.6 < ratio < 1.4)
        )
        background = gas[column] - gas[f"{name}_uM_hr"] * gas["timespan_hr"]
        same = background.std() < 1e-6 * max(abs(background.mean()), 1e-9)
        lines.tell(
            f"{name}_uM_hr = ({column} - {background.mean():.4g} {unit}) / h, so its unit is {unit}/h",
            "as its heading says" if unit == "uM" else "NOT uM/h as its heading says: 1000 times less",
            bool(same),
        )
    oxygen = (master["do_uM_hr"] / master["do_mgL_hr"]).dropna()
    lines.tell(
        "do_uM_hr over do_mgL_hr, 1000 / 32",
        f"{oxygen.min():.3f} to {oxygen.max():.3f}",
        bool(np.allclose(oxygen, 31.25)),
    )


def main(argv: list[str]) -> int:
    place = argv[1] if len(argv) > 1 else os.environ.get("HALOSINK_REFERENCE", "")
    if not place:
        print(__doc__)
        return 2
    reference, lines = Path(place), Lines()
    steps: tuple[Callable[[], None], ...] = (
        lambda: horizons(reference, lines),
        lambda: coverage(lines),
        lambda: published_points(lines),
        lambda: worked_examples(lines),
        lambda: bay(reference, lines),
        lambda: tempest(reference, lines),
        lambda: inundation(reference, lines),
    )
    for step in steps:
        step()
        print()
    return int(lines.missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
