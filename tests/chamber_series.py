"""Concentration series side by side, and those of two peers with the values that the peers got."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from halosink.chamber.batch import Batch


def batch_of(series: Iterable[tuple[ArrayLike, ArrayLike]]) -> Batch:
    """One row per (time, value)."""
    rows = [(np.asarray(t, dtype=float), np.asarray(c, dtype=float)) for t, c in series]
    shape = (len(rows), max((len(t) for t, _ in rows), default=0))
    time, value, valid = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for i, (t, c) in enumerate(rows):
        time[i, : len(t)], value[i, : len(t)], valid[i, : len(t)] = t, c, True
    return Batch(time, value, valid)


class Vials(NamedTuple):
    """Series of gasfluxes' fluxMeas (time in h, mg N m-3) in the order of what it computed; height V / A in m."""

    batch: Batch
    height: NDArray[np.float64]
    expected: pd.DataFrame


def gasfluxes(reference: Path) -> Vials:
    folder = reference / "data/chamber_gasfluxes"
    expected = pd.read_csv(folder / "expected_gasfluxes_results.csv").set_index("serie")
    groups = dict(list(pd.read_csv(folder / "fluxMeas.csv").groupby("serie")))
    rows = [groups[name] for name in expected.index]
    height = np.array([(one["V"] / one["A"]).iloc[0] for one in rows])
    return Vials(batch_of((one["time"], one["C"]) for one in rows), height, expected)


class Closures(NamedTuple):
    """Series of goFlux (time in s since the first reading) and its results, one row each, with `name`."""

    batch: Batch
    expected: pd.DataFrame
    air: pd.DataFrame


def goflux(reference: Path) -> Closures:
    """The volume of the LI-COR files is in cm3, which goFlux took as litres: flux.term carries that too."""
    folder = reference / "oracles/flux/goflux"
    inputs = {"UGGA": "input_manID.UGGA.csv", "G2201i": "input_manID.G2201i.csv"}
    series, rows, air = [], [], []
    for file in sorted(folder.glob("goFlux_*_*_pp?.csv")):
        _, instrument, gas = file.stem.split("_", 2)
        source = folder / inputs.get(instrument, f"imports/{instrument}.csv")
        data = pd.read_csv(source)
        data = data[data["flag"] == 1].sort_values("Etime", kind="stable")
        for _, expected in pd.read_csv(file).iterrows():
            one = data[data["UniqueID"] == expected["UniqueID"]] if "UniqueID" in data else data
            series.append((one["Etime"], one[gas]))
            rows.append(expected.to_dict() | {"name": f"{instrument} {gas} {expected['UniqueID']}"})
            first = one.iloc[0].to_dict()
            if "Vtot" not in first:
                first["Vtot"] = first["Vcham"] + first["Area"] * first["offset"] / 1000 if "Vcham" in first else 8.0
            assumed = {"Area": 314.16, "Tcham": 15.0, "Pcham": 101.325}  # as the reference was run
            water = 0.0 if gas.startswith("H2O") else first["H2O_ppm"] / 1000
            air.append(assumed | {k: first[k] for k in (*assumed, "Vtot") if k in first} | {"water": water})
    return Closures(batch_of(series), pd.DataFrame(rows), pd.DataFrame(air))
