"""Soils simulated apart from the conversions, and whether the 95 per cent interval holds their values.

Each world draws, for one seed, studies or salts of its own, what a laboratory would read of the soil, and the value
sought; it gives for each sample whether the interval held it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from halosink.soil.salinity import (
    conductivity_of_solids,
    dissolved_solids,
    ec_of_salt,
    esp_from_sar,
    osmotic_potential_of_ec,
    salt_of_ec,
    saturation_extract_ec,
    saturation_sar,
    soil_solution_ec,
)
from halosink.soil.salinity.published_lines import Line

DRAWS = 1000
SAMPLES = 4


def inside(draws: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.bool_]:
    low, high = np.quantile(draws, [0.025, 0.975], axis=1)
    return (low <= truth) & (truth <= high)


def _readings(random: np.random.Generator) -> NDArray[np.float64]:
    return np.exp(random.uniform(np.log(0.3), np.log(8.0), SAMPLES))


def extract_1_5(seed: int) -> list[bool]:
    """A world of laboratories with factors about 7; twelve publish their line, the thirteenth is ours."""
    random = np.random.default_rng([seed, 1])
    slopes = np.exp(np.log(7.0) + 0.25 * random.standard_normal(13))
    lines = tuple(
        Line(f"study{i}", f"study{i}", 5.0, "linear", 0.0, float(s), "any", "", "", "")
        for i, s in enumerate(slopes[:12])
    )
    true = _readings(random)
    ece = true * slopes[12] * np.exp(0.15 * random.standard_normal(SAMPLES))
    read = true * np.exp(0.03 * random.standard_normal(SAMPLES))
    return inside(saturation_extract_ec(read, 5.0, draws=DRAWS, seed=seed, lines=lines), ece).tolist()


def extract_1_2(seed: int) -> list[bool]:
    """The same with three studies only, each of three textures with sandy soil a fifth above."""
    random = np.random.default_rng([seed, 2])
    slopes = np.exp(np.log(2.8) + 0.25 * random.standard_normal(4))
    step = {"coarse": 0.2, "medium": 0.0, "fine": -0.1}
    lines = tuple(
        Line(f"{i}{t}", f"study{i}", 2.0, "linear", 0.0, float(s * np.exp(d)), t, "", "", "")
        for i, s in enumerate(slopes[:3])
        for t, d in step.items()
    )
    texture = random.choice(list(step), SAMPLES)
    true = _readings(random)
    apart = np.array([step[t] for t in texture])
    ece = true * slopes[3] * np.exp(apart + 0.15 * random.standard_normal(SAMPLES))
    read = true * np.exp(0.03 * random.standard_normal(SAMPLES))
    return inside(saturation_extract_ec(read, 2.0, texture, draws=DRAWS, seed=seed, lines=lines), ece).tolist()


def paste_known(seed: int) -> list[bool]:
    """Soil whose paste water is known, diluted to 1:5 with a power of concentration and a spread of its own."""
    random = np.random.default_rng([seed, 3])
    paste = random.uniform(30.0, 80.0, SAMPLES)
    ece = _readings(random) * 8.0
    power, soil = 0.93 + 0.03 * random.standard_normal(), 0.1 * random.standard_normal()
    read = ece / ((200.0 / paste) ** power) * np.exp(-soil + 0.15 * random.standard_normal(SAMPLES))
    return inside(saturation_extract_ec(read, 2.0, None, paste, draws=DRAWS, seed=seed), ece).tolist()


def solution(seed: int) -> list[bool]:
    random = np.random.default_rng([seed, 4])
    paste, water, ece = random.uniform(30, 80, SAMPLES), random.uniform(0.1, 0.4, SAMPLES), _readings(random)
    power = 0.93 + 0.03 * random.standard_normal()
    true = ece * (paste / 100 / water) ** power * np.exp(0.03 * random.standard_normal(SAMPLES))
    return inside(soil_solution_ec(ece, paste, water, draws=DRAWS, seed=seed), true).tolist()


def _solids(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    random = np.random.default_rng([seed, 5])
    ec = _readings(random)
    share = np.clip(np.log(ec / 3.0) / np.log(10.0 / 3.0), 0.0, 1.0)
    scatter = 0.18 * random.standard_normal() + 0.08 * random.standard_normal(SAMPLES)
    return ec, np.exp((1 - share) * np.log(640.0) + share * np.log(800.0) + scatter) * ec


def solids(seed: int) -> list[bool]:
    ec, mass = _solids(seed)
    return inside(dissolved_solids(ec, draws=DRAWS, seed=seed), mass).tolist()


def conductivity(seed: int) -> list[bool]:
    ec, mass = _solids(seed)
    return inside(conductivity_of_solids(mass, draws=DRAWS, seed=seed), ec).tolist()


def _salt(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coasts of 3.2 g/kg per dS/m with the spread of salts, as 640 mg/L per dS/m in 5 kg of water gives."""
    random = np.random.default_rng([seed, 6])
    ec = _readings(random)
    return ec, 3.2 * ec * np.exp(0.15 * random.standard_normal() + 0.1 * random.standard_normal(SAMPLES))


def salt(seed: int) -> list[bool]:
    ec, content = _salt(seed)
    return inside(salt_of_ec(ec, draws=DRAWS, seed=seed), content).tolist()


def salt_ec(seed: int) -> list[bool]:
    ec, content = _salt(seed)
    return inside(ec_of_salt(content, draws=DRAWS, seed=seed), ec).tolist()


def sodium(seed: int) -> list[bool]:
    random = np.random.default_rng([seed, 7])
    sar, cations = random.uniform(3.0, 18.0, SAMPLES), np.exp(random.uniform(np.log(40), np.log(900), SAMPLES))
    power = np.log(0.0085 / 0.0163) / np.log(1057 / 39)
    slope = 0.0163 * (cations / 39.0) ** power * np.exp(0.2 * random.standard_normal())
    ratio = np.maximum(-0.0126 + 0.0126 * random.standard_normal() + slope * sar, 0.0)
    return inside(esp_from_sar(sar, cations, draws=DRAWS, seed=seed), 100 * ratio / (1 + ratio)).tolist()


def sar(seed: int) -> list[bool]:
    """Soils between pure dilution and seven times, the range of the two published cases taken as two deviations."""
    random = np.random.default_rng([seed, 9])
    middle, wide = np.sqrt(2.6 * 7.0), 0.35
    read = random.uniform(1.0, 30.0, SAMPLES)
    true = read * middle * np.exp(wide * random.standard_normal() + 0.2 * random.standard_normal(SAMPLES))
    return inside(saturation_sar(read, draws=DRAWS, seed=seed), true).tolist()


def osmosis(seed: int) -> list[bool]:
    random = np.random.default_rng([seed, 8])
    ec = _readings(random)
    truth = -(0.040 + 0.005 * random.standard_normal()) * ec
    return inside(osmotic_potential_of_ec(ec, draws=DRAWS, seed=seed), truth).tolist()


WORLDS: dict[str, Callable[[int], list[bool]]] = {
    "EC1:5 to ECe": extract_1_5,
    "EC1:2 to ECe by texture": extract_1_2,
    "EC1:2 to ECe with paste water": paste_known,
    "ECe to soil solution": solution,
    "EC to TDS": solids,
    "TDS to EC": conductivity,
    "EC1:5 to salt content": salt,
    "salt content to EC1:5": salt_ec,
    "SAR to ESP": sodium,
    "SAR of 1:5 to SAR of the paste": sar,
    "EC to osmotic potential": osmosis,
}
