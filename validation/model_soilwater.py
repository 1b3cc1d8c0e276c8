"""Water, salt and sodium of the monthly tier: kept to the last gram, sound for any draw, and near published rules.

    python validation/model_soilwater.py [DRAWS]

DRAWS: draws of the priors in each kind of harsh weather (10000). Ends with exit code 1 when a line is missed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_soilwater_worlds as worlds
from halosink.model.arrays import jax, jnp
from halosink.model.functions.hydraulics import air_entry, exponent, rise
from halosink.model.functions.osmotic import conductivity, potential
from halosink.model.parameters import draw
from halosink.model.tier import run

CONSERVED = (("water",), ("salt", "gypsum"), ("sodium", "exchangeable_sodium"))
SODIUM_CHLORIDE = ((10, 1.176, 0.046), (50, 5.49, 0.231), (100, 10.52, 0.461), (200, 19.90, 0.922), (500, 44.84, 2.305))
"""mmol L-1, dS m-1 and MPa by PHREEQC."""


class Lines:
    """What was asked, what was found, whether it was met; told as it comes."""

    def __init__(self) -> None:
        self.missed = 0

    def tell(self, what: str, found: str, met: bool | None = None) -> None:
        self.missed += met is False
        mark = {True: "met   ", False: "MISSED", None: "      "}[met]
        print(f"{mark}  {what}: {found}", flush=True)


def off(first: Any, done: Any, names: tuple[str, ...]) -> tuple[float, float]:
    """Largest error of a month over stock plus throughput, and of all months over all throughput."""
    held = sum(np.concatenate([first[n].sum(0)[None], done.stocks[n].sum(1)]) for n in names)
    crossed = np.asarray(sum(worlds.across(done, n) for n in names))
    moved = np.asarray(sum(worlds.through(done, n) for n in names))
    month = np.abs((np.diff(held, axis=0) - crossed) / (held[1:] + moved)).max()
    whole = np.abs((held[-1] - held[0] - crossed.sum(0)) / (held[-1] + moved.sum(0))).max()
    return float(month), float(whole)


def closure(lines: Lines) -> None:
    soil = worlds.site()
    forcing = worlds.seasons(
        1200, 450, 1200, groundwater_depth=1.6, groundwater_salt=80.0, groundwater_sodium=0.7, irrigation=15.0,
        irrigation_salt=10.0, irrigation_sodium=0.5, gypsum=10.0,
    )  # fmt: skip
    first = worlds.stocks(soil)
    done = worlds.go(worlds.TIER, forcing, soil, worlds.MIDDLE, first)
    for names in CONSERVED:
        month, whole = off(first, done, names)
        lines.tell(
            f"{' + '.join(names)} closed to 1e-13 a month and 1e-10 over 100 years",
            f"{month:.1e}, {whole:.1e}",
            month < 1e-13 and whole < 1e-10,
        )


def harsh(lines: Lines, draws: int) -> None:
    values = {n: jnp.asarray(v) for n, v in draw(worlds.TIER.parameters, draws, 7).items()}
    for kind in ("saline", "leached", "still", "rainless"):
        soil, forcing, first = worlds.harsh(kind, draws, 60)
        start = time.process_time()
        done = worlds.go(worlds.TIER, forcing, soil, values, first)
        jax.block_until_ready(done.stocks)
        spent = time.process_time() - start
        finite = all(bool(jnp.all(jnp.isfinite(v))) for v in (done.stocks | done.conditions).values())
        least = min(float(v.min()) for v in done.stocks.values())
        worst = max(off(first, done, names)[0] for names in CONSERVED)
        lines.tell(
            f"{draws} draws, {kind}, 60 months: finite, not negative, closed",
            f"finite {finite}, least {least:.1e}, closure {worst:.1e}; {spent:.0f} CPU-s with compiling",
            finite and least >= 0 and worst < 1e-13,
        )


def ponding(lines: Lines, draws: int = 500) -> None:
    values = {n: jnp.asarray(v) for n, v in draw(worlds.TIER.parameters, draws, 7).items()}
    for label, layers in (("three layers", (0.1, 0.2, 0.7)), ("ten layers", (0.1,) * 10)):
        soil = worlds.site(layers)
        first = worlds.stocks(soil, draws, mmolc=200.0, sodium=0.5, esp=10.0)
        done = worlds.go(worlds.WATER_AND_SALT, worlds.weather(4, irrigation=250.0), soil, values, first)
        gone = 1.0 - np.asarray(done.stocks["salt"][-1].sum(0) / first["salt"].sum(0))
        low, mid, high = np.quantile(gone, [0.05, 0.5, 0.95])
        lines.tell(
            f"1 m of water ponded on 1 m of loam ({label}) takes 70 to 80 % of its salt; prior median and 90 %",
            f"{mid:.0%} ({low:.0%} to {high:.0%}); C/C0 = K with K of 0.1 to 0.3 is 70 to 90 %",
            bool(0.70 <= mid <= 0.90),
        )


def table_depth(lines: Lines) -> None:
    scale = draw(worlds.TIER.parameters, 2000, 7)["air_entry_scale"]
    for label, clay, sand, ks in (("sand", 5.0, 90.0, 1500.0), ("loam", 20.0, 40.0, 100.0), ("clay", 55.0, 20.0, 15.0)):
        depth = np.linspace(0.3, 8.0, 1541)[:, None]
        daily = rise(jnp.array(ks), exponent(jnp.array(clay)), scale * air_entry(jnp.array(sand)), jnp.asarray(depth))
        critical = depth[np.argmax(np.asarray(daily) < 1.0, axis=0), 0]
        middle = float(rise(jnp.array(ks), exponent(jnp.array(clay)), air_entry(jnp.array(sand)), jnp.array(1.75)))
        low, mid, high = np.quantile(critical, [0.05, 0.5, 0.95])
        met = bool(1.2 < mid < 2.6) if label == "loam" else None
        lines.tell(
            f"rise falls below 1 mm a day at about 1.75 m in {label}",
            f"at {mid:.2f} m ({low:.2f} to {high:.2f}); {middle:.2f} mm a day at 1.75 m",
            met,
        )


def steady(lines: Lines) -> None:
    soil, values = worlds.site(), {**worlds.MIDDLE, "leaching_efficiency": 1.0, "osmotic_weight": 0.0}
    forcing = worlds.weather(3000, irrigation=120.0, irrigation_salt=8.0, potential_evaporation=100.0, cover=0.9)
    done = worlds.go(worlds.WATER_AND_SALT, forcing, soil, values, worlds.stocks(soil))
    down, found = (np.asarray(done.conditions[n])[-1, :, 0] for n in ("water_down", "salt_concentration"))
    fraction = down / float(done.moved[("water", "brought", "water")][-1, 0])
    error = np.abs(found * fraction / 8.0 - 1.0).max()
    shown = ", ".join(f"{c:.1f} at {f:.2f}" for c, f in zip(found, fraction, strict=True))
    lines.tell("steady C = C of irrigation over leaching fraction", f"{shown}; error {error:.1e}", bool(error < 1e-6))


def solution(lines: Lines) -> None:
    mmolc = jnp.array([float(row[0]) for row in SODIUM_CHLORIDE])
    ec, psi = conductivity(mmolc), -potential(mmolc, worlds.MIDDLE["osmotic_slope"])
    errors = [
        (float(e) / row[1] - 1, float(p) / row[2] - 1) for e, p, row in zip(ec, psi, SODIUM_CHLORIDE, strict=True)
    ]
    shown = ", ".join(f"{row[0]}: {e:+.0%} {p:+.0%}" for row, (e, p) in zip(SODIUM_CHLORIDE, errors, strict=True))
    lines.tell("EC and osmotic potential of NaCl within 16 %", shown, max(abs(x) for e in errors for x in e) < 0.16)


def speed(lines: Lines) -> None:
    soil, forcing = worlds.site(), worlds.seasons(240, 450, 1200, groundwater_depth=1.6, groundwater_salt=80.0)
    first = worlds.stocks(soil, 1000)
    plain = jax.jit(lambda s: run(worlds.TIER, forcing, soil, worlds.MIDDLE, s).stocks["salt"][-1].sum())
    spent = []
    for _ in range(4):
        start = time.process_time()
        plain(first).block_until_ready()
        spent.append(time.process_time() - start)
    lines.tell(
        "plot-years per CPU-second of the seven processes at 1,000 plots",
        f"{20 * 1000 / min(spent[1:]):.1e}, compiled in {spent[0] - min(spent[1:]):.1f} CPU-s",
    )


def main() -> int:
    lines = Lines()
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    closure(lines)
    solution(lines)
    steady(lines)
    ponding(lines)
    table_depth(lines)
    speed(lines)
    harsh(lines, draws)
    return int(lines.missed > 0)


if __name__ == "__main__":
    sys.exit(main())
