"""RothC and Millennial at 1,000 lanes beside a plain Python month loop and scipy's LSODA: plot-years per CPU-second.

    python benchmarks/model_cores.py

Every lane has its own parameters from the priors. The plain loop holds the same published equations as the official
RothC_Py without its tables, files and radiocarbon (which did about 640 plot-years per CPU-second), so it is a much
faster peer. LSODA solves Millennial at rtol 1e-6 with forcing straight between days. CPU time, best of several.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_core_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.core import Core, run
from halosink.model.cores.millennial import MILLENNIAL, run_days
from halosink.model.cores.rothc import ROTHC
from halosink.model.cores.rothc_salt import ROTHC_SALT
from halosink.model.parameters import draw, middle
from model_core_peers import millennial_scipy, rothc_loop

LANES, OFFICIAL = 1000, 640.0


def seconds(work: Callable[[], Any], rounds: int = 5) -> float:
    found = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def monthly(core: Core, years: int) -> tuple[float, float, float]:
    """(plot-years per CPU-second, seconds to compile, gradient over forward)"""
    p = {n: jnp.asarray(v) for n, v in draw(core.parameters, LANES, 1).items()}
    site, forcing = worlds.site(), worlds.climate(12 * years)
    pools, memory = core.start(site, p, LANES)

    def end(p: Any) -> Any:
        return run(core, forcing, site, p, pools, memory).pools[-1].sum()

    forward, slope = jax.jit(end), jax.jit(jax.value_and_grad(end))
    before = time.perf_counter()
    jax.block_until_ready(forward(p))
    compiled = time.perf_counter() - before
    jax.block_until_ready(slope(p))
    spent = seconds(lambda: jax.block_until_ready(forward(p)))
    return LANES * years / spent, compiled, seconds(lambda: jax.block_until_ready(slope(p)), 3) / spent


def daily(year: np.ndarray, years: int) -> float:
    p = {n: jnp.asarray(v) for n, v in draw(MILLENNIAL.parameters, LANES, 1).items()}
    _, ground = worlds.published_millennial()
    series = [jnp.asarray(s) for s in np.tile(year, (years, 1)).T]
    work = jax.jit(lambda p, t, w, c: run_days(jnp.ones((5, LANES)), t, w, c, ground, 0.6, p))
    jax.block_until_ready(work(p, *series))
    return LANES * years / seconds(lambda: jax.block_until_ready(work(p, *series)))


def main() -> int:
    t = np.arange(1200)
    months = np.column_stack(
        [10 - 8 * np.cos(t * np.pi / 6), np.full(1200, 58.0), 50 - 45 * np.cos(t * np.pi / 6), np.full(1200, 0.2)]
        + [np.zeros(1200), (t % 12 > 3) * 1.0, np.full(1200, 1.44)]
    ).tolist()
    loop = 100 / seconds(lambda: rothc_loop(months, [0.3, 5.0, 1.0, 20.0, 3.0], 23.4, 23.0))
    print(f"plain Python loop of RothC: {loop:,.0f} plot-years per CPU-second (official: about {OFFICIAL:.0f})")
    for core, years in ((ROTHC, 100), (ROTHC_SALT, 100), (MILLENNIAL, 20)):
        rate, compiled, ratio = monthly(core, years)
        beside = "" if core is MILLENNIAL else f"; {rate / loop:,.0f} x plain loop, {rate / OFFICIAL:,.0f} x official"
        print(
            f"{core.name}, months, {LANES} lanes: {rate:,.0f}{beside}; compile {compiled:.1f} s; gradient {ratio:.1f} x"
        )
        if core is MILLENNIAL:
            of_months = rate
    year, p = worlds.daily_year(), middle(MILLENNIAL.parameters) | {"porosity": 0.6}
    peer = 2 / seconds(lambda: millennial_scipy(year, 2, p, 68800.0, [1.0] * 5), 3)
    rate = daily(year, 10)
    print(f"solve_ivp LSODA of Millennial: {peer:,.1f}")
    print(f"millennial, days as published, {LANES} lanes: {rate:,.0f}; {rate / peer:,.0f} x LSODA")
    print(f"millennial, months: {of_months / peer:,.0f} x LSODA")
    return 0


if __name__ == "__main__":
    sys.exit(main())
