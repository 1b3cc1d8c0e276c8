"""Effects of classes and gradients on the quantities of one table, the design checked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from halosink.contracts import CheckRow
from halosink.drivers import checks, class_means, design_checks, gradient, multiplicity, response_ratio, unit_checks
from halosink.drivers.design import Design, Factor, Gradient, class_values, level_keys, unit_values
from halosink.drivers.mixed import NoScatter, TooFew
from halosink.drivers.model import ClassModel, fit_classes
from halosink.drivers.places_unnamed import unnamed_units
from halosink.drivers.sharing import level_of
from halosink.drivers.strata import imbalance

UNRESOLVED = 0.1
"""Share of a class's units whose layers or dates could not be allowed for that is said. Own choice: a tenth."""


@dataclass(frozen=True, slots=True)
class Settings:
    """alpha: 1 - confidence; power: of the minimum detectable change; correct_bias: see response_ratio;
    leave_one_out: refit without each site (most of the time spent)."""

    alpha: float = 0.05
    power: float = 0.8
    correct_bias: bool = False
    leave_one_out: bool = True


@dataclass(frozen=True, slots=True)
class Effects:
    """The three tables, with their columns even when empty, and the check rows."""

    class_means: pd.DataFrame
    response_ratios: pd.DataFrame
    gradients: pd.DataFrame
    checks: tuple[CheckRow, ...]


def effects(
    frame: pd.DataFrame,
    quantities: Mapping[str, str] | Sequence[str],
    design: Design,
    settings: Settings | None = None,
    table: str = "",
) -> Effects:
    """Class means, response ratios and gradients of the quantities (name -> unit) of one table.

    frame: one row per sample, columns as in the vocabulary; its index does not matter. What cannot be computed for
    one quantity is a check row `not_computed`, never an exception. Quantities that the frame lacks are passed over.
    `p_adjusted` takes the comparisons and slopes of this table as one family (see multiplicity).
    """
    settings = settings or Settings()
    units_of = dict(quantities) if isinstance(quantities, Mapping) else dict.fromkeys(quantities, "")
    frame = frame.reset_index(drop=True).copy()
    factors = tuple(f for f in design.factors if f.column in frame and frame[f.column].notna().any())
    for factor in factors:
        frame[factor.column] = frame[factor.column].astype("string").astype(object).where(frame[factor.column].notna())
    names = [q for q in units_of if q in frame]
    numeric = [q for q in names if pd.api.types.is_numeric_dtype(frame[q])]
    gone = [checks.not_computed(q, table or "-", "not_numeric") for q in names if q not in numeric]
    frame[numeric] = frame[numeric].astype(float).replace([np.inf, -np.inf], np.nan)
    keys = level_keys(frame, design, numeric)
    unnamed = unnamed_units(frame, numeric, level_keys(frame, design, infer=False), design)
    work = _Work(frame, keys, design, settings, factors)
    work.checks += unit_checks.no_plot_column(unnamed, design) if unnamed else []
    work.checks += gone + design_checks.design_checks(frame, design, keys, numeric)
    work.checks += unit_checks.declared(frame, numeric, design, keys)
    for name in numeric:
        work.quantity(name, {"quantity": name, "unit": units_of[name], "table": table})
    work.finish()
    ratios, slopes = multiplicity.adjust(
        _table(work.ratios, response_ratio.COLUMNS), _table(work.slopes, gradient.COLUMNS)
    )
    return Effects(_table(work.means, class_means.COLUMNS), ratios, slopes, tuple(work.checks))


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


class _Work:
    def __init__(
        self, frame: pd.DataFrame, keys: pd.DataFrame, design: Design, settings: Settings, factors: tuple[Factor, ...]
    ):
        self.frame, self.keys, self.design, self.settings, self.factors = frame, keys, design, settings, factors
        self.means: list[dict[str, Any]] = []
        self.ratios: list[dict[str, Any]] = []
        self.slopes: list[dict[str, Any]] = []
        self.checks: list[CheckRow] = []
        self.unresolved: dict[str, list[str]] = {}
        self.unconfirmed: dict[str, unit_checks.Unconfirmed] = {}
        self.no_ratio: dict[str, list[str]] = {}
        self.places: dict[tuple[str, str, tuple[tuple[str, int], ...]], list[float]] = {}
        self.names: dict[str, dict[int, str]] = {}
        for level in (k for k in ("region", "site") if k in keys):
            first = ~keys[level].duplicated()
            named = frame.loc[first, design.column(level)].astype(str)
            self.names[level] = dict(zip(keys.loc[first, level].astype(int), named, strict=True))

    def quantity(self, name: str, head: dict[str, str]) -> None:
        if not self.frame[name].notna().any():
            return
        for factor in self.factors:
            others = tuple(f for f in self.factors if f is not factor)
            self._guard(name, factor.column, lambda f=factor, o=others: self._factor(name, head, f, o))
        level = level_of(self.frame, name, self.keys, self.design.per)
        if level is not None:
            rows = self.frame[name].notna()
            measured = int(self.keys.loc[rows, level].nunique())
            self.checks.append(checks.shared_measurement(name, level, int(rows.sum()), measured, self.design))
        for one in self.design.gradients:
            if one.column in self.frame and one.column != name:
                self._guard(name, one.column, lambda g=one: self._gradient(name, head, g))

    def _guard(self, name: str, what: str, job: Any) -> Any:
        """Run; whatever one quantity throws becomes a check row and the others go on."""
        try:
            return job()
        except (ValueError, np.linalg.LinAlgError, ArithmeticError, KeyError) as problem:
            self.checks.append(checks.not_computed(name, what, str(problem)))
            return None

    def _factor(self, name: str, head: dict[str, str], factor: Factor, others: tuple[Factor, ...]) -> None:
        found = class_values(self.frame, name, factor, others, self.design, self.keys)
        if isinstance(found, str):
            self.checks.append(unit_checks.cannot_differ(name, factor.column, found, self.design))
            return
        units, others = found
        if units.empty:
            raise ValueError("one_class")
        if imbalance(units["strata_key"], units[factor.column]) > UNRESOLVED:
            self.unresolved.setdefault(factor.column, []).append(name)
        itself = [level for level in ("region", "site", "block") if self.design.column(level) == factor.column]
        units = units.drop(columns=[f"{level}_key" for level in itself], errors="ignore")
        reference = factor.reference or sorted(units[factor.column].unique())[0]
        factor = Factor(factor.column, str(reference), factor.landscape)
        model: ClassModel | None = None
        if np.ptp(units["value"]) <= 1e-12 * float(np.abs(units["value"]).max()):
            self.checks.append(checks.not_computed(name, factor.column, "constant"))
        else:
            try:
                zero = not response_ratio.without_zero(name, head["unit"])
                model = fit_classes(units, factor, others, None if zero else "constant")
                model = model if zero else replace(model, smallest=-np.inf)
            except (NoScatter, TooFew) as problem:
                reason = "no_scatter" if isinstance(problem, NoScatter) else "replication"
                self.checks.append(checks.not_computed(name, factor.column, reason))
            except ValueError as problem:
                self.checks.append(checks.not_computed(name, factor.column, str(problem)))
        alpha = self.settings.alpha
        self.means += [head | row for row in class_means.class_means(units, model, factor, alpha)]
        if model is None:
            return
        needed = self.places.setdefault((factor.column, model.layout.level, tuple(model.counts.items())), [])
        if not model.interactions:
            self._once(
                checks.no_interactions(
                    factor.column, model.others, model.layout.level, model.alone, model.combinations, self.design
                )
            )
        if len(model.classes) < 2 or factor.reference not in model.classes:
            reason = "one_class" if len(model.classes) < 2 else "reference"
            self.checks.append(checks.not_computed(name, factor.column, reason))
            return
        ratios = response_ratio.response_ratios(
            units,
            model,
            factor,
            others,
            alpha=alpha,
            power=self.settings.power,
            correct_bias=self.settings.correct_bias,
            leave_one_out=self.settings.leave_one_out,
            names=self.names,
        )
        for row in ratios:
            self.ratios.append(head | row)
            needed.append(row["places_to_detect_20_percent"])
            self._say(checks.one_site_carries(name, head["unit"], row, self.design))
            if row["loso_unconfirmed"]:
                self.unconfirmed.setdefault(factor.column, unit_checks.Unconfirmed()).add(name, row)
            if zero and min(abs(row["mean"]), abs(row["reference_mean"])) == 0:
                self.no_ratio.setdefault(factor.column, []).append(name)

    def _say(self, row: CheckRow | None) -> None:
        self.checks += [row] if row else []

    def _once(self, row: CheckRow) -> None:
        self.checks += [] if row in self.checks else [row]

    def finish(self) -> None:
        """The rows that speak of all quantities together."""
        self.checks += [unit_checks.unconfirmed(what, found, self.design) for what, found in self.unconfirmed.items()]
        for (factor, level, counts), needed in self.places.items():
            self._say(checks.few_units(factor, level, dict(counts), needed, self.settings.power, self.design))
        for said, collected in (
            (unit_checks.strata_not_adjusted, self.unresolved),
            (unit_checks.no_ratio, self.no_ratio),
        ):
            self.checks += [said(what, list(dict.fromkeys(names)), self.design) for what, names in collected.items()]

    def _gradient(self, name: str, head: dict[str, str], one: Gradient) -> None:
        units, _ = unit_values(self.frame, name, [one.column], self.design, self.keys)
        if len(units) and units["value"].nunique() == 1:
            self.checks.append(checks.not_computed(name, one.column, "constant"))
            return
        try:
            row = gradient.slope_along(
                units,
                one,
                alpha=self.settings.alpha,
                power=self.settings.power,
                leave_one_out=self.settings.leave_one_out,
                site_names=self.names.get("site"),
            )
        except ValueError as problem:
            reason = "no_scatter" if isinstance(problem, NoScatter) else "few"
            self.checks.append(checks.not_computed(name, one.column, reason))
            return
        self.slopes.append(head | row)
        if row["units"] < len(units):
            self._say(checks.no_logarithm(name, one.column, len(units) - row["units"], len(units)))
        self._say(checks.slopes_differ(name, head["unit"], row, self.settings.alpha, self.design))
        if row["loso_unconfirmed"]:
            self.unconfirmed.setdefault(one.column, unit_checks.Unconfirmed()).add(name, row)
        self._say(checks.one_site_carries(name, head["unit"], row, self.design))
