"""CENTURY and MIMICS written a second time from the published equations, for scipy, and what their tests share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.model.arrays import jax, jnp

Floats = NDArray[np.float64]


def slopes_off(work: Callable[[Mapping[str, Any]], Any], at: Mapping[str, float]) -> float:
    """Largest relative difference of slopes of work (lanes of parameters to lanes) and fourth-order differences.

    All differences are lanes of one call. Slopes that are nothing in both count as equal.
    """
    names, steps = list(at), np.array([-2.0, -1.0, 1.0, 2.0])
    lanes = {n: np.full((len(names), 4), v) for n, v in at.items()}
    for i, n in enumerate(names):
        lanes[n][i] = at[n] + 1e-3 * abs(at[n]) * steps
    values = np.asarray(jax.jit(work)({n: jnp.asarray(v.ravel()) for n, v in lanes.items()})).reshape(len(names), 4)
    found = (values @ np.array([1.0, -8.0, 8.0, -1.0])) / 12.0
    slopes = jax.jit(jax.grad(lambda p: work(p)[0]))({n: jnp.full(1, v) for n, v in at.items()})
    own = np.array([1e-3 * abs(at[n]) * float(slopes[n][0]) for n in names])
    floor = 1e-10 * np.abs(values).max()
    return float((np.abs(own - found) / np.maximum(np.abs(found), floor)).max())


CENTURY_RATES = (3.9, 4.9, 14.8, 18.5, 6.0, 7.3, 0.2, 0.0045)


def century_matrix(factor: float, lignin: float, clay: float, sand: float) -> Floats:
    """(8, 8) of dC/dt = A C [year-1]; row: into, column: out of. Same order of pools as the core."""
    slow = math.exp(-3.0 * lignin)
    k = np.array(CENTURY_RATES) * factor * np.array([slow, slow, 1, 1, 1, 0.25 + 0.75 * sand, 1, 1])
    to = np.zeros((8, 8))
    to[4, 0], to[6, 0] = (1 - 0.45) * (1 - lignin), (1 - 0.3) * lignin
    to[5, 1], to[6, 1] = (1 - 0.55) * (1 - lignin), (1 - 0.3) * lignin
    to[4, 2] = to[5, 3] = 1 - 0.55
    to[6, 4] = 1 - 0.6
    to[7, 5] = 0.003 + 0.032 * clay
    to[6, 5] = 1 - (0.17 + 0.68 * sand) - to[7, 5]
    to[7, 6] = 0.003 + 0.009 * clay
    to[5, 6] = 1 - 0.55 - to[7, 6]
    to[5, 7] = 1 - 0.55
    return (to - np.eye(8)) @ np.diag(k)


def century_factor(temperature: float, water: float, demand: float) -> float:
    t = (45.0 - temperature) / 10.0
    warm = t**0.2 * math.exp(0.2 / 2.63 * (1.0 - t**2.63)) if t > 0 else 0.0
    return warm if water >= 9.0 * demand else warm / (1.0 + 30.0 * math.exp(-8.5 * water / demand))


def mimics_setting(temperature: float, clay: float, metabolic: float, tau_modifier: float) -> dict[str, Any]:
    """Parameters of the equations at one temperature, the authors' defaults."""
    v = np.exp(0.063 * temperature + 5.47) * 8e-6 * np.array([10, 2, 10, 3, 3, 2])
    texture = 2.0 * math.exp(-2.0 * math.sqrt(clay))
    half = np.exp(np.array([0.025, 0.035, 0.025, 0.025, 0.035, 0.025]) * temperature + 3.19) * 10.0
    return {
        "v": v,
        "k": half / np.array([8, 2, 4 * texture, 2, 4, 6 * texture]),
        "tau": 2.0 * tau_modifier * np.array([5.2e-4 * math.exp(0.3 * metabolic), 2.4e-4 * math.exp(0.1 * metabolic)]),
        "physical": np.array([0.3 * math.exp(1.3 * clay), 0.2 * math.exp(0.8 * clay)]),
        "chemical": np.array([0.1, 0.3]) * math.exp(-3.0 * metabolic),
        "desorption": 1.5e-5 * math.exp(-1.5 * clay),
    }


def mimics_change(y: Floats, inputs: float, metabolic: float, s: Mapping[str, Any]) -> Floats:
    """dy/dt [mg C cm-3 h-1] of LITm, LITs, MICr, MICK, SOMp, SOMc, SOMa, and of carbon respired."""
    lit_m, lit_s, mic_r, mic_k, som_p, som_c, som_a = y[:7]
    v, k, tau = s["v"], s["k"], s["tau"]
    r1, r2, r3 = (mic_r * v[i] * x / (k[i] + mic_r) for i, x in ((0, lit_m), (1, lit_s), (2, som_a)))
    k1, k2, k3 = (mic_k * v[i] * x / (k[i] + mic_k) for i, x in ((3, lit_m), (4, lit_s), (5, som_a)))
    oxidised = mic_r * v[1] * som_c / (6 * k[1] + mic_r) + mic_k * v[4] * som_c / (6 * k[4] + mic_k)
    died = tau * np.array([mic_r, mic_k])
    available = 1.0 - s["physical"] - s["chemical"]
    easy, woody = inputs * metabolic, inputs * (1.0 - metabolic)
    return np.array(
        [
            0.95 * easy - r1 - k1,
            0.95 * woody - r2 - k2,
            0.55 * (r1 + r3) + 0.25 * r2 - died[0],
            0.75 * (k1 + k3) + 0.35 * k2 - died[1],
            0.05 * easy + died @ s["physical"] - som_p * s["desorption"],
            0.05 * woody + died @ s["chemical"] - oxidised,
            died @ available + som_p * s["desorption"] + oxidised - r3 - k3,
            0.45 * (r1 + r3) + 0.75 * r2 + 0.25 * (k1 + k3) + 0.65 * k2,
        ]
    )


AUTHORS = (
    # temperature, clay, production, then kg C m-2 of LITm, LITs, MICr, MICK, SOMp, SOMc, SOMa
    (
        (9.9629402, 0.1126, 633.15249635),
        (
            0.243772182493746,
            1.16810054902905,
            0.0298231611379407,
            0.0777221279782551,
            2.05848690641897,
            1.31489720154644,
            1.11437430709035,
        ),
    ),
    (
        (10.8393002, 0.11260625, 189.7535),
        (
            0.235810382956555,
            1.13202875983575,
            0.00890738812810169,
            0.0234690304643408,
            0.617579396874841,
            1.28015560821811,
            1.07655505006845,
        ),
    ),
    (
        (7.9433599, 0.205, 381.02149965),
        (
            0.263370904062042,
            1.22919141457788,
            0.0178990900744131,
            0.0470492366634708,
            1.56773079783132,
            1.38853777145986,
            1.51989931013285,
        ),
    ),
)
"""Three sites of the authors' default run: MIMrun_CAL_default.csv and MIMrun_VAL_default.csv of MIMICS_HiRes (MIT)."""
AUTHORS_METABOLIC = 0.3846423
