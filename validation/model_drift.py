"""Why untouched land loses carbon and gathers salt in the monthly tier: budgets over 20 years, middles of parameters.

    python validation/model_drift.py

Land like that of the synthetic study (climate, irrigation, water tables from its study.toml; soils of four salinity
classes made up), as it is and with one thing changed at a time. Nothing is met or missed: it shows where what the page
on the response model says under "known to be wrong" comes from.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

import halosink.samples
from halosink.model import ledger
from halosink.model.arrays import jax, jnp
from halosink.model.forcing import Forcing
from halosink.model.monthly import MONTHLY, fixed, forcing, site, start
from halosink.model.parameters import middle
from halosink.model.tier import run
from halosink.study_model.climate import over_months

YEARS, CLASSES = 20, 4
MEASURED = {
    "ec_saturated_paste": np.array([1.5, 3.0, 6.0, 12.0]),
    "exchangeable_sodium_percentage": np.array([4.0, 8.0, 15.0, 25.0]),
    "soil_organic_carbon": np.array([[11.0, 9.0, 7.0, 5.0], [8.0, 6.5, 5.0, 3.6], [4.0, 3.2, 2.5, 1.8]]),
}
MONTHS = np.arange(1, 13)
STUDY = tomllib.loads((Path(halosink.samples.__file__).parent / "twin" / "study.toml").read_text("utf-8"))["model"]
DEPTH = np.array(list(STUDY["groundwater_depth"].values()))
SALT = 10.0 * np.array(list(STUDY["groundwater_ec"].values()))


def land(depth: np.ndarray = DEPTH, october: float = 0.0, more: float = 0.0, harvest: float = 0.0) -> Forcing:
    """october: of the irrigation given then [mm]; more: water on top in October [mm]."""
    water = (STUDY["irrigation"] - october) / 4 * np.isin(MONTHS, (5, 6, 7, 8)) + (october + more) * (MONTHS == 10)
    year = (STUDY[n] for n in ("temperature", "precipitation", "potential_evaporation"))
    grown = over_months(STUDY["potential_production"], STUDY["temperature"])
    return forcing(
        *(np.tile(np.asarray(v, float), YEARS) for v in (*year, grown)),
        irrigation=np.tile(water, YEARS),
        irrigation_salt=8.0,
        groundwater_depth=np.tile(depth, (12 * YEARS, 1)),
        groundwater_salt=np.tile(SALT, (12 * YEARS, 1)),
        harvest=np.tile(harvest * (MONTHS == 9), YEARS),
    )


def show(name: str, series: Forcing, go: Any, halophyte: float = 0.0) -> None:
    ground = site(clay=22.0, sand=35.0, ph=8.4, halophyte=np.full(CLASSES, halophyte))
    held = start(ground, MEASURED, CLASSES)
    done = go(series, ground, held)
    before, after = (np.asarray(sum(s[n] for n in ledger.ORGANIC))
                     for s in (held, {n: v[-1] for n, v in done.stocks.items()}))  # fmt: skip
    means = {key: np.asarray(v).mean(axis=0) for key, v in done.moved.items()}

    def line(what: str, values: Any, digits: int = 0) -> None:
        print(f"    {what}: " + "  ".join(f"{v:8.{digits}f}" for v in np.asarray(values)))

    def moved(keys: Iterable[tuple[str, str, str]]) -> Any:
        return sum((means[k] for k in keys if k in means), np.zeros(CLASSES))

    print(f"{name} (four classes, not saline to strongly saline)")
    line("SOC at the start, kg m-2           ", before.sum(axis=0) / 1000, 2)
    line("SOC after 20 years, %              ", 100 * (after.sum(axis=0) / before.sum(axis=0) - 1))
    for i, layer in enumerate(("0-10", "10-30", "30-100")):
        line(f"  of it {layer:6} cm, %              ", 100 * (after[i] / before[i] - 1))
    line("particles, start, g m-2            ", np.asarray(held["pom"]).sum(axis=0))
    line("particles, end, g m-2              ", np.asarray(done.stocks["pom"][-1]).sum(axis=0))
    line("production, g m-2 a-1              ", moved(k for k in means if k[0] == "production"))
    line("ECe 0-10 cm, last year             ", done.conditions["ec_paste"][-1, 0], 1)
    line("salt from groundwater, molc m-2 a-1", moved([("salt", "below", "salt")]), 1)
    line("salt of irrigation                 ", moved([("salt", "brought", "salt")]), 1)
    line("salt drained                       ", moved([("salt", "salt", "below")]), 1)
    line("salt taken up by plants            ", moved([("plant_salt", "salt", "shoot_salt")]), 2)
    line("  back with litter                 ", moved([("litterfall", "shoot_salt", "salt")]), 2)
    line("  harvested                        ", moved([("harvest", "shoot_salt", "taken")]), 2)
    line("evaporated, mm a-1                 ", moved([("water", "water", "sky")]))
    line("risen from groundwater, mm a-1     ", moved([("capillary", "below", "water")]))
    line("drained, mm a-1                    ", moved([("water", "water", "below")]))


def main() -> int:
    known = {**middle(MONTHLY.parameters), **fixed(MEASURED)}
    values = {n: jnp.asarray(v) for n, v in known.items()}
    go = jax.jit(lambda f, s, h: run(MONTHLY, f, s, values, h, ("ec_paste",), every=12))
    show("as it is", land(), go)
    show("200 of the same 450 mm in October", land(october=200.0), go)
    show("200 mm more in October", land(more=200.0), go)
    show("water table 1.5 m deeper", land(DEPTH + 1.5), go)
    show("no groundwater in reach", land(np.full(CLASSES, 100.0)), go)
    show("halophytes, not harvested", land(), go, 1.0)
    show("halophytes, four fifths harvested", land(harvest=0.8), go, 1.0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
