"""Closed chambers whose true flux is known: readings drawn from physics, not from the models that are fitted.

The air of a chamber of height h = V / A gains from the soil and loses to the soil and through leaks,

    dC/dt = k (Cs - C) + leak(t) (Ca - C) + bubbles,    k = D / (d h),    F = (moles per area) k (Cs - C0),

with D the diffusivity of the gas in the soil, d the depth of its source, Cs the mole fraction there. It is stepped
second by second; what the analyser writes is later, mixed, noisy, wet, and at times not of the closed chamber at all.
All ranges are own choices of what field chambers show; every draw is uniform or log-uniform in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Range = tuple[float, float]
GAS = 8.314462618
# free-air diffusivity of about 1.5e-5 m2 s-1 times what is left of it in wet to dry soil
DIFFUSIVITY: Range = (3e-7, 6e-6)
DEPTH: Range = (0.02, 0.2)
AMBIENT = {"co2": (400.0, 460.0), "ch4": (1900.0, 2100.0), "n2o": (330.0, 345.0)}
UNIT = {"co2": "co2_mole_fraction", "ch4": "ch4_mole_fraction", "n2o": "n2o_mole_fraction"}
# white noise of one reading
NOISE: dict[str, Range] = {"co2": (0.1, 0.6), "ch4": (0.3, 2.0), "n2o": (0.3, 1.0)}


@dataclass(frozen=True)
class Scenario:
    """What happens to the closures; ranges are drawn per closure."""

    name: str
    gas: str = "co2"
    flux: Range = (0.5, 8.0)
    sign: float = 1.0
    height: Range = (0.1, 0.5)
    seconds: Range = (120, 300)
    readings: int = 0
    rate: Range | None = None
    noise: float = 1.0
    correlated: Range = (0.0, 0.0)
    memory: Range = (5, 20)
    drift: Range = (0.0, 0.0)
    lag: Range = (0, 0)
    mixing: Range = (0.0, 0.0)
    mixing_time: Range = (3, 10)
    leak: Range = (0.0, 0.0)
    leak_from: Range = (0.0, 0.0)
    opened: Range = (1.0, 1.0)
    bubbles: int = 0
    bubble: Range = (20, 200)
    wet: bool = False
    spikes: float = 0.0
    spike: Range = (8, 30)


SCENARIOS = (
    Scenario("clean, straight or nearly"),
    Scenario("strongly curved", rate=(1e-3, 5e-3), flux=(1, 10)),
    Scenario("no feedback at all", rate=(0.0, 0.0)),
    Scenario("dead band: air still mixing", mixing=(-40, 40), seconds=(150, 300)),
    Scenario("gas arrives late", lag=(5, 25), mixing_time=(3, 6), mixing=(-5, 5), seconds=(150, 300)),
    Scenario("leak all along", leak=(1e-4, 1e-3)),
    Scenario("leak from the middle on", leak=(5e-3, 3e-2), leak_from=(0.55, 0.85), seconds=(150, 300), flux=(2, 10)),
    Scenario("opened before the end", opened=(0.6, 0.95), seconds=(150, 300), flux=(2, 10)),
    Scenario("autocorrelated noise", correlated=(0.5, 2.0)),
    Scenario("noise of a second or two", correlated=(1.0, 3.0), memory=(1, 2)),
    Scenario("curved and noisy", rate=(5e-4, 3e-3), noise=4.0, seconds=(180, 300)),
    Scenario("analyser drifts", drift=(0.2, 1.0), flux=(1, 8)),
    Scenario("bubbles", gas="ch4", flux=(1, 30), bubbles=3, seconds=(180, 400)),
    Scenario("small bubbles", gas="ch4", flux=(1, 30), bubbles=1, bubble=(10, 30), seconds=(180, 400)),
    Scenario("no bubbles in methane", gas="ch4", flux=(1, 30), correlated=(0, 1), seconds=(180, 400)),
    Scenario("methane uptake", gas="ch4", flux=(0.2, 3), sign=-1.0, height=(0.1, 0.3), seconds=(180, 400)),
    Scenario("wet air only", wet=True),
    Scenario("CO2 uptake of carbonate soil", flux=(0.1, 1.0), sign=-1.0, height=(0.1, 0.3), correlated=(0, 0.7)),
    Scenario("near zero", flux=(0.001, 0.05), sign=0.0, correlated=(0, 1)),
    Scenario("one minute", seconds=(60, 90), mixing=(-20, 20), mixing_time=(2, 5)),
    Scenario("ten minutes", seconds=(500, 600), mixing=(-40, 40), correlated=(0, 1)),
    Scenario("spikes", spikes=0.02),
    Scenario("everything", mixing=(-30, 30), lag=(0, 10), leak=(0, 3e-4), correlated=(0, 1), drift=(0, 0.3),
             wet=True, spikes=0.003, seconds=(180, 360)),
    Scenario("vials", gas="n2o", flux=(0.2, 5), seconds=(1200, 3600), readings=5, height=(0.15, 0.4)),
    Scenario("four vials", gas="n2o", flux=(0.2, 5), seconds=(1200, 3600), readings=4, height=(0.15, 0.4)),
    Scenario("vials, no feedback", gas="n2o", flux=(0.2, 5), seconds=(1200, 3600), readings=5, rate=(0.0, 0.0)),
    Scenario("noisy vials", gas="n2o", flux=(0.1, 1), seconds=(1200, 3600), readings=4, height=(0.15, 0.5), noise=5.0),
    Scenario("noisy vials, no feedback", gas="n2o", flux=(0.1, 1), seconds=(1200, 3600), readings=4, rate=(0.0, 0.0),
             height=(0.15, 0.5), noise=5.0),
    Scenario("vials, CO2", flux=(0.3, 6), seconds=(1200, 2400), readings=5, noise=8.0, height=(0.15, 0.4)),
)  # fmt: skip


def closures(scenario: Scenario, number: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Readings of `number` closures as chamber_concentrations, and per closure its true flux, bubbles and settings."""
    frames, truths = [], []
    for one in range(number):
        rng = np.random.default_rng([seed, one, *scenario.name.encode()])
        frame, truth = _one(scenario, rng)
        name = f"{one:05d}"
        frames.append(frame.assign(closure=name))
        truths.append({"closure": name, **truth})
    return pd.concat(frames, ignore_index=True), pd.DataFrame(truths)


def _one(s: Scenario, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, Any]]:
    def draw(span: Range) -> float:
        return float(rng.uniform(*span))

    def spread(span: Range) -> float:
        return float(np.exp(rng.uniform(*np.log(span))))

    height, area = draw(s.height), draw((0.03, 0.3))
    kelvin, pressure = draw((278.0, 308.0)), draw((85.0, 102.0))
    moles = pressure * 1000 * height / (GAS * kelvin)
    ambient, sigma = draw(AMBIENT[s.gas]), draw(NOISE[s.gas]) * s.noise
    sign = s.sign or float(rng.choice((-1.0, 1.0)))
    flux = sign * spread(s.flux)
    rate = spread(DIFFUSIVITY) / (draw(DEPTH) * height) if s.rate is None else draw(s.rate)
    length = int(draw(s.seconds))
    seconds = np.arange(length + 1.0)
    leak = np.where(seconds >= draw(s.leak_from) * length, draw(s.leak), 0.0)
    opened = draw(s.opened)
    if opened < 1:
        leak = np.where(seconds >= opened * length, 0.08, leak)
    jumps, bubbles = np.zeros(length + 1), 0.0
    if s.bubbles:
        for at in rng.uniform(0.15, 0.95, rng.integers(1, s.bubbles + 1)) * length:
            jumps[int(at)] += spread(s.bubble)
        bubbles = jumps.sum() * moles / length
    start = flux / moles
    inside = _stepped(ambient, start, rate, leak, jumps)
    if s.readings:
        time = np.linspace(0, length, s.readings)
        value = np.interp(time, seconds, inside) + rng.normal(0, sigma, s.readings)
    else:
        time = seconds
        late = np.interp(seconds - draw(s.lag), seconds, inside)
        late = late + draw(s.mixing) * np.exp(-seconds / draw(s.mixing_time))
        value = late + rng.normal(0, sigma, length + 1)
        value += sigma * draw(s.correlated) * _coloured(rng, length + 1, draw(s.memory))
        value += sigma * draw(s.drift) * _coloured(rng, length + 1, draw((100, 400)))
    hit = rng.random(len(value)) < s.spikes
    value = value + hit * rng.choice((-1.0, 1.0), len(value)) * rng.uniform(*s.spike, len(value)) * sigma
    frame = pd.DataFrame({"elapsed_time": time})
    water = draw((8, 20)) + draw((0, 10)) * (1 - np.exp(-time / draw((60, 300))))
    if s.wet:
        frame["h2o_mole_fraction"] = water + rng.normal(0, 0.02, len(time))
        frame[UNIT[s.gas] + "_wet"] = value * (1 - water / 1000)
        dry = 1 - water[0] / 1000
        flux, bubbles = flux * dry, bubbles * dry
    else:
        frame[UNIT[s.gas]] = value
    frame["chamber_volume"], frame["chamber_area"] = height * area * 1000, area
    frame["chamber_temperature"], frame["chamber_pressure"] = kelvin - 273.15, pressure
    return frame, {"flux": flux, "bubbles": bubbles, "rate": rate, "length": length, "sigma": sigma, "opened": opened}


def _stepped(ambient: float, start: float, rate: float, leak: Array, jumps: Array) -> Array:
    """Mole fraction each second: exact steps of dC/dt = start - rate (C - ambient) - leak (C - ambient)."""
    total = rate + leak
    keep = np.exp(-total)
    gain = np.where(total > 1e-12, start * -np.expm1(-total) / np.maximum(total, 1e-12), start)
    above = np.zeros(len(leak))
    for i in range(1, len(above)):
        above[i] = above[i - 1] * keep[i] + gain[i] + jumps[i]
    return ambient + above


def _coloured(rng: np.random.Generator, number: int, memory: float) -> Array:
    """Noise of unit variance whose autocorrelation falls as exp(-lag / memory) [s]."""
    phi = np.exp(-1 / memory)
    white = rng.normal(0, 1, number) * np.sqrt(1 - phi**2)
    white[0] /= np.sqrt(1 - phi**2)
    out = np.empty(number)
    last = 0.0
    for i, one in enumerate(white):
        last = phi * last + one
        out[i] = last
    return out
