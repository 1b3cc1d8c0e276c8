"""Forcing, soil and reference files shared by the tests, validation and benchmarks of the cores."""

from __future__ import annotations

import csv
import dataclasses
import gzip
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halosink.model.arrays import Array, jax, jnp
from halosink.model.core import Core, Step
from halosink.model.cores.millennial import MILLENNIAL, Soil, day, soil
from halosink.model.cores.millennial import climate as day_climate
from halosink.model.forcing import Forcing, Site
from halosink.model.parameters import middle

Floats = NDArray[np.float64]


def forcing(**series: Any) -> Forcing:
    """Twelve months of nothing, with these series."""
    return Forcing(**{n: jnp.asarray(series.get(n, np.zeros(12)), dtype=float) for n in Forcing._fields})


def climate(months: int = 12) -> Forcing:
    """A temperate year of a plot with a crop, repeated."""
    t = np.arange(months)
    return Forcing(
        **{n: jnp.zeros(months) for n in Forcing._fields}
        | {
            "temperature": jnp.asarray(11.0 - 13.0 * np.cos(2 * np.pi * (t - 0.5) / 12)),
            "precipitation": jnp.asarray(45.0 - 35.0 * np.cos(2 * np.pi * (t - 0.5) / 12)),
            "potential_evaporation": jnp.asarray(70.0 - 55.0 * np.cos(2 * np.pi * (t - 0.5) / 12)),
            "potential_production": jnp.asarray(np.maximum(0.0, 60.0 - 70.0 * np.cos(2 * np.pi * (t - 0.5) / 12))),
            "cover": jnp.asarray(np.where((t % 12 > 2) & (t % 12 < 10), 0.8, 0.1)),
        }
    )


def site(clay: float = 23.4) -> Site:
    return Site(
        **{n: jnp.asarray(0.0) for n in Site._fields}
        | {
            "thickness": jnp.asarray(0.3),
            "clay": jnp.asarray(clay),
            "sand": jnp.asarray(30.0),
            "bulk_density": jnp.asarray(1.4),
            "ph": jnp.asarray(8.4),
            "porosity": jnp.asarray(0.47),
            "field_capacity": jnp.asarray(0.30),
            "wilting_point": jnp.asarray(0.13),
        }
    )


def rothc_example(reference: Path) -> tuple[dict[str, float], Forcing, Site, Floats]:
    """(parameters beside the published, 840 months, site, monthly pools (828, 5) [t C ha-1]) of RothC_Py's example."""
    folder = reference / "data" / "model_rothc_py"
    lines = folder.joinpath("RothC_input.dat").read_text(encoding="utf-8").splitlines()
    clay, depth, inert, _ = (float(v) for v in lines[4].split())
    table = np.array([[float(v) for v in line.split()] for line in lines[7:] if line.strip()])
    with folder.joinpath("month_results.csv").open(encoding="utf-8") as file:
        rows = [[float(v) for v in row[2:7]] for row in list(csv.reader(file))[1:]]
    driven = forcing(
        temperature=table[:, 3],
        precipitation=table[:, 4],
        potential_evaporation=table[:, 5],
        residue=100.0 * table[:, 6],
        manure=100.0 * table[:, 7],
        cover=table[:, 8],
        **{n: np.zeros(len(table)) for n in Forcing._fields if n not in _GIVEN},
    )
    own = {"topsoil": depth, "inert": 100.0 * inert, "evaporation_share": 0.75, "dpm_rpm": float(table[0, 9])}
    assert np.all(table[:, 9] == table[0, 9])
    return own, driven, site(clay), np.array(rows)


_GIVEN = {"temperature", "precipitation", "potential_evaporation", "residue", "manure", "cover"}


def millennial_example(reference: Path) -> tuple[Floats, Floats]:
    """(a year (365, 3) of soil temperature, water, production; Fortran's pools (3650, 5) in the order of POOLS)."""
    folder = reference / "data" / "model_millennial" / "v2"
    year = np.loadtxt(folder / "globalaverage.txt")
    with gzip.open(folder / "outputcontrol.txt.gz", "rt") as file:
        return year, np.loadtxt(file)[:, 1:6]


def published_millennial() -> tuple[dict[str, float], Soil]:
    """Parameters of the shipped run, and its soil: pH 7 and the capacity that Fortran's single precision made."""
    p = middle(MILLENNIAL.parameters)
    ground = soil(jnp.asarray(7.0), jnp.asarray(80.0), jnp.asarray(1.0), p)
    return p, ground._replace(capacity=jnp.asarray(68800.001144409180))


def daily_millennial(ground: Soil) -> Core:
    """Millennial as published: a step is a day; its forcing bears the water content in `irrigation` and the litter of a
    day in `residue`."""

    def step(pools: Array, memory: Any, now: Forcing, where: Site, p: Any) -> Step:
        rates = day_climate(now.temperature, now.irrigation, jnp.asarray(0.6), p)
        return day(pools, now.residue, rates, ground, p)._replace(memory=memory)

    return dataclasses.replace(MILLENNIAL, step=step)


def daily_forcing(year: Floats) -> Forcing:
    zero = {n: np.zeros(len(year)) for n in Forcing._fields}
    return forcing(**(zero | {"temperature": year[:, 0], "irrigation": year[:, 1], "residue": year[:, 2]}))


def slopes_agree(
    work: Callable[[Any], Any], at: Mapping[str, Any], names: Sequence[str] = (), relative: float = 1e-6
) -> Mapping[str, Array]:
    """Slopes of work at these parameters, after checking each (or those named) against fourth-order differences.

    Slopes below 1e-9 of the answer over the parameter's size are only asked to be as small.
    """
    p = {n: jnp.asarray(v, dtype=float) for n, v in at.items()}
    value, slopes = jax.jit(jax.value_and_grad(work))(p)
    forward = jax.jit(work)
    for name in names or at:
        middle_value = float(at[name])
        h = 1e-3 * abs(middle_value)
        two_low, low, high, two_high = (float(forward(p | {name: jnp.asarray(middle_value + k * h)})) for k in STEPS)
        found = (8.0 * (high - low) - (two_high - two_low)) / (12.0 * h)
        small = 1e-9 * abs(float(value) / middle_value)
        assert abs(float(slopes[name]) - found) <= relative * abs(found) + small, (name, float(slopes[name]), found)
    return dict(slopes)


STEPS = (-2, -1, 1, 2)


def daily_year() -> Floats:
    """(365, 3) of soil temperature, water and litter of a made-up temperate year."""
    season = np.cos(2 * np.pi * (np.arange(365) - 20) / 365)
    return np.column_stack([11.0 - 11.0 * season, 0.26 + 0.05 * season, 1.2 - 0.9 * season])
