"""The same published equations as a plain loop and for scipy: what the cores are compared with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import integrate

Floats = NDArray[np.float64]


def rothc_loop(
    months: Sequence[Sequence[float]], pools: Sequence[float], clay: float, depth: float
) -> list[list[float]]:
    """Pools [t C ha-1] after each month (temperature, rain, pan evaporation, plant, manure carbon, cover, DPM/RPM)."""
    dpm, rpm, bio, hum, inert = pools
    largest = -(20.0 + 1.3 * clay - 0.01 * clay * clay) * depth / 23.0
    x = 1.67 * (1.85 + 1.60 * math.exp(-0.0786 * clay))
    deficit, held = 0.0, []
    for temperature, rain, pan, plant, manure, cover, ratio in months:
        factor = 0.0 if temperature < -5.0 else 47.91 / (math.exp(106.06 / (temperature + 18.27)) + 1.0)
        after = min(0.0, deficit + rain - 0.75 * pan)
        deficit = max(largest, after) if cover == 1 else max(min(0.556 * largest, deficit), after)
        if deficit <= 0.444 * largest:
            factor *= 0.2 + 0.8 * (largest - deficit) / (largest - 0.444 * largest)
        factor *= 0.6 if cover == 1 else 1.0
        lost = 0.0
        rest = []
        for stock, rate in ((dpm, 10.0), (rpm, 0.3), (bio, 0.66), (hum, 0.02)):
            left = stock * math.exp(-factor * rate / 12.0)
            lost += stock - left
            rest.append(left)
        dpm = rest[0] + ratio / (ratio + 1.0) * plant + 0.49 * manure
        rpm = rest[1] + plant / (ratio + 1.0) + 0.49 * manure
        bio = rest[2] + 0.46 / (x + 1.0) * lost
        hum = rest[3] + 0.54 / (x + 1.0) * lost + 0.02 * manure
        held.append([dpm, rpm, bio, hum, inert])
    return held


def millennial_scipy(
    year: Floats, years: int, p: Mapping[str, float], capacity: float, pools: Sequence[float], rtol: float = 1e-6
) -> Floats:
    """LMWC, POM, MIC, MAOM, AGG [g C m-2] after these years by LSODA, forcing straight between days."""
    times = np.arange(366.0)
    warm, wet, brought = (np.append(series, series[0]) for series in year.T)
    affinity = p["kaff_des"] * math.exp(-p["param_p1"] * 7.0 - p["param_p2"])

    def change(time: float, y: Floats) -> list[float]:
        now = time % 365.0
        temperature, water, carbon = (float(np.interp(now, times, series)) for series in (warm, wet, brought))
        return millennial_change(y, temperature, water, carbon, p, affinity, capacity)

    done = integrate.solve_ivp(
        change, (0.0, 365.0 * years), np.asarray(pools, float), method="LSODA", rtol=rtol, atol=1e-9, max_step=5.0
    )
    end: Floats = done.y[:, -1]
    return end


def millennial_change(
    y: Floats, temperature: float, water: float, carbon: float, p: Mapping[str, float], affinity: float, capacity: float
) -> list[float]:
    """d/dt [g C m-2 d-1] of LMWC, POM, MIC, MAOM, AGG."""
    lmwc, pom, mic, maom, agg = (float(v) for v in y)
    kelvin = 8.31446 * (temperature + 273.15)
    wd = math.sqrt(water / p["porosity"])
    wb = math.exp(-p["lambda"] * p["matpot"]) * wd
    wb *= p["kamin"] + (1.0 - p["kamin"]) * math.sqrt(1.0 - water / p["porosity"])
    split = p["alpha_pl"] * math.exp(-p["eact_pl"] / kelvin) * wd * pom * mic / (p["kaff_pl"] + mic)
    eaten = p["alpha_lb"] * math.exp(-p["eact_lb"] / kelvin) * wb * mic * lmwc / (p["kaff_lb"] + lmwc)
    into, broken, bound = p["rate_pa"] * wd * pom, p["rate_break"] * wd * agg, p["rate_ma"] * wd * maom
    sorbed, freed = wd * affinity * lmwc * (1.0 - maom / capacity), p["kaff_des"] * maom / capacity
    died, leached = p["rate_bd"] * mic**2, p["rate_leach"] * wd * lmwc
    air = eaten * (1.0 - (p["cue_ref"] - p["cue_t"] * (temperature - p["tae_ref"])))
    return [
        carbon * (1.0 - p["param_pi"]) - leached + split - sorbed - eaten + died * (1.0 - p["param_pb"]) + freed,
        carbon * p["param_pi"] + broken * p["param_pa"] - into - split,
        eaten - died - air,
        sorbed - freed + died * p["param_pb"] - bound + broken * (1.0 - p["param_pa"]),
        bound + into - broken,
    ]
