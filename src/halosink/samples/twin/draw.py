"""Draw the tables of the twin from its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.chamber.air import GAS_CONSTANT
from halosink.samples.twin import community, weather
from halosink.samples.twin import parameters as p

Array = NDArray[np.float64]
# own choice: a 30 L chamber on 0.07 m2, air of about 1000 m elevation, noise of a portable laser analyser
VOLUME, AREA, PRESSURE = 30.0, 0.07, 90.0
NOISE = {"co2_flux": 0.6, "ch4_flux": 0.8}
AMBIENT = {"co2_flux": 425.0, "ch4_flux": 1980.0}


def tables(seed: int) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """All tables in their fields' units, and what only the draw decides: the fluxes of the closures and the faults.

    Each quantity has its own random stream, so that adding one leaves the others as they are.
    """
    streams = np.random.SeedSequence([seed, 4]).spawn(len(p.QUANTITIES) + 3)
    names = [*p.QUANTITIES, "faults", "community", "sites"]
    rng = {name: np.random.default_rng(s) for name, s in zip(names, streams, strict=True)}
    concentrations, fluxes = _chamber(rng)
    sensors = _sensors(rng)
    sensors, faults = _faults(sensors, rng["faults"])
    counts = _counts(rng["community"])
    found = {
        "plots": _plots(rng["sites"]),
        "soil": _layers(rng),
        "plants": _repeated("plants", rng, "2024-09-05", 3),
        "microbes": _repeated("microbes", rng, "2024-08-20", 1),
        "counts": counts,
        "chamber": concentrations,
        "sensors": sensors,
    }
    return found, {"fluxes": fluxes, "faults": faults}


def _effects(name: str, rng: np.random.Generator) -> Array:
    """Sum of the block, zone and plot effects of each plot."""
    q = p.QUANTITIES[name]
    block = rng.normal(0, q.block, (len(p.BLOCKS), 1, 1))
    zone = rng.normal(0, q.zone, (len(p.BLOCKS), len(p.CLASSES), 1))
    plot = rng.normal(0, q.plot, (len(p.BLOCKS), len(p.CLASSES), len(p.TREATMENTS)))
    return (block + zone + plot).ravel()


def _values(name: str, rng: np.random.Generator, factors: Array, offset: Array | float = 0.0) -> Array:
    """Values (24 plots, len(factors)) of a quantity: plots by strata, with the scatter of single samples."""
    q = p.QUANTITIES[name]
    mean = np.array([q.mean(s, t) for _, _, s, t in p.plots()])[:, None]
    effect = _effects(name, rng)[:, None]
    sample = rng.normal(0, q.sample, (len(mean), len(factors)))
    if q.additive:
        return mean * factors + offset + effect + sample
    return mean * factors * (1 + effect) * (1 + sample) + offset


def _plots(rng: np.random.Generator) -> pd.DataFrame:
    """Transects 400 m apart, zones 300 m apart, plots 15 m apart; the restored plot lies east or west by lot."""
    rows = []
    side = rng.permuted(np.tile([0, 1], (12, 1)), axis=1).ravel()
    for number, (plot, block, salinity, treatment) in enumerate(p.plots()):
        east = 400 * p.BLOCKS.index(block) + 15 * int(side[number])
        rows.append(
            {
                "plot": plot,
                "site": p.SITE,
                "block": block,
                "treatment": p.TREATMENTS[treatment],
                "salinity_class": p.CLASSES[salinity],
                "latitude": round(p.LATITUDE - 300 * salinity / 111_320, 6),
                "longitude": round(p.LONGITUDE + east / (111_320 * np.cos(np.radians(p.LATITUDE))), 6),
                "elevation": round(1036.0 - 0.8 * salinity, 1),
            }
        )
    return pd.DataFrame(rows)


def _layers(rng: dict[str, np.random.Generator]) -> pd.DataFrame:
    names = [n for n, q in p.QUANTITIES.items() if q.table == "soil"]
    frame = pd.DataFrame(
        [
            {
                "plot": plot,
                "date": "2024-09-10",
                "layer": f"{top}-{bottom} cm",
                "depth_top": top,
                "depth_bottom": bottom,
            }
            for plot, *_ in p.plots()
            for top, bottom in p.LAYERS
        ]
    )
    for name in names:
        values = _values(name, rng[name], np.array(p.QUANTITIES[name].layers))
        frame[name] = values.ravel().round(p.QUANTITIES[name].decimals)
    return frame


def _repeated(table: str, rng: dict[str, np.random.Generator], date: str, times: int) -> pd.DataFrame:
    names = [n for n, q in p.QUANTITIES.items() if q.table == table]
    rows = [(plot, r + 1) for plot, *_ in p.plots() for r in range(times)]
    frame = pd.DataFrame({"plot": [r[0] for r in rows], "date": date})
    if times == 1:
        frame.insert(0, "sample", frame["plot"] + "_soil")
    else:
        frame["replicate"] = [f"Q{r[1]}" for r in rows]
    for name in names:
        values = _values(name, rng[name], np.ones(times))
        frame[name] = values.ravel().round(p.QUANTITIES[name].decimals)
    return frame


def _chamber(rng: dict[str, np.random.Generator]) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Readings of each closure, a straight rise from ambient air plus noise, and the true flux of each closure."""
    days = np.array(p.CHAMBER_DAYS, float)
    pace = weather.respiration(days)
    dates = [(s, d, pd.Timestamp(start) + pd.Timedelta(days=d)) for s, start in p.SEASONS for d in p.CHAMBER_DAYS]
    warmth = np.concatenate([weather.temperature(s, days + 10 / 24) for s, _ in p.SEASONS])
    course = {"co2_flux": np.concatenate([pace[s] for s, _ in p.SEASONS]), "ch4_flux": np.ones(len(dates))}
    true = {name: _values(name, rng[name], course[name]) for name in course}
    time = np.arange(p.READINGS) * p.READING_SECONDS
    rows, fluxes = [], []
    for i, (plot, *_) in enumerate(p.plots()):
        for j, (season, _, date) in enumerate(dates):
            name = f"{plot}_{date:%m%d}"
            kelvin = warmth[j] + 4.0 + 273.15
            per_second = GAS_CONSTANT * kelvin * AREA / (PRESSURE * 1000 * VOLUME / 1000)
            one = pd.DataFrame({"closure": name, "plot": plot, "date": f"{date:%Y-%m-%d}", "elapsed_time": time})
            one["season"] = season
            for flux, column in (("co2_flux", "co2_mole_fraction"), ("ch4_flux", "ch4_mole_fraction")):
                noise = rng[flux].normal(0, NOISE[flux], p.READINGS)
                one[column] = (AMBIENT[flux] + true[flux][i, j] * per_second * time + noise).round(2)
                fluxes.append({"closure": name, "field": flux, "flux": float(true[flux][i, j])})
            one["chamber_temperature"] = round(kelvin - 273.15, 2)
            rows.append(one)
    frame = pd.concat(rows, ignore_index=True)
    frame["chamber_pressure"], frame["chamber_volume"], frame["chamber_area"] = PRESSURE, VOLUME, AREA
    return frame, fluxes


def _sensors(rng: dict[str, np.random.Generator]) -> pd.DataFrame:
    land = weather.records()
    wet = land["wetness"].to_numpy()
    flat = np.ones(len(land))
    courses: dict[str, tuple[Array, Array | float]] = {
        "soil_temperature": (flat, land["temperature"].to_numpy()),
        "soil_moisture": (wet, 0.0),
        "soil_ec_bulk": (wet / wet.mean(), 0.0),
    }
    count = len(p.plots())
    frame = pd.DataFrame(
        {
            "plot": np.repeat([plot for plot, *_ in p.plots()], len(land)),
            "sensor": np.repeat([f"probe_{plot}" for plot, *_ in p.plots()], len(land)),
            "sensor_depth": 10.0,
            "time": np.tile(land["time"].to_numpy(), count),
            "season": np.tile(land["season"].to_numpy(), count),
        }
    )
    for name, (factor, offset) in courses.items():
        frame[name] = _values(name, rng[name], factor, offset).ravel().round(p.QUANTITIES[name].decimals)
    return frame


def _faults(frame: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Spoil a few records as real loggers do, in the second season: spikes, a stuck probe, codes, a gap."""
    probes = rng.choice(frame["sensor"].unique(), 4, replace=False)
    late = frame.index[frame["season"] == p.SEASONS[1][0]]
    rows = {s: late[frame.loc[late, "sensor"] == s] for s in probes}
    start = int(rng.integers(60, 200))
    spoiled: list[tuple[str, str, Any]] = [
        ("spike", "soil_ec_bulk", rows[probes[0]][[start, start + 37]]),
        ("spike", "soil_temperature", rows[probes[0]][[start + 11]]),
        ("flat", "soil_moisture", rows[probes[1]][start : start + 48]),
        ("missing_code", "soil_temperature", rows[probes[2]][start : start + 8]),
        ("missing_code", "soil_moisture", rows[probes[2]][start : start + 8]),
        ("missing_code", "soil_ec_bulk", rows[probes[2]][start : start + 8]),
        ("gap", "", rows[probes[3]][start : start + 24]),
    ]
    faults = []
    for kind, field, where in spoiled:
        times = frame.loc[where, "time"]
        faults.append(
            {
                "table": "sensors",
                "kind": kind,
                "field": field,
                "sensor": str(frame.loc[where[0], "sensor"]),
                "start": times.iloc[0].isoformat(),
                "end": times.iloc[-1].isoformat(),
                "times": [t.isoformat() for t in times],
            }
        )
        if kind == "spike":
            frame.loc[where, field] = 98.7 if field == "soil_ec_bulk" else frame.loc[where, field] + 25.0
        elif kind == "flat":
            frame.loc[where, field] = frame.loc[where[0], field]
        elif kind == "missing_code":
            frame.loc[where, field] = np.nan
    return frame.drop(index=spoiled[-1][2]).reset_index(drop=True), faults


def _counts(rng: np.random.Generator) -> pd.DataFrame:
    """Reads of each taxon in one sample per plot; each depth is dealt out to three plots by lot."""
    block = rng.normal(0, community.Z_BLOCK, (len(p.BLOCKS), 1, 1))
    zone = rng.normal(0, community.Z_ZONE, (len(p.BLOCKS), len(p.CLASSES), 1))
    plot = rng.normal(0, community.Z_PLOT, (len(p.BLOCKS), len(p.CLASSES), len(p.TREATMENTS)))
    z = (block + zone + plot).ravel()
    depths = rng.permutation(np.repeat(p.DEPTHS, len(p.BLOCKS)))
    taxa = [f"OTU_{i + 1:02d}" for i in range(p.TAXA)]
    parts = []
    for i, (name, _, salinity, treatment) in enumerate(p.plots()):
        reads = rng.multinomial(int(depths[i]), community.shares(salinity, treatment, z[i])[0])
        parts.append(pd.DataFrame({"plot": name, "sample": f"{name}_16S", "taxon": taxa, "count": reads}))
    return pd.concat(parts, ignore_index=True)
