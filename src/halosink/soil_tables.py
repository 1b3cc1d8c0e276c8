"""Tables of a study as the steps on soil take them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.runner import Workspace
    from halosink.settings import Settings

LEFT_IN = "range"
"""The check whose flags stay unused: an impossible number is refused and named by the science itself."""
JOINED = ("place", "design")


def tables(workspace: Workspace, kinds: Iterable[str], wanted: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Tables of these kinds that hold a number in one of the wanted columns, by name.

    Values that a check excludes are left out, except those beyond the range of their field; place and design of the
    table of plots are joined.
    """
    from halosink import quality, vocabulary
    from halosink.quality.registry import excluding
    from halosink.steps.observations import with_classes, with_design

    declared, fields = workspace.settings.tables, vocabulary.fields()
    plots = next((workspace.frame(f"tables/{n}") for n, t in declared.items() if t.kind == "plots"), None)
    if plots is not None:
        plots = plots[[c for c in map(str, plots) if c in fields and fields[c].group in JOINED]]
    checks = [name for name in excluding() if name != LEFT_IN]
    found = {}
    for name in (n for n, t in declared.items() if t.kind in set(kinds)):
        frame = workspace.frame(f"tables/{name}")
        if not any(c in frame and frame[c].notna().any() for c in wanted):
            continue
        frame = with_design(quality.masked(frame, workspace.frame(f"quality/flags_{name}"), checks), plots)
        found[name] = with_classes(frame, classes(workspace)).reset_index(drop=True)
    return found


def classes(workspace: Workspace) -> list[str]:
    """Fields that set the classes which are compared."""
    return [f.field for f in workspace.settings.design.factors]


def reference(workspace: Workspace, frame: pd.DataFrame) -> tuple[str, str] | None:
    """Column and reference class of the first factor that the table has with that class."""
    for factor in workspace.settings.design.factors:
        if factor.field in frame and (frame[factor.field] == factor.reference).any():
            return factor.field, factor.reference
    return None


def with_row_classes(result: pd.DataFrame, frame: pd.DataFrame, fields: Iterable[str]) -> pd.DataFrame:
    """A result of one row per row of the frame, with the classes of these rows."""
    lacking = [f for f in fields if f in frame and f not in result]
    return result.assign(**{f: frame[f].to_numpy() for f in lacking})


def impossible(frame: pd.DataFrame, settings: Settings) -> list[Problem]:
    """Errors that the soil steps will name in a table, before any of them has run."""
    from halosink.problems import errors
    from halosink.soil.fractions.closure import closure_checks
    from halosink.soil.salinity import ClassOptions, classify
    from halosink.soil.stocks.table import carbon_stocks

    options = ClassOptions(draws=1, wetland=settings.soil.ground == "marsh")
    found = [*classify(frame, options)[1], *closure_checks(frame, settings.soil.fraction_basis)[1]]
    if {"depth_top", "depth_bottom"} <= set(frame) and {"soil_organic_carbon", "total_carbon"} & set(frame):
        found += carbon_stocks(frame, settings.soil.depths, draws=2, estimate_density=True)[1]
    return list({(p.code, p.column, p.rows): p for p in errors(found)}.values())
