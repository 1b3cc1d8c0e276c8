"""The monthly tier at 1,000 plots: plot-years per CPU-second, cost of the gradient, time to compile, and where it goes.

    python benchmarks/model_monthly.py [profile]

Every lane has its own parameters from the priors. The peer is RothC alone, batched in the same process: what a month
of one first-order carbon model costs here. Stocks are kept at the ends of years. `profile` takes each process out in
turn. CPU time, best of several, with one thread of XLA: see halosink.model.compiling.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("PJRT_NPROC", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_monthly_worlds as worlds
from halosink.model import core
from halosink.model.arrays import jax, jnp
from halosink.model.compiling import FAST
from halosink.model.cores.rothc import ROTHC
from halosink.model.monthly import CALIBRATED, MONTHLY
from halosink.model.parameters import draw
from halosink.model.tier import Tier, run

LANES, YEARS, TARGET = 1000, 10, 2e5
FLOOR = """
  Arithmetic alone asks for this many times the forward run: the month twice more, then its terms backwards. What lies
  above is memory. Kept for a whole month, terms for the way back are 18 kB a lane, and the gradient took 10.9 x; worked
  out again process by process (compiling.again) they fit the cache better: 7 to 9 x. Without any jax.checkpoint
  34 x."""
jit = partial(jax.jit, compiler_options=FAST)


def seconds(work: Callable[[], Any], rounds: int = 7) -> float:
    found = []
    for _ in range(rounds):
        start = time.process_time()
        jax.block_until_ready(work())
        found.append(time.process_time() - start)
    return min(found)


def last(tier: Tier, values: Any, held: Any, every: int = 12) -> Any:
    done = run(tier, worlds.weather(YEARS), worlds.soil(), values, held, every=every)
    return {n: v[-1] for n, v in done.stocks.items()}


def built(work: Any, *given: Any) -> tuple[Any, float, float]:
    """(compiled, CPU-seconds, wall seconds) with tracing."""
    cpu, wall = time.process_time(), time.perf_counter()
    done = work.lower(*given).compile()
    return done, time.process_time() - cpu, time.perf_counter() - wall


def counted(compiled: Any) -> dict[str, float]:
    """What XLA counts of the body of the loop, for each lane."""
    cost = compiled.cost_analysis()
    cost = cost[0] if isinstance(cost, list) else cost
    return {n: cost[n] / LANES for n in ("flops", "transcendentals", "bytes accessed") if n in cost}


def rothc() -> float:
    values = {n: jnp.asarray(v) for n, v in draw(ROTHC.parameters, LANES, 1).items()}
    pools, memory = ROTHC.start(worlds.soil(), values, LANES)
    weather, soil = worlds.weather(YEARS), worlds.soil()
    work = jit(lambda p: core.run(ROTHC, weather, soil, p, pools, memory).pools[-1])
    jax.block_until_ready(work(values))
    return LANES * YEARS / seconds(lambda: work(values))


def profile(values: Any, held: Any, whole: float) -> None:
    print("share of the time saved by leaving out (with what needs it):")
    groups = {
        "capillary": ("capillary",), "gypsum": ("gypsum",), "acidity": ("acidity",),
        "exchange, acidity, structure": ("exchange", "acidity", "structure"),
        "plant_salt": ("plant_salt",), "emissions": ("emissions", "carbonate"), "carbonate": ("carbonate",),
        "dormancy": ("dormancy",), "aggregation": ("aggregation",), "biochar": ("biochar",),
        "all carbon": ("dormancy", "biochar", "decomposition", "litter", "sorption", "microbes", "aggregation",
                       "dissolved", "emissions", "carbonate"),
    }  # fmt: skip
    for name, out in groups.items():
        tier = MONTHLY.without(*out)
        work = jit(lambda p, s, tier=tier: last(tier, p, s))
        jax.block_until_ready(work(values, held))
        spent = seconds(lambda work=work: work(values, held), 4)
        print(f"    {name}: {100 * (1 - spent / whole):.0f} %", flush=True)


def main() -> int:
    values, held = worlds.values(LANES), worlds.stocks(LANES)
    forward, cpu, wall = built(jit(lambda p, s: last(MONTHLY, p, s)), values, held)
    spent = seconds(lambda: forward(values, held))
    rate, peer = LANES * YEARS / spent, rothc()
    print(f"monthly tier, {LANES} lanes, float64: {rate:,.0f} plot-years per CPU-second (target {TARGET:,.0f})")
    print(f"RothC alone, same lanes: {peer:,.0f}; a plot-year of the tier costs {peer / rate:.0f} of RothC")
    print(f"compiling: {wall:.1f} s wall, {cpu:.1f} CPU-s (target 20)")
    per = counted(forward)
    print("XLA, for each lane and month: " + ", ".join(f"{n} {v:,.0f}" for n, v in per.items()))
    chosen = {n: values[n] for n in CALIBRATED}

    def total(some: Any, s: Any) -> Any:
        return sum(v.sum() for v in last(MONTHLY, {**values, **some}, s, 1).values())

    slope, cpu, wall = built(jit(jax.grad(total)), chosen, held)
    ratio = seconds(lambda: slope(chosen, held), 4) / spent
    print(f"gradient of {len(CALIBRATED)} parameters: {ratio:.1f} x forward (target 6)")
    print(f"compiling the gradient: {wall:.1f} s wall, {cpu:.1f} CPU-s")
    most = counted(slope)
    print("  over forward: " + ", ".join(f"{n} {most[n] / v:.1f} x" for n, v in per.items()) + FLOOR)
    if "profile" in sys.argv[1:]:
        profile(values, held, spent)
    return 0


if __name__ == "__main__":
    sys.exit(main())
