"""Step: carbon stocks of each soil profile, by fixed depth and by equal soil mass side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.runner import Workspace

CARBON = (
    *("soil_organic_carbon", "total_carbon", "walkley_black_carbon", "loss_on_ignition", "soil_organic_matter"),
    *("soil_inorganic_carbon", "calcium_carbonate"),
)
STOCKS = ("soil_organic_carbon_stock", "soil_inorganic_carbon_stock")
KINDS = ("organic", "inorganic")
METHODS = ("fixed_depth", "equal_mass")
TRACERS = ("lead_210_total", "caesium_137")
SUMMARY = ("mean", "sd", "low", "high")
NAMED = {"fixed_depth": "stocks", "equal_mass": "stocks_equal_mass"}


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink.soil_tables import tables

    found = {
        name: frame
        for name, frame in tables(workspace, ("soil",), CARBON).items()
        if all(c in frame and frame[c].notna().any() for c in ("depth_top", "depth_bottom"))
        and ("bulk_density" in frame or workspace.settings.soil.estimate_density)
    }
    if not found:
        return Skip(
            Text("no soil table with carbon and the depths of its layers", "没有同时含碳含量与土层深度的土壤数据表"),
            Text(
                "Add to a table of kind soil depth_top and depth_bottom with soil_organic_carbon or "
                "soil_inorganic_carbon, and bulk_density if it was measured.",
                "请在 soil 类型的数据表中加入 depth_top、depth_bottom 以及 soil_organic_carbon 或 "
                "soil_inorganic_carbon；如测过容重，请一并加入 bulk_density。",
            ),
        )
    stocks: list[pd.DataFrame] = []
    rows: list[pd.DataFrame] = []
    changed: list[pd.DataFrame] = []
    buried: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, frame in found.items():
        made, used, change, told = of_table(workspace, frame)
        stocks.append(made.assign(table=name))
        rows.append(used.assign(table=name))
        changed.append(change.assign(table=name))
        problems += told
        rates, told = burial(workspace, frame)
        buried.append(rates.assign(table=name))
        problems += told
    return {
        "soil/stocks.parquet": pd.concat(stocks, ignore_index=True),
        "soil/stocks_rows.parquet": pd.concat(rows, ignore_index=True),
        "soil/stocks_problems.json": {"problems": [p.record() for p in problems]},
        **{
            f"soil/{name}.parquet": pd.concat(whole, ignore_index=True)
            for name, parts in (("stock_changes", changed), ("burial", buried))
            if (whole := [p for p in parts if len(p)])
        },
    }


def burial(workspace: Workspace, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Burial rates of dated cores; empty without lead-210 and caesium-137."""
    import pandas as pd

    from halosink.soil.stocks.burial import carbon_burial
    from halosink.soil_tables import classes

    if not any(c in frame and frame[c].notna().any() for c in TRACERS):
        return pd.DataFrame(), []
    settings = workspace.settings
    profile = of_profile(frame, settings.design.unit, classes(workspace))
    seed = settings.study.seed
    return carbon_burial(frame, draws=settings.soil.draws, seed=seed, profile=profile, setting=settings.soil.ground)


def of_table(
    workspace: Workspace, frame: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, list[Problem]]:
    """Stocks of one table, both kinds of carbon by both methods; what became of each row; changes between the first
    and the last sampling; what is wrong with rows."""
    import numpy as np
    import pandas as pd

    from halosink.soil.stocks.dates import changes
    from halosink.soil.stocks.table import carbon_stocks
    from halosink.soil_tables import classes, reference

    settings = workspace.settings
    chosen = settings.soil
    profile = of_profile(frame, settings.design.unit, classes(workspace))
    beside = reference(workspace, frame)
    tail = (1 - settings.analysis.confidence) / 2
    tables: dict[tuple[str, str], pd.DataFrame] = {}
    rows, change, problems = pd.DataFrame(), list[pd.DataFrame](), list[Any]()
    for kind in KINDS:
        evidence = CARBON[:5] if kind == "organic" else CARBON[5:]
        if not any(c in frame and frame[c].notna().any() for c in evidence):
            continue
        for method in METHODS:
            made, told = carbon_stocks(
                without_carbonate(frame) if chosen.carbonate_free and kind == "organic" else frame,
                sorted(set(chosen.depths)),
                method=method,  # type: ignore[arg-type]
                carbon=kind,  # type: ignore[arg-type]
                reference=dict([beside]) if beside else None,
                draws=chosen.draws,
                seed=settings.study.seed,
                setting=chosen.ground,
                bridge=chosen.bridge,
                profile=profile,
                estimate_density=chosen.estimate_density and kind == "organic",
                whole_soil=chosen.whole_soil,
                keep_draws=True,
            )
            table = made.table
            if made.draws is not None and len(table):
                whole = table[STOCKS[KINDS.index(kind)]].notna().to_numpy()
                if whole.any():
                    limits = np.quantile(made.draws[whole], [tail, 1 - tail], axis=1)
                    table.loc[whole, ["stock_low", "stock_high"]] = limits.T
            tables[kind, method] = table
            change.append(
                changes(
                    {method: (made.table, made.draws)},
                    unit=settings.design.unit,
                    classes=classes(workspace),
                    block=settings.design.block,
                    seed=settings.study.seed,
                )
            )
            if rows.empty:
                rows, problems = made.rows, told
    return _side_by_side(tables, profile), rows, pd.concat(change) if change else pd.DataFrame(), problems


def without_carbonate(frame: pd.DataFrame) -> pd.DataFrame:
    """No inorganic carbon where total carbon stands alone."""
    if "total_carbon" not in frame:
        return frame
    known = frame[[c for c in CARBON[5:] if c in frame]].notna().any(axis=1)
    inorganic = frame[CARBON[5]] if CARBON[5] in frame else float("nan")
    return frame.assign(**{CARBON[5]: (frame["total_carbon"] * 0).where(~known, inorganic)})


def of_profile(frame: pd.DataFrame, unit: str, factors: list[str]) -> list[str]:
    """Columns that tell profiles apart: place, date and class as far as filled.

    Samples do only where nothing else tells places apart, or where they are the unit and hold several layers each.
    """
    from halosink.soil.stocks.profiles import PROFILE

    found = [c for c in dict.fromkeys((*PROFILE, unit, *factors)) if c in frame and frame[c].notna().any()]
    found = [c for c in found if c != "sample"]
    if "sample" not in frame or frame["sample"].isna().all():
        return found
    named = any(c in found for c in ("block", "plot", "core"))
    layered = bool((frame.groupby("sample", observed=True)["depth_top"].nunique() > 1).any())
    return [*found, "sample"] if not named or (unit == "sample" and layered) else found


def _side_by_side(tables: dict[tuple[str, str], pd.DataFrame], profile: list[str]) -> pd.DataFrame:
    """One row per profile, method and depth: organic carbon with its columns, inorganic as inorganic_*."""
    import pandas as pd

    key = [*profile, "method", "depth_bottom"]
    parts = []
    for method in METHODS:
        organic, inorganic = (tables.get((kind, method)) for kind in KINDS)
        if inorganic is None:
            parts.append(organic.drop(columns=STOCKS[1]) if organic is not None else None)
            continue
        names = {f"stock_{s}": f"inorganic_{s}" for s in SUMMARY} | {"reason": "inorganic_reason"}
        small = inorganic[[*key, STOCKS[1], *names]].rename(columns=names)
        if organic is None:
            rest = inorganic.drop(columns=[*(f"stock_{s}" for s in SUMMARY), "reason", STOCKS[1]])
            parts.append(rest.assign(reason="no_carbon").merge(small, on=key, how="left"))
        else:
            whole = organic.drop(columns=STOCKS[1]).merge(small, on=key, how="outer", sort=False)
            whole["reason"] = whole["reason"].fillna("no_carbon")
            whole["inorganic_reason"] = whole["inorganic_reason"].fillna("no_carbon")
            parts.append(whole)
    return pd.concat([p for p in parts if p is not None], ignore_index=True)


def derived(stocks: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Stocks as tables of observations, one per table, method and depth, with one row per profile."""
    several = stocks["depth_bottom"].nunique() > 1
    many = stocks["table"].nunique() > 1
    places = [c for c in stocks if c not in ("method", "table")]
    end = places.index("depth_bottom")
    for key, part in stocks.groupby(["table", "method", "depth_bottom"], sort=True):
        table, method, depth = cast(tuple[str, str, float], key)
        measured = [c for c in STOCKS if c in part and part[c].notna().any()]
        if not measured:
            continue
        name = NAMED[method] + (f"_{table}" if many else "") + (f"_{depth:g}cm" if several else "")
        out = part[[*places[:end], *measured]].assign(depth_top=0.0, depth_bottom=depth)
        yield name.replace(".", "_"), out.reset_index(drop=True)


STEP = Step(
    name="soil_stocks",
    label=Text("Carbon stocks", "碳储量"),
    about=Text(
        "Organic and inorganic carbon per area of each profile with intervals, down to a fixed depth and for an equal "
        "mass of soil; a missing bulk density is estimated with its error, and every row left out is named.",
        "各剖面单位面积的有机碳与无机碳储量及其区间，固定深度法与等质量法并列；缺失的容重连同误差一并估计，未采用的每一行均说明原因。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("study", "tables", "design", "analysis", "soil"),
    sources=("vonhaden2020", "wendt2013", "ellert1995", "poeplau2017"),
)
