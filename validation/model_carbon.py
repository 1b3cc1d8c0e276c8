"""The carbon processes of the monthly tier alone: conservation, bounds, derivatives, published responses.

    python validation/model_carbon.py

Water, salt and exchange are given (tests/model_carbon_world.py), parameters drawn from their priors: nothing here is
calibrated. Each line says "met" or "not met"; medians with the 5th and 95th percentile of the draws. Ends with exit
code 1 when conservation, bounds or derivatives fail; published responses that are not met are told, not hidden.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import model_carbon_world as world
from halosink.model.arrays import jax, jnp
from halosink.model.functions.salt_response import salt_factor
from halosink.model.processes import carbonate
from halosink.model.tier import month, run

DRAWS = 10_000
HARSH = {
    "-8 MPa, ECe 60, ESP 90, pH 10.8, 45 degC": (
        {"osmotic_potential": -8.0, "ec_paste": 60.0, "esp": 90.0, "dispersion": 1.0, "ph": 10.8},
        45.0,
    ),
    "no water, -60 MPa, 45 degC": ({"moisture": 0.0, "saturation": 0.0, "osmotic_potential": -60.0}, 45.0),
    "flooded, 800 mm through, 30 degC": ({"moisture": 0.47, "saturation": 1.0, "water_down": 800.0}, 30.0),
    "-20 degC": ({"osmotic_potential": -1.0}, -20.0),
}


def said(name: str, found: str, met: bool) -> bool:
    print(f"{'met' if met else 'NOT MET':8} {name}: {found}")
    return met


def spread(values: object, digits: int = 1) -> str:
    low, middle, high = np.percentile(np.asarray(values), [5, 50, 95])
    return f"{middle:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def one(values: dict[str, object], held: dict, parameters: dict, warmth: float, **site: object):
    model, here = world.tier({**world.FRESH, **values}), world.site(**site)
    forcing = world.first(world.forcing([warmth]))
    return jax.jit(lambda h, p: strip(month(model, h, forcing, here, p)))(held, parameters)


def strip(done):
    """A month without names, which JAX cannot carry; ledger as (sign of carbon gained, carried, left)."""
    signs = [(m.target in world.POOLS) * 1.0 - (m.source in world.POOLS) * 1.0 for m in done.moved]
    left = [jnp.zeros(()) if m.left is None else m.left for m in done.moved]
    gained = sum(s * m.total - x for s, m, x in zip(signs, done.moved, left, strict=True))
    through = sum(m.total + x for m, x in zip(done.moved, left, strict=True))
    return done.stocks, done.conditions, gained, through


def bounds() -> bool:
    parameters, fine = world.drawn(DRAWS), True
    starts = {"stocks": {}, "no stocks": dict.fromkeys(world.POOLS, 0.0), "no microbes": {"microbes": 0.0}}
    for name, (values, warmth) in HARSH.items():
        worst, good = 0.0, True
        for start in starts.values():
            held = world.stocks(DRAWS, **start)
            stocks, conditions, gained, through = one(values, held, parameters, warmth)
            before = sum(np.asarray(held[n]).sum(axis=0) for n in world.POOLS)
            change = sum(np.asarray(stocks[n] - held[n]).sum(axis=0) for n in world.POOLS)
            worst = max(worst, float(np.max(np.abs(change - gained) / (before + through + 1e-300))))
            good &= all(bool(jnp.isfinite(v).all()) for v in (*stocks.values(), *conditions.values()))
            good &= all(bool((v >= 0).all()) for v in stocks.values())
        found = f"finite and >= 0: {good}; carbon off by {worst:.1e} of stock and throughput"
        fine &= said(f"{DRAWS} draws, {name}", found, good and worst < 1e-13)
    return fine


def century() -> bool:
    lanes = 200
    held, parameters, forcing = world.stocks(lanes), world.drawn(lanes), world.forcing(np.tile(world.TEMPERATURE, 100))
    model = world.tier(world.SALINE, world.INPUT / 12)
    done = jax.jit(lambda h: run(model, forcing, world.site(), parameters, h))(held)
    change = sum((np.asarray(done.stocks[n][-1]) - np.asarray(held[n])).sum(axis=0) for n in world.POOLS)
    for (_, source, target), carried in done.moved.items():
        gained = (target in world.POOLS) * 1.0 - (source in world.POOLS) * 1.0
        change = change - gained * np.asarray(carried).sum(axis=0)
    total = sum(np.asarray(done.stocks[n][-1]).sum(axis=0) for n in world.POOLS)
    worst = float(np.max(np.abs(change) / total))
    return said("carbon over 100 years", f"off by {worst:.1e} of the stock", worst < 1e-10)


def derivatives() -> bool:
    model, here, forcing, held = (
        world.tier(world.SALINE, world.INPUT / 12),
        world.site(),
        world.forcing(),
        world.stocks(),
    )

    def total(parameters):
        done = run(model, forcing, here, parameters, held)
        return sum((i + 1) * done.stocks[n][-1].sum() for i, n in enumerate(world.POOLS))

    value, middles, worst = jax.jit(total), world.middles(), 0.0
    slopes = jax.jit(jax.grad(total))(middles)
    for name, middle in middles.items():
        step = float(1e-5 * max(abs(middle[0]), 1e-2))
        measured = float(value({**middles, name: middle + step}) - value({**middles, name: middle - step})) / (2 * step)
        scale = max(abs(measured), 1.0)
        worst = max(worst, abs(float(slopes[name][0]) - measured) / scale)
    return said("gradients of a year against finite differences", f"{worst:.1e} at most", worst < 1e-5)


def sparling() -> None:
    parameters, held = world.drawn(DRAWS, 5), world.stocks(DRAWS, doc=100.0)

    def respired(psi: float) -> np.ndarray:
        now = one({"osmotic_potential": psi}, held, parameters, 25.0, ph=6.0)[1]
        return np.asarray((now["uptake_rate"] * (1 - now["efficiency"]))[0])

    fresh = respired(0.0)
    for psi, low, high in ((-2.3, 28, 45), (-8.0, 64, 86)):
        loss = 100 * (1 - respired(psi) / fresh)
        inside = np.mean((loss >= low) & (loss <= high))
        found = f"{spread(loss)} %, {100 * inside:.0f} % of draws inside"
        said(f"respiration loss at {psi} MPa, {low} to {high} % (sparling1989)", found, low <= np.median(loss) <= high)


def salinity() -> None:
    parameters, months = world.drawn(200), {}
    print(
        "         ECe dS m-1, activity per biomass %, microbial biomass % of that at 0.5 (same inputs, pH and sodium)"
    )
    for paste in (0.5, 2.0, 4.0, 8.0, 16.0, 32.0):
        psi = -0.04 * paste * 0.47 / 0.30
        done = world.after({**world.FRESH, "osmotic_potential": psi, "ec_paste": paste}, parameters, years=300)
        left = salt_factor(jnp.asarray(psi), parameters["half_activity_potential"], parameters["salt_steepness"])
        months[paste] = np.asarray(left), np.asarray(done.stocks["microbes"].mean(axis=0)).sum(axis=0)
        activity, biomass = (100 * a / b for a, b in zip(months[paste], months[0.5], strict=True))
        print(f"         {paste:5.1f}   {spread(activity)}   {spread(biomass)}")
    activity, biomass = (100 * (1 - a / b) for a, b in zip(months[8.0], months[2.0], strict=True))
    name = "activity per biomass falls sharply near 4 dS m-1 (here: a fifth or more from 2 to 8; necromass2024stoten)"
    said(name, f"falls by {spread(activity)} %", bool(np.median(activity) > 20))
    said("biomass only slightly affected (within 10 %)", f"falls by {spread(biomass)} %", abs(np.median(biomass)) < 10)


def soils() -> None:
    parameters = world.drawn(200)
    fresh = world.after(world.FRESH, parameters)
    rich = world.after(world.FRESH, parameters, world.INPUT * 1.5)
    cases = {"not saline, 350 g C m-2 a-1": fresh, "not saline, 525 g C m-2 a-1": rich}
    for share in (1.0, 0.7, 0.4):
        cases[f"saline-sodic, {350 * share:.0f} g C m-2 a-1"] = world.after(
            world.SALINE, parameters, world.INPUT * share
        )
    for name, done in cases.items():
        soil = world.organic(done)
        print(f"         {name}: SOC g kg-1, POC (with aggregates), MBC, DOC % of SOC; whole: SOC kg m-2")
        for layer, thick in enumerate(world.THICKNESS[:, 0]):
            mean = {n: np.asarray(v.mean(axis=0))[layer] / soil[layer] * 100 for n, v in done.stocks.items()}
            dissolved = np.asarray(done.conditions["doc_mean"].mean(axis=0))[layer] / soil[layer] * 100
            row = (spread(soil[layer] / thick / 1400), spread(mean["pom"] + mean["aggregate"]))
            print(f"           {layer}   {'   '.join(row)}   {spread(mean['microbes'], 2)}   {spread(dissolved, 2)}")
        print(
            f"           all {spread(soil.sum(axis=0) / 1000)}; necromass {spread(100 * world.necromass_share(done))} %"
        )
    top = {n: np.asarray(v.mean(axis=0))[0] for n, v in rich.stocks.items()}
    soil, content = world.organic(rich)[0], world.organic(rich)[0] / 140
    said("SOC of topsoil not saline, to 20 g kg-1", spread(content), bool(10 <= np.median(content) <= 20))
    poc = 100 * (top["pom"] + top["aggregate"]) / soil
    said("POC 15 to 35 % of SOC", spread(poc), bool(15 <= np.median(poc) <= 35))
    said(
        "MBC 1 to 3 % of SOC",
        spread(100 * top["microbes"] / soil),
        bool(1 <= np.median(100 * top["microbes"] / soil) <= 3),
    )
    mean = 100 * np.asarray(rich.conditions["doc_mean"].mean(axis=0))[0] / soil
    said("DOC below 1 % of SOC (mean over the month)", spread(mean, 2), bool(np.median(mean) < 1))
    end = 100 * top["doc"] / soil
    said("DOC below 1 % of SOC (stock at a month's end)", spread(end, 2), bool(np.median(end) < 1))
    for name in list(cases)[2:]:
        less = 100 * (1 - world.necromass_share(cases[name]) / world.necromass_share(fresh))
        inside = f"{100 * np.mean((less > 32) & (less < 39)):.0f} % of draws inside"
        met = bool(32 <= np.median(less) <= 39)
        said(f"necromass share 32 to 39 % lower, {name}", f"{spread(less)} % lower, {inside}", met)
        stock = 100 * (world.organic(cases[name]).sum(axis=0) / world.organic(fresh).sum(axis=0) - 1)
        print(f"         SOC of the profile against not saline, {name}: {spread(stock)} %")
    leached = np.asarray(fresh.moved["dissolved", "doc", "below"].sum(axis=0))
    print(
        f"         DOC leached with 96 mm of drainage: {spread(leached)} g C m-2 a-1 (kindler2011: 3.5 to 5.3, wetter)"
    )


def methane() -> None:
    parameters = world.drawn(DRAWS)
    flux = {}
    for sulphate in (0.0, 1.0, 4.7, 10.0, 28.0):
        values = {"moisture": 0.47, "saturation": 1.0}
        done = one(values, world.stocks(DRAWS), parameters, 25.0, sulphate=sulphate)
        # g C m-2 month-1 to nmol m-2 s-1
        flux[sulphate] = np.asarray(done[1]["methane"]) / 12.011 * 1e9 / (30.44 * 86400)
    for sulphate, found in flux.items():
        tenth = np.percentile(found, 90)
        print(f"         SO4 {sulphate:4.1f} mmol L-1: {spread(found)} nmol CH4 m-2 s-1, 90th percentile {tenth:.0f}")
    fall = 100 * (1 - flux[4.7] / flux[0.0])
    said("CH4 falls by half or more at 4.7 mmol L-1 of sulphate", f"by {spread(fall)} %", bool(np.median(fall) > 50))
    for sulphate in (4.7, 28.0):
        tenth = float(np.percentile(flux[sulphate], 90))
        name = f"90th percentile below 5 +- 3 nmol m-2 s-1 at {sulphate} mmol L-1, flooded at 25 degC (ariasortiz2024)"
        said(name, f"{tenth:.0f}", tenth < 8)


def inorganic() -> None:
    parameters, held = world.drawn(DRAWS), world.stocks(DRAWS, carbonate=5000.0)
    here = world.site()
    up = {"water_down": np.array([[10.0], [5.0], [5.0]]), "water_up": np.array([[5.0], [15.0], [25.0]])}
    for name, values, salt in (("leached", {"water_up": 0.0}, 0.0), ("with rising groundwater", up, 40.0)):
        model = world.tier({**world.FRESH, **values})
        forcing = world.first(
            world.forcing([15.0], groundwater_salt=np.array([salt]), groundwater_sodium=np.array([0.6]))
        )

        def balance(h, p, model=model, forcing=forcing):
            return carbonate.balance(month(model, h, forcing, here, p).moved)

        found = jax.jit(balance)(held, parameters)
        stock, air = spread(12 * found["stock"], 2), spread(12 * found["atmosphere"], 2)
        print(f"         carbonate, {name}: stock {stock}, from the air {air} g C m-2 a-1")


def speed() -> None:
    lanes, years = 1000, 20
    held, parameters, forcing = (
        world.stocks(lanes),
        world.drawn(lanes),
        world.forcing(np.tile(world.TEMPERATURE, years)),
    )
    model, here = world.tier(world.SALINE, world.INPUT / 12), world.site()

    def last(h):
        def step(now, f):
            return month(model, now, f, here, parameters).stocks, None

        return jax.lax.scan(step, h, forcing)[0]

    began = time.process_time()
    ready = jax.jit(last).lower(held).compile()
    compiled, best = time.process_time() - began, np.inf
    for _ in range(5):
        began = time.process_time()
        jax.block_until_ready(ready(held))
        best = min(best, time.process_time() - began)
    rate = lanes * years / best
    print(f"         these processes alone: {rate:.2g} plot-years per CPU-second, compiled in {compiled:.1f} s of CPU")


if __name__ == "__main__":
    drawn = [p.name for p in world.tier().parameters if p.prior != "fixed"]
    print(f"{len(world.tier().parameters)} parameters, {len(drawn)} of them drawn: {', '.join(drawn)}\n")
    fine = all([bounds(), century(), derivatives()])
    sparling()
    salinity()
    soils()
    methane()
    inorganic()
    speed()
    sys.exit(0 if fine else 1)
