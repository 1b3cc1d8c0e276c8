"""Write the chamber study: the analyser's own file, a field sheet as kept in Chinese, plots, truth."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.chamber.air import moles_per_area
from halosink.samples.twin.write import xlsx_bytes

Array = NDArray[np.float64]
START = pd.Timestamp("2024-06-18 09:00:00")
ROUNDS, BLOCKS = 2, 3
BETWEEN, LENGTH = 150, 100
OPENED = 4  # s between the end on the sheet and the lifting of the chamber
VOLUME, AREA, PRESSURE = 18.0, 0.0707, 99.2
# own choice: bare alkali soil against Suaeda with gypsum, in the order of the fluxes in evidence; spread of plots in ln
FLUX = {"co2": {"bare": 0.7, "restored": 2.4}, "ch4": {"bare": -0.25, "restored": -0.6}}
SPREAD = {"plot": 0.18, "round": 0.08}
# own choice: sd of a reading at 1 Hz, air before closing, rate at which the headspace holds the flux back, s-1
NOISE = {"co2": 0.6, "ch4": 0.35}
AMBIENT = {"co2": 421.0, "ch4": 1985.0}
RATE = 8e-4
MIXING = 12.0  # s until the air has mixed
EARLY = {"P4": 60}  # in the second round this chamber was lifted after so many seconds, unnoticed


class Closure(NamedTuple):
    plot: str
    treatment: str
    round: int
    start: pd.Timestamp


def closures() -> list[Closure]:
    plots = [(f"P{i + 1}", ("bare", "restored")[i % 2]) for i in range(2 * BLOCKS)]
    order = [(r, plot, treatment) for r in range(ROUNDS) for plot, treatment in plots]
    return [
        Closure(plot, treatment, r, START + pd.Timedelta(seconds=40 + i * BETWEEN + r * 7200))
        for i, (r, plot, treatment) in enumerate(order)
    ]


def generate(folder: Path, seed: int) -> None:
    """Write study.toml, data/* and truth.json into the folder (made if it is not there); same seed, same bytes."""
    rng = np.random.default_rng([seed, 7])
    done = closures()
    fluxes = _fluxes(done, rng)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for r in range(ROUNDS):
        inside = [i for i, c in enumerate(done) if c.round == r]
        text = _analyser([done[i] for i in inside], {g: f[inside] for g, f in fluxes.items()}, rng)
        (data / f"li7810_round{r + 1}.data").write_bytes(text.encode("utf-8"))
    (data / "field_sheet.xlsx").write_bytes(_sheet(done))
    plots = "".join(f"P{i + 1},B{i // 2 + 1},{('bare', 'restored')[i % 2]}\n" for i in range(2 * BLOCKS))
    (data / "plots.csv").write_bytes(f"plot,block,treatment\n{plots}".encode())
    known = json.dumps(_truth(done, fluxes), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_bytes(known.encode("utf-8"))
    form = (resources.files("halosink.samples.chambers") / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_bytes(form.replace("seed = 1\n", f"seed = {seed}\n").encode("utf-8"))


def _fluxes(done: list[Closure], rng: np.random.Generator) -> dict[str, Array]:
    found = {}
    for gas, means in FLUX.items():
        plot = dict(zip(sorted({c.plot for c in done}), rng.normal(0, SPREAD["plot"], 2 * BLOCKS), strict=True))
        scatter = rng.normal(0, SPREAD["round"], len(done))
        found[gas] = np.array([
            means[c.treatment] * np.exp(plot[c.plot] + e) for c, e in zip(done, scatter, strict=True)
        ])  # fmt: skip
    return found


def _air_temperature(closure: Closure) -> float:
    return round(24.5 + 2.5 * closure.round + 0.3 * int(closure.plot[1:]), 1)


def _analyser(done: list[Closure], fluxes: dict[str, Array], rng: np.random.Generator) -> str:
    """A file as an LI-7810 writes it, one reading per second, chambers closing and opening."""
    first, last = done[0].start - pd.Timedelta(seconds=40), done[-1].start + pd.Timedelta(seconds=LENGTH + 40)
    count = int((last - first).total_seconds())
    time = np.arange(count, dtype=float)
    dry = {gas: AMBIENT[gas] + rng.normal(0, NOISE[gas], count) for gas in FLUX}
    water = 14.0 + rng.normal(0, 0.02, count)
    for i, closure in enumerate(done):
        length = EARLY.get(closure.plot, LENGTH + OPENED) if closure.round == ROUNDS - 1 else LENGTH + OPENED
        since = time - (closure.start - first).total_seconds()
        inside = (since >= 0) & (since < length)
        moles = float(moles_per_area(VOLUME, AREA, _air_temperature(closure), PRESSURE, 14.0))
        felt = np.maximum(since[inside] - MIXING, 0) + MIXING * np.exp(-since[inside] / (MIXING / 3)) * 0.25
        for gas, flux in fluxes.items():
            dry[gas][inside] += flux[i] / moles / RATE * (1 - np.exp(-RATE * (felt + MIXING)))
        water[inside] += 4.0 * (1 - np.exp(-since[inside] / 80))
    stamps = first + pd.to_timedelta(time, unit="s")
    epoch = (stamps - pd.Timedelta(hours=8) - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    rows = [
        f'DATA\t{e}\t0\t{n}\t0\t""\t{s:%Y-%m-%d}\t{s:%H:%M:%S}\t{1000 * w:.1f}\t{c:.3f}\t{m:.3f}\t39.74\t55.00'
        for n, (e, s, w, c, m) in enumerate(zip(epoch, stamps, water, dry["co2"], dry["ch4"], strict=True), 1)
    ]
    head = [
        "Model:\tLI-7810",
        "SN:\tSYNTHETIC",
        "Software Version:\t0",
        f"Timestamp:\t{first:%Y-%m-%d %H:%M:%S}",
        "Timezone:\tAsia/Shanghai",
        "DATAH\tSECONDS\tNANOSECONDS\tNDX\tDIAG\tREMARK\tDATE\tTIME\tH2O\tCO2\tCH4\tCAVITY_P\tCAVITY_T",
        "DATAU\tsecs\tnsecs\tindex\tdiag\t\tdate\ttime\tppm\tppm\tppb\tkPa\t°C",
    ]
    return "\n".join([*head, *rows, ""])


def _sheet(done: list[Closure]) -> bytes:
    rows = pd.DataFrame({
        "闭箱编号": [f"{c.plot}-{c.round + 1}" for c in done],
        "小区": [c.plot for c in done],
        "闭箱开始时间": [f"{c.start:%Y-%m-%d %H:%M:%S}" for c in done],
        "闭箱时长": [LENGTH] * len(done),
        "箱体体积": [VOLUME] * len(done),
        "箱体底面积": [round(AREA * 1e4)] * len(done),
        "箱内气温": [_air_temperature(c) for c in done],
        "箱内气压": [round(PRESSURE * 10)] * len(done),
    })  # fmt: skip
    units = {"闭箱时长": "s", "箱体体积": "L", "箱体底面积": "cm2", "箱内气温": "degC", "箱内气压": "hPa"}
    return xlsx_bytes(rows, units, "closures")


def _truth(done: list[Closure], fluxes: dict[str, Array]) -> dict[str, object]:
    scale = float(np.exp((SPREAD["plot"] ** 2 + SPREAD["round"] ** 2) / 2))
    means, ratios = [], []
    for gas, by_class in FLUX.items():
        unit = "umol m-2 s-1" if gas == "co2" else "nmol m-2 s-1"
        same = {"quantity": f"{gas}_flux", "unit": unit, "table": "fluxes", "factor": "treatment"}
        means += [{**same, "class": c, "mean": mean * scale} for c, mean in by_class.items()]
        bare, restored = by_class["bare"], by_class["restored"]
        ratio = float(np.log(restored / bare)) if bare > 0 else None
        difference = (restored - bare) * scale
        ratios.append({**same, "class": "restored", "reference": "bare", "log_ratio": ratio, "difference": difference})
    true = [
        {"closure": f"{c.plot}-{c.round + 1}", "field": f"{gas}_flux", "flux": float(flux[i])}
        for gas, flux in fluxes.items()
        for i, c in enumerate(done)
    ]
    return {
        "synthetic": "Synthetic data drawn by a random number generator. 合成数据，由随机数生成器产生。",
        "class_means": means,
        "response_ratios": ratios,
        "closure_fluxes": true,
        "faults": [],
    }
