"""RothC and Millennial V2 against their authors' runs, and steady states; exit code 1 when one is beyond its limit.

HALOSINK_REFERENCE=FOLDER python validation/model_cores.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import run
from halosink.model.cores import rothc_moisture
from halosink.model.cores.millennial import POOLS, run_days
from halosink.model.cores.rothc import INERT, ROTHC
from halosink.model.cores.rothc_salt import ROTHC_SALT
from halosink.model.functions.salt_response import salt_factor
from halosink.model.parameters import merged, middle
from halosink.model.steady import steady

RAIN = [74, 59, 62, 51, 52, 57, 34, 55, 58, 56, 75, 71]
PAN = [8, 10, 27, 49, 83, 99, 103, 91, 69, 34, 16, 8]
FACTORS = {
    "bare": (0.0, [1, 1, 1, 1, 1, 0.8388, 0.8388, 0.8388, 1, 1, 1, 1]),
    "covered": (1.0, [1, 1, 1, 1, 1, 0.7585, 0.2, 0.2, 0.4001, 1, 1, 1]),
}
STEADY = [1.56401446, 461.25956, 3.83636273, 4109.13027, 1403.52052]


def judged(what: str, found: float, limit: float) -> bool:
    print(f"{what}: {found:.3g} (at most {limit:g}) {'met' if found <= limit else 'NOT met'}")
    return found <= limit


def rothc(reference: Path) -> bool:
    own, forcing, site, want = worlds.rothc_example(reference)
    p = merged(ROTHC.parameters, own)
    years = reference.joinpath("data", "model_rothc_py", "year_results.csv").read_text(encoding="utf-8").splitlines()
    first = 100.0 * jnp.asarray([float(v) for v in years[1].split(",")[2:7]])[:, None]
    got = run(ROTHC, jax.tree.map(lambda a: a[12:], forcing), site, p, first, jnp.zeros(1)).pools[:, :, 0] / 100.0
    fine = judged("RothC, 828 months, largest deviation of a pool [t C ha-1]", float(np.abs(got - want).max()), 1e-10)
    found = steady(ROTHC, jax.tree.map(lambda a: a[:12], forcing), site, p, *ROTHC.start(site, p, 1), INERT)
    total = float(found.pools.sum()) / 100.0
    fine &= judged(f"RothC, steady state {total:.9f}, deviation [t C ha-1]", abs(total - 37.21118427), 1e-7)
    for name, (cover, listed) in FACTORS.items():
        largest, deficit, factors = rothc_moisture.largest_deficit(23.4, 23.0), jnp.asarray(0.0), []
        for rain, pan in zip(RAIN, PAN, strict=True):
            deficit = rothc_moisture.next_deficit(deficit, rain - 0.75 * pan, largest, jnp.asarray(cover))
            factors.append(float(rothc_moisture.moisture_factor(deficit, largest)))
        off = float(np.abs(np.array(factors) - listed).max())
        fine &= judged(f"RothC, moisture factors of {name} soil, largest deviation", off, 5e-5)
    return fine


def salt() -> bool:
    p = middle(ROTHC_SALT.parameters)
    losses = 1 - salt_factor(jnp.array([-2.3, -8.0]), p["half_activity_potential"], p["salt_steepness"])
    fine = True
    for potential, loss, low, high in zip((-2.3, -8.0), losses, (0.28, 0.64), (0.45, 0.86), strict=True):
        met = bool(low <= loss <= high)
        fine &= met
        print(f"salt, loss at {potential} MPa: {loss:.3f} (measured {low} to {high}) {'met' if met else 'NOT met'}")
    return fine


def millennial(reference: Path) -> bool:
    year, want = worlds.millennial_example(reference)
    p, ground = worlds.published_millennial()
    series = (jnp.asarray(s) for s in np.tile(year, (10, 1)).T)
    got = run_days(jnp.ones((5, 1)), *series, ground, 0.6, p)[:, 0]
    off = np.abs(np.asarray(got) / want[-1] - 1)
    fine = judged("Millennial V2, day 3650, largest relative deviation of a pool", float(off.max()), 1e-10)
    core, cycle = worlds.daily_millennial(ground), worlds.daily_forcing(year)
    found = steady(core, cycle, worlds.site(), p, jnp.ones((5, 1)), jnp.zeros(1))
    print("  " + ", ".join(f"{n} {float(v):.9g}" for n, v in zip(POOLS, found.pools[:, 0], strict=True)))
    off = np.abs(np.asarray(found.pools[:, 0]) / STEADY - 1)
    fine &= judged(
        "Millennial V2, steady year, largest relative deviation (listed to 9 digits)", float(off.max()), 2e-9
    )
    return fine


def main() -> int:
    folder = os.environ.get("HALOSINK_REFERENCE")
    if not folder:
        print("HALOSINK_REFERENCE is not set: the authors' runs are not here")
        return 1
    results = [rothc(Path(folder)), salt(), millennial(Path(folder))]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
