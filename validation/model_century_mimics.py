"""CENTURY and MIMICS against their published equations, scipy, the authors' run, conservation and finite differences.

Run: python validation/model_century_mimics.py
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import Core, run
from halosink.model.cores.century import CENTURY, Litter, decompose
from halosink.model.cores.mimics import HOURS, MIMICS, START, STEPS, advance, kinetics, productivity_factor
from halosink.model.parameters import draw, middle
from halosink.model.steady import steady
from model_century_peers import (
    AUTHORS,
    AUTHORS_METABOLIC,
    century_factor,
    century_matrix,
    mimics_change,
    mimics_setting,
    slopes_off,
)

CENTURY_START = np.array([150.0, 200.0, 40.0, 30.0, 50.0, 200.0, 3000.0, 2500.0])


def say(what: str, found: object) -> None:
    print(f"{what:<88} {found}")


def percent(off: np.ndarray, names: tuple[str, ...]) -> str:
    return ", ".join(f"{n} {100 * v:.2g}" for n, v in zip(names, off, strict=True))


def century_against_scipy() -> None:
    """A seasonal year with litter: the core, and scipy's integral of the same equations month by month."""
    p, site, forcing = middle(CENTURY.parameters), worlds.site(), worlds.climate()
    metabolic = 0.85 - 0.018 * p["lignin_nitrogen"]
    lignin = p["lignin"] / (1.0 - metabolic)
    exact, by_steps, wet = CENTURY_START.copy(), CENTURY_START.copy(), 30.0
    for month in range(12):
        t, rain, demand = (float(series[month]) for series in forcing[:3])
        a = century_matrix(century_factor(t, wet + rain, demand), lignin, 0.234, 0.3)
        plant = p["plant_share"] * float(forcing.potential_production[month])
        ground, soil = p["surface_share"] * plant, (1 - p["surface_share"]) * plant
        easy = metabolic
        b = np.array([(1 - easy) * ground, (1 - easy) * soil, easy * ground, easy * soil, 0, 0, 0, 0])
        exact = solve_ivp(
            lambda _, y, a=a, b=b: a @ y + 12 * b, (0, 1 / 12), exact, method="Radau", rtol=1e-11, atol=1e-11
        ).y[:, -1]
        for _ in range(4):
            by_steps = by_steps + a @ by_steps / 48 + b / 4
        wet = min(max(wet + rain - demand, 0.0), 51.0)
    ours = np.asarray(
        jax.jit(lambda: run(CENTURY, forcing, site, p, jnp.asarray(CENTURY_START)[:, None], jnp.array([30.0])))().pools
    )[-1, :, 0]
    say(
        "CENTURY, a year against matrices with the published steps, largest relative",
        f"{np.abs(ours / by_steps - 1).max():.1e}",
    )
    say("CENTURY, a year against scipy (Radau, rtol 1e-11), % of each pool: Euler's error", "")
    print("   ", percent(ours / exact - 1, CENTURY.pools), f"| total {100 * (ours.sum() / exact.sum() - 1):.2g}")
    a = century_matrix(0.6, 0.25, 0.18, 0.4)
    whole = solve_ivp(lambda _, y: a @ y, (0, 1 / 24), CENTURY_START, rtol=1e-12, atol=1e-12).y[:, -1]
    off = []
    for steps in (2, 4, 8, 16, 32):
        held = tuple(jnp.asarray(v) for v in CENTURY_START)
        for _ in range(steps):
            quality = Litter(jnp.asarray(0.5), jnp.asarray(0.25))
            held, _air = decompose(held, jnp.asarray(0.6), quality, 0.18, 0.4, 1 / 24 / steps, p)
        off.append(np.abs(np.array([float(v) for v in held]) / whole - 1).max())
    say("  half a month with 2, 4, 8, 16, 32 steps, largest relative", ", ".join(f"{v:.1e}" for v in off))


def mimics_against_scipy() -> None:
    p, site, forcing = middle(MIMICS.parameters), worlds.site(), worlds.climate()
    metabolic = 0.85 - 0.013 * p["lignin_nitrogen"]
    held = np.append(np.array(START) / 300, 0.0)
    for month in range(12):
        setting = mimics_setting(float(forcing.temperature[month]), 0.234, metabolic, 1.0)
        carbon = p["plant_share"] * float(forcing.potential_production[month]) / (300 * HOURS)
        held = solve_ivp(
            lambda _, y, s=setting, c=carbon: mimics_change(y, c, metabolic, s),
            (0, HOURS),
            held,
            method="DOP853",
            rtol=1e-12,
            atol=1e-14,
        ).y[:, -1]
    done = jax.jit(lambda: run(MIMICS, forcing, site, p, jnp.array(START)[:, None], jnp.zeros(1)))()
    off = np.append(np.asarray(done.pools[-1, :, 0]), float(done.respired.sum())) / (300 * held) - 1
    say(f"MIMICS, a year against scipy (DOP853, rtol 1e-12), {STEPS} steps a month, relative:", "")
    print("   ", ", ".join(f"{n} {v:.1e}" for n, v in zip((*MIMICS.pools, "CO2"), off, strict=True)))
    rates, setting = (
        kinetics(jnp.asarray(25.0), jnp.asarray(0.2), jnp.asarray(0.5), p),
        mimics_setting(25.0, 0.2, 0.5, 1.0),
    )
    first, brought = np.append(np.array(START) / 300, 0.0), np.array([0.475, 0.475, 0, 0, 0.025, 0.025, 0]) * 2e-4
    want = solve_ivp(
        lambda _, y: mimics_change(y, 2e-4, 0.5, setting), (0, HOURS), first, method="DOP853", rtol=1e-13, atol=1e-15
    ).y[:, -1]
    off = []
    for steps in (5, 10, 15, 30):
        state = tuple(jnp.asarray(v) for v in first)
        for _ in range(steps):
            state = advance(state, tuple(jnp.asarray(v) for v in brought), rates, HOURS / steps)
        off.append(np.abs(np.array([float(v) for v in state]) / want - 1).max())
    say("  a month at 25 degC with 5, 10, 15, 30 steps, largest relative", ", ".join(f"{v:.1e}" for v in off))


def mimics_authors() -> None:
    temperature, clay, production = (jnp.asarray(row) for row in zip(*(c for c, _ in AUTHORS), strict=True))
    p = middle(MIMICS.parameters) | {
        "turnover_modifier": productivity_factor(production),
        "lignin_nitrogen": (0.85 - AUTHORS_METABOLIC) / 0.013,
        "plant_share": 0.0,
    }
    forcing = worlds.forcing()._replace(
        temperature=jnp.broadcast_to(temperature, (12, 3)),
        residue=jnp.broadcast_to(production / 8760 * HOURS, (12, 3)),
    )
    theirs = np.array([pools for _, pools in AUTHORS]).T
    site, start = worlds.site()._replace(clay=100 * clay), 1000 * jnp.asarray(theirs)
    found = jax.jit(lambda: steady(MIMICS, forcing, site, p, start, jnp.zeros(3)))()
    ours = np.asarray(found.pools) / 1000
    worst, rest = 0.0, 0.0
    for lane, (climate, pools) in enumerate(AUTHORS):
        modifier = float(productivity_factor(jnp.asarray(climate[2])))
        setting = mimics_setting(climate[0], climate[1], AUTHORS_METABOLIC, modifier)
        y, carbon = np.array(pools) / 0.3, climate[2] / 8760 / 300

        def off(logs: np.ndarray, s: object = setting, c: float = carbon) -> np.ndarray:
            at = np.exp(logs)
            return 1e3 * mimics_change(at, c, AUTHORS_METABOLIC, s)[:7] / at

        rest = max(rest, np.abs(mimics_change(y, carbon, AUTHORS_METABOLIC, setting)[:7]).max())
        want = 0.3 * np.exp(fsolve(off, np.log(y), xtol=1e-13))
        worst = max(worst, np.abs(ours[:, lane] / want - 1).max())
    say("MIMICS, steady state against scipy's fsolve of separate equations, largest relative", f"{worst:.1e}")
    say(
        "MIMICS, steady state against the authors' default run (3 sites), largest relative",
        f"{np.abs(ours / theirs - 1).max():.1e}",
    )
    say("  change left in the authors' answer [mg cm-3 h-1] (their solver's tolerance: 1e-6)", f"{rest:.1e}")


def random_forcing(lanes: int, months: int, seed: int) -> tuple[object, object, np.ndarray]:
    rng = np.random.default_rng(seed)
    clay = rng.uniform(0, 100, lanes)
    site = worlds.site()._replace(clay=jnp.asarray(clay), sand=jnp.asarray(rng.uniform(0, 1, lanes) * (100 - clay)))
    ends = {
        "temperature": (-40, 50),
        "precipitation": (0, 400),
        "potential_evaporation": (0, 300),
        "potential_production": (0, 300),
        "residue": (0, 500),
        "manure": (0, 500),
        "compost": (0, 300),
        "biochar": (0, 1000),
    }
    series = {
        n: jnp.asarray(rng.uniform(*e, (months, lanes)) * (rng.random((months, lanes)) > 0.2)) for n, e in ends.items()
    }
    zero = {n: jnp.zeros((months, lanes)) for n in worlds.forcing()._fields}
    start = 10 ** rng.uniform(-9, 5, (8, lanes)) * (rng.random((8, lanes)) > 0.1)
    return site, worlds.forcing()._replace(**(zero | series)), start


def robust(core: Core, lanes: int = 10_000, months: int = 24) -> None:
    p = {n: jnp.asarray(v) for n, v in draw(core.parameters, lanes, 21).items()}
    site, forcing, start = random_forcing(lanes, months, 22)
    first = jnp.asarray(start[: len(core.pools)])
    done = jax.jit(lambda: run(core, forcing, site, p, first, core.start(site, p, lanes)[1]))()
    held = np.concatenate([np.asarray(first)[None], np.asarray(done.pools)])
    brought = np.asarray(
        p["plant_share"] * forcing.potential_production
        + forcing.residue
        + forcing.manure
        + forcing.compost
        + forcing.biochar
    )
    total = held.sum(axis=1)
    off = np.abs(total[1:] - total[:-1] - brought + np.asarray(done.respired)) / (total[:-1] + brought + 1e-300)
    fine = np.isfinite(held).all() and np.isfinite(done.respired).all()
    say(
        f"{core.name}, {lanes} draws x {months} months of random forcing: finite, least pool",
        f"{fine}, {held.min():.1e}",
    )
    say("  carbon closed per month, relative to stock and input", f"{off.max():.1e}")


def gradients() -> None:
    forcing, site = worlds.climate(12), worlds.site()
    for core, start in ((CENTURY, CENTURY_START), (MIMICS, np.array(START))):

        def carbon(p: object, core: Core = core, start: np.ndarray = start) -> object:
            lanes = p["lignin_nitrogen"].shape
            held = jnp.broadcast_to(jnp.asarray(start)[:, None], (len(start), *lanes))
            return run(core, forcing, site, p, held, jnp.full(lanes, 30.0)).pools[-1].sum(axis=0)

        say(
            f"{core.name}, slopes in {len(core.parameters)} parameters against fourth-order differences, relative",
            f"{slopes_off(carbon, middle(core.parameters)):.1e}",
        )


def invaded(pools: np.ndarray, p: object) -> np.ndarray:
    """(2,) lanes where r, K microbes that are gone from a steady year would come back, so that it is not stable."""
    gone, forcing, site = pools[2:4] < 1e-3, worlds.climate(12), worlds.site()
    pools = pools.copy()
    pools[2:4] = np.where(gone, 1e-2, pools[2:4])

    def year(held: object, _: None) -> tuple[object, None]:
        return run(MIMICS, forcing, site, p, held, jnp.zeros(pools.shape[1])).pools[-1], None

    later = jax.jit(lambda held: jax.lax.scan(year, held, None, length=300)[0])(jnp.asarray(pools))
    return (gone & (np.asarray(later)[2:4] > 2e-2)).sum(axis=1)


def steady_cycles(lanes: int = 200) -> None:
    forcing, site = worlds.climate(12), worlds.site()
    for core in (CENTURY, MIMICS):
        p = {n: jnp.asarray(v) for n, v in draw(core.parameters, lanes, 5).items()}
        began = time.process_time()
        found = jax.jit(
            lambda core=core, p=p: steady(core, forcing, site, p, *core.start(site, p, lanes), settle=100)
        )()
        pools, change = np.asarray(found.pools), np.asarray(found.change)
        total = pools.sum(axis=0) / 1000
        say(
            f"{core.name}, steady year of {lanes} prior draws: found (change < 1e-12), carbon 5/50/95 % [kg C m-2]",
            f"{(change < 1e-12).sum()}, " + "/".join(f"{v:.2f}" for v in np.percentile(total, (5, 50, 95))),
        )
        if core is MIMICS:
            say("  of them without r, K microbes (below 1e-3 g C m-2)", (pools[2:4] < 1e-3).sum(axis=1).tolist())
            say("    of these, where 0.01 g C m-2 of them would grow within 300 years", invaded(pools, p).tolist())
        say("  CPU time with compilation [s]", f"{time.process_time() - began:.1f}")


if __name__ == "__main__":
    century_against_scipy()
    mimics_against_scipy()
    mimics_authors()
    robust(CENTURY)
    robust(MIMICS)
    gradients()
    steady_cycles()
