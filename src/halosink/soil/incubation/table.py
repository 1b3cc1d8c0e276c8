"""All incubations of a table, fitted in one call."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from halosink.problems import Problem
from halosink.soil.incubation.choice import Fitted, fit_models, residuals
from halosink.soil.incubation.fitting import Fit
from halosink.soil.incubation.posterior import Draws, draw_fitted, identify
from halosink.soil.incubation.readings import Readings, series_of
from halosink.soil.incubation.release_units import ReleaseUnit

SHOWN = 8
PROBLEM_OF = {
    "falling_total": "W-INCUBATION-FALLING", "rising_rate": "W-INCUBATION-RISING",
    "impossible_amount": "W-INCUBATION-IMPOSSIBLE", "more_than_initial": "W-INCUBATION-INITIAL",
    "isotope_ratio": "W-INCUBATION-UNIT", "headspace": "W-INCUBATION-HEADSPACE", "unreadable_unit": "W-INCUBATION-UNIT",
    "no_unit": "W-INCUBATION-UNIT", "mixed_units": "W-INCUBATION-UNIT", "no_incubation": "W-INCUBATION-NAME",
    "too_few_readings": "W-INCUBATION-FEW", "no_release": "W-INCUBATION-FEW",
}  # fmt: skip


class Incubations(NamedTuple):
    """series: one row per series; parameters, models: several; rows: one per row of the table.

    series: incubation, basis (soil, carbon, organic_matter, jar), total, readings, length [d], initial_carbon [mg
    g-1], model, why, reason ("" where fitted), r_squared, error_power, memory [d], released [as basis].
    parameters: incubation, model, parameter, value, unit, log_error (standard deviation of the logarithm), verdict.
    models: incubation, model, aicc, difference, weight, log_likelihood, parameters, memory, status ("" or a code).
    rows: source_file, source_row, incubation, reason (used, averaged, baseline or why not).
    fitted, draws: by incubation.
    """

    series: pd.DataFrame
    parameters: pd.DataFrame
    models: pd.DataFrame
    rows: pd.DataFrame
    fitted: Mapping[str, Fitted]
    draws: Mapping[str, Draws]


def incubations(
    frame: pd.DataFrame, models: Sequence[str] | None = None, draws: int = 200, seed: int = 0, memory: bool = True
) -> tuple[Incubations, list[Problem]]:
    """Fit every series of a table; choose a model for each, say why, and which parameters the readings determine.

    frame: one row per reading. incubation (name of the series), incubation_time [d], and either release_value with
    release_unit or one of the columns of readings.COLUMNS; optional incubation_start [d] (where the interval of a rate
    begins; without it where the one before ends), soil_organic_carbon [g kg-1] (an upper bound of all pools),
    release_gas, release_statistic, source_file, source_row. models: names of models.MODELS, all without. Units of the
    results: mg C per g of basis, days. Each series has its own stream of random numbers, so that it gives the same
    draws alone as among others.
    """
    series: list[dict[str, Any]] = []
    parameters: list[dict[str, Any]] = []
    compared: list[dict[str, Any]] = []
    fitted: dict[str, Fitted] = {}
    drawn: dict[str, Draws] = {}
    reason_of = pd.Series("", index=range(len(frame)), dtype=object)
    numbered = frame.reset_index(drop=True)
    wrong: dict[str, list[Readings]] = defaultdict(list)
    notes: dict[str, list[Readings]] = defaultdict(list)
    for item in series_of(numbered):
        reason_of[item.rows.index] = item.rows
        row: dict[str, Any] = {"incubation": item.name, "reason": item.reason, "model": "", "why": ""}
        if item.unit is not None:
            row |= {"basis": item.unit.basis, "total": not item.unit.rate}
        if item.release is not None and item.unit is not None:
            found = fit_models(item.release, models, memory)
            fitted[item.name] = found
            row |= {"readings": item.release.n, "length": item.release.length, "initial_carbon": item.release.initial}
            row |= {"model": found.chosen, "why": found.why, "reason": "" if found.chosen else "too_few_readings"}
            compared += _compared(item.name, found)
            if found.chosen:
                rng = np.random.default_rng([seed, zlib.crc32(item.name.encode())])
                drawn[item.name] = draw_fitted(found, draws, rng)
                row |= _quality(found)
                parameters += _parameters(item.name, found, drawn[item.name], item.unit)
            for code, told in (
                ("N-INCUBATION-SORTED", item.unsorted),
                ("N-INCUBATION-JAR", item.unit.basis == "jar"),
                ("N-INCUBATION-REMAINING", item.unit.remaining),
                ("N-INCUBATION-INTERVAL", item.unit.rate and "incubation_start" not in frame),
            ):
                if told:
                    notes[code].append(item)
        if row["reason"] in PROBLEM_OF:
            wrong[PROBLEM_OF[row["reason"]]].append(item)
        if item.name:
            series.append(row)
    rows = pd.DataFrame({"incubation": numbered.get("incubation", ""), "reason": reason_of})
    for column in ("source_file", "source_row"):
        if column in numbered:
            rows.insert(0, column, numbered[column])
    result = Incubations(
        pd.DataFrame(series, columns=_SERIES), pd.DataFrame(parameters, columns=_PARAMETERS),
        pd.DataFrame(compared, columns=_MODELS), rows, fitted, drawn,
    )  # fmt: skip
    return result, [_problem(code, items, numbered) for code, items in (wrong | notes).items()]


_SERIES = [
    *("incubation", "basis", "total", "readings", "length", "initial_carbon", "model", "why", "reason"),
    *("r_squared", "error_power", "memory", "released"),
]
_PARAMETERS = ["incubation", "model", "parameter", "value", "unit", "log_error", "verdict"]
_MODELS = ["incubation", "model", "aicc", "difference", "weight", "log_likelihood", "parameters", "memory", "status"]


def _quality(found: Fitted) -> dict[str, Any]:
    best, release = found.best, found.task.release
    rest = residuals(found.task, best)
    about = release.value - release.value.mean()
    end = np.array([release.length])
    total = (best.model.columns(best.theta, np.zeros(1), end) @ best.flux)[0] * release.length
    return {
        "r_squared": 1 - float(rest @ rest) / float(about @ about) if about @ about > 0 else np.nan,
        "error_power": found.ways[0].power, "memory": best.noise.memory, "released": float(total),
    }  # fmt: skip


def _parameters(name: str, found: Fitted, drawn: Draws, unit: ReleaseUnit) -> list[dict[str, Any]]:
    best: Fit = found.best
    verdicts = identify(found.task, best, drawn)
    finite = np.isfinite(drawn.values).all()
    errors = np.log(drawn.values).std(axis=0) if finite else np.full(len(verdicts), np.nan)
    amount = "mg" if unit.basis == "jar" else "mg g-1"
    units = {"amount": amount, "rate": "d-1", "flux": f"{amount} d-1"}
    return [
        {"incubation": name, "model": found.chosen, "parameter": parameter, "value": float(value),
         "unit": units[kind], "log_error": float(error), "verdict": verdict}
        for parameter, kind, value, error, verdict in
        zip(best.model.names, best.model.kinds, best.values, errors, verdicts, strict=True)
    ]  # fmt: skip


def _compared(name: str, found: Fitted) -> list[dict[str, Any]]:
    differences = found.difference()
    total = sum(np.exp(-d / 2) for d in differences.values() if np.isfinite(d))
    fits = [
        {"incubation": name, "model": model, "aicc": f.aicc, "difference": differences[model],
         "weight": float(np.exp(-differences[model] / 2) / total) if total else np.nan,
         "log_likelihood": f.log_likelihood, "parameters": f.model.parameters, "memory": f.noise.memory, "status": ""}
        for model, f in found.fits.items()
    ]  # fmt: skip
    return fits + [{"incubation": name, "model": model, "status": code} for model, code in found.missing.items()]


def _problem(code: str, items: list[Readings], frame: pd.DataFrame) -> Problem:
    names = [item.name for item in items]
    first = items[0].rows.index[0]
    file = str(frame["source_file"].iloc[first]) if "source_file" in frame else ""
    rows = [item.rows.index[0] for item in items]
    shown = tuple(int(frame["source_row"].iloc[r]) for r in rows[:SHOWN]) if "source_row" in frame else ()
    values = {
        "number": len(names),
        "names": ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else ""),
        "units": ", ".join(sorted({_unit(frame, item) for item in items})),
    }
    return Problem(code, file=file, rows=shown, count=len(names) if shown else 0, values=values)


def _unit(frame: pd.DataFrame, item: Readings) -> str:
    found = frame["release_unit"].iloc[item.rows.index[0]] if "release_unit" in frame else ""
    return str(found) if isinstance(found, str) and found else "-"
