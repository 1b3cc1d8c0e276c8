"""Plants, their salt, amendments and interventions: published curves, budgets, prior-predictive experiments.

    python validation/model_plants.py [DRAWS]

DRAWS: prior draws of the robustness run (default 10000). Processes of plants, litter, harvest, amendments and biochar
alone, under conditions that stand still. Ends with exit code 1 when a line is missed; lines without a bound are told.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_plant_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.functions import plant_stress as stress
from halosink.model.interventions import World, apply, effects, interventions
from halosink.model.parameters import draw
from halosink.model.tier import Tier, run

MISSED: list[str] = []
NACL = 58.44
"""g mol-1"""


def line(what: str, value: object, met: bool | None = None) -> None:
    mark = "     " if met is None else "ok   " if met else "MISS "
    print(f"{mark}{what:92} {value}")
    if met is False:
        MISSED.append(what)


def solve(of: Tier, given: Any, site: Any, values: Any, held: Any, keep: tuple[str, ...] = ()) -> Any:
    return jax.jit(lambda f, s, v, h: run(of, f, s, v, h, keep))(given, site, values, held)


def curves() -> None:
    off = {}
    for crop, known in stress.CROPS.items():
        half, s = stress.half_yield(known)
        ends = [half * (1 / y - 1) ** (1 / np.exp(s * half)) for y in (0.7, 0.3)]
        off[crop] = 40.0 / (ends[1] - ends[0]) / known.slope - 1.0
        off[crop] = float(off[crop])
    usual = [v for v in off.values() if abs(v) < 0.05]
    line(
        "Steppuhn's curve: crops whose slope about half yield is the tabled one within 5 %", f"{len(usual)}/{len(off)}"
    )
    line("  the others (s C50 above 1.5)", ", ".join(f"{k} {v:+.0%}" for k, v in off.items() if abs(v) >= 0.05))
    worst = max(
        abs(float(stress.salt_response(jnp.asarray(h), h, s * h)) - 0.5)
        for h, s in map(stress.half_yield, stress.CROPS.values())
    )
    line("  yield at C50 = 0.988 (0.5 / b + Ct) - 0.252: largest difference to one half", f"{worst:.0e}", worst < 1e-12)
    values = worlds.drawn(worlds.tier(), 10_000)
    zero = stress.salt_response(jnp.zeros(10_000), values["plant_half_salinity"], values["plant_salt_steepness"])
    line(
        "no salt: factor of glycophytes, least and most of 10,000 draws",
        f"{zero.min()} {zero.max()}",
        bool((zero == 1).all()),
    )
    ec = jnp.linspace(0.0, 100.0, 10_001)
    at = worlds.middles(worlds.tier())
    names = ("halophyte_base", "halophyte_optimum", "halophyte_excess", "plant_salt_steepness")
    best = float(ec[jnp.argmax(stress.halophyte_response(ec, *(at[n] for n in names)))])
    line(
        "Suaeda: best conductivity of the soil water; 200 mmol L-1 NaCl is 19.9 [dS m-1]",
        f"{best:.1f}",
        abs(best - 19.9) < 0.5,
    )


def robust(draws: int) -> None:
    random = np.random.default_rng(3)
    of = worlds.tier(
        ec=jnp.asarray(random.lognormal(2, 1.2, draws)),
        ph=jnp.asarray(random.uniform(6, 11, draws)),
        moisture=jnp.asarray(random.uniform(0.0, 0.47, draws)),
        temperature=jnp.asarray(random.uniform(0, 4, draws)),
    )
    shape = (24, draws)
    given = worlds.forcing(
        24,
        harvest=random.choice([0.0, 0.0, 0.3, 1.0], shape),
        tillage=random.uniform(0, 3, shape),
        **{
            n: random.uniform(0, 400, shape) * (random.random(shape) < 0.1)
            for n in ("residue", "manure", "compost", "biochar")
        },
    )
    done = solve(of, given, worlds.site(random.uniform(0, 1, draws)), worlds.drawn(of, draws), worlds.stocks(draws))
    every = [np.asarray(v) for v in done.stocks.values()]
    bad = sum(int((~np.isfinite(v)).sum()) for v in every)
    line(f"{draws} prior draws, 24 months: stocks not finite", bad, bad == 0)
    least = min(float(v.min()) for v in every)
    line("  least stock", f"{least:.1e}", least >= 0.0)
    closed(done, worlds.stocks(draws), "  largest budget error over 24 months, of stock and throughput", 1e-13)


def closed(done: Any, held: Any, what: str, bound: float) -> None:
    after = {name: series[-1] for name, series in done.stocks.items()}
    for kind, names in (("carbon", worlds.CARBON), ("salt", worlds.SALT), ("sodium", worlds.SODIUM)):
        gain = np.asarray(worlds.total(after, names) - worlds.total(held, names))
        through = np.asarray(worlds.total(held, names)) + sum(
            np.abs(np.asarray(v)).sum(axis=0) for (_, s, t), v in done.moved.items() if s in names or t in names
        )
        error = float(np.max(np.abs(gain - worlds.into(done.moved, names, {"air", "brought", "taken"})) / through))
        line(f"{what}: {kind}", f"{error:.1e}", error < bound)


def century() -> None:
    of = worlds.tier(ec=8.0)
    given = worlds.forcing(1200, harvest=np.where(np.arange(1200) % 12 == 9, 0.6, 0.0), manure=np.full(1200, 10.0))
    held = worlds.stocks(200)
    done = solve(of, given, worlds.site(0.5), worlds.drawn(of, 200), held)
    closed(done, held, "budget error over 100 years, 200 draws", 1e-10)


def slopes() -> None:
    of, held = worlds.tier(ec=12.0, ph=8.9, moisture=0.21), worlds.stocks()
    given = worlds.forcing(24, **{n: np.full(24, 8.0) for n in ("residue", "manure", "compost", "biochar")})
    values = {n: jnp.asarray(v) for n, v in worlds.middles(of).items()}

    def measured(v: Any) -> Any:
        after = run(of, given, worlds.site(0.4), v, held).stocks
        return sum(after[n][-1].sum() * (1.0 + 0.1 * i) for i, n in enumerate((*worlds.CARBON, "shoot_salt")))

    count, worst = jax.jit(measured), 0.0
    for name, slope in jax.jit(jax.grad(measured))(values).items():
        step = 1e-5 * max(abs(float(values[name])), 1e-2)
        high, low = (count(values | {name: values[name] + d}) for d in (step, -step))
        there = float(high - low) / (2 * step)
        worst = max(worst, abs(float(slope) - there) / max(abs(there), 1.0))
    line(
        f"derivatives to {len(values)} parameters: largest relative difference to finite differences",
        f"{worst:.0e}",
        worst < 1e-5,
    )


def halophytes(draws: int = 5000) -> None:
    """Growth of a year of halophytes over that of other plants on the same soil."""
    risen = []
    for ec in (0.0, 2.0, 4.0, 8.0, 16.0, 32.0):
        of = worlds.tier(ec=ec)
        values = worlds.drawn(of, draws)
        grown = [
            np.asarray(
                solve(of, worlds.forcing(), worlds.site(h), values, worlds.stocks(draws), ("production",)).conditions[
                    "production"
                ]
            ).sum(axis=0)
            for h in (0.0, 1.0)
        ]
        ratio = grown[1] / np.maximum(grown[0], 1e-9)
        low, middle, high = np.quantile(ratio, (0.05, 0.5, 0.95))
        risen.append(float((ratio > 1).mean()))
        line(
            f"halophytes at ECe {ec:g} dS m-1: growth and soil input over that of others; share of draws that rise",
            f"{middle:.2f} ({low:.2f} to {high:.2f}); {risen[-1]:.0%}",
        )
    line(
        "halophyte planting does not always raise input: both signs at some salinity",
        "",
        any(0.05 < r < 0.95 for r in risen),
    )
    line("  falls in most draws without salt, rises in most at 32 dS m-1", "", risen[0] < 0.5 < risen[-1])


def salt_taken(draws: int = 5000) -> None:
    """A stand of Suaeda that grows 700 g C m-2 of shoots in its season and is mown."""
    of = worlds.tier()
    held = worlds.stocks(draws)
    held = held | {n: jnp.zeros(draws) for n in ("shoot", "shoot_salt", "shoot_sodium")}
    held = held | {"salt": 3.0 * held["salt"], "sodium": 3.0 * held["sodium"]}
    values = worlds.drawn(of, draws) | {"plant_salt_response": 0.0, "halophyte_vigour": 1.0}
    months = np.arange(12)
    grow = np.where((months >= 4) & (months <= 9), 700.0 / 6.0 / 0.6, 0.0)
    given = worlds.forcing(12, potential_production=grow, harvest=np.where(months == 9, 1.0, 0.0))
    done = solve(of, given, worlds.site(1.0), values, held)
    kilograms = np.asarray(done.moved["harvest", "shoot_salt", "taken"]).sum(axis=0) * NACL * 10.0
    low, middle, high = np.quantile(kilograms, (0.05, 0.5, 0.95))
    line(
        "salt that harvest of Suaeda takes; measured 120 to 460 and 3749 to 3911 [kg ha-1 yr-1 as NaCl]",
        f"{middle:.0f} ({low:.0f} to {high:.0f})",
        bool(low < 3911.0 and high > 3749.0),
    )


def biochar(draws: int = 2000) -> None:
    of = worlds.tier().without("production", "plant_salt", "litterfall")
    given = worlds.forcing(1201, biochar=np.eye(1, 1201)[0] * 1000.0)
    for kind, values, lanes in (("middle", worlds.middles(of), 1), ("prior", worlds.drawn(of, draws), draws)):
        done = solve(of, given, worlds.site(), values, worlds.stocks(lanes))
        left = np.asarray(done.stocks["biochar"] + done.stocks["biochar_labile"]).sum(axis=1) / 1000.0
        for years in (1, 10, 100):
            want = 0.03 * np.exp(-365.25 * years / 108.0) + 0.97 * np.exp(-years / 556.0)
            low, middle, high = np.quantile(left[12 * years - 1], (0.05, 0.5, 0.95))
            shown = f"{middle:.4f}" if kind == "middle" else f"{middle:.2f} ({low:.2f} to {high:.2f})"
            met = bool(abs(middle - want) < 1e-9) if kind == "middle" else bool(low < want < high)
            line(f"biochar left after {years} years, {kind}; Wang 2016 gives {want:.4f}", shown, met)


def each(draws: int = 1000) -> None:
    """Carbon that comes to litter and soil in ten years with each intervention, less that without."""
    months = 120
    of = worlds.tier(ec=8.0)
    extra = {n: jnp.asarray(v) for n, v in draw(effects(), draws, 1).items()}
    given = worlds.forcing(months, harvest=np.where(np.arange(months) % 12 == 8, 0.5, 0.0))
    base = World(given, worlds.site(), worlds.drawn(of, draws) | extra)

    def comes(world: World) -> Any:
        done = solve(of, world.forcing, world.site, world.parameters, worlds.stocks(draws))
        moved = {k: np.asarray(v).sum(axis=0) for k, v in done.moved.items()}
        soil = set(worlds.CARBON) - {"shoot"}
        return sum(v for (_, s, t), v in moved.items() if t in soil and s in {"air", "brought", "shoot"})

    without = comes(base)
    for name in interventions():
        change = (comes(apply(base, name)) - without) / 1000.0
        low, middle, high = np.quantile(change, (0.05, 0.5, 0.95))
        line(
            f"{name} at ECe 8: carbon into litter and soil [t C ha-1 yr-1]",
            f"{middle:+.2f} ({low:+.2f} to {high:+.2f})",
        )


def main() -> int:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    parts: tuple[Callable[[], None], ...] = (
        curves,
        lambda: robust(draws),
        century,
        slopes,
        halophytes,
        salt_taken,
        biochar,
        each,
    )
    for part in parts:
        part()
    print(f"missed: {', '.join(MISSED)}" if MISSED else "all met")
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
