"""Step: fluxes of closed chambers from their concentration series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from halosink.contracts import CheckRow, Skip, Step, Text
from halosink.steps.chamber_series import Campaign, by_analyser

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.runner import Workspace

SERIES, CLOSURES = "fluxes/series", "fluxes/closures"
CHECKS = ("range", "missing_code")
"""Quality checks whose flags are left out of a fit: swings of gas at closing and opening are no faults."""
PLACES = ("salinity_class", "vegetation", "season", "time", "table")
RANK = ("good", "doubtful", "refused")


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    names = [n for n, t in workspace.settings.tables.items() if t.kind == "chamber_concentrations"]
    if not names and f"{SERIES}.parquet" not in workspace.outputs():
        return Skip(
            Text("no chamber concentrations", "没有箱法浓度数据"),
            Text(
                "Add the raw files of a gas analyser (kind analyser) with a field sheet (kind closures), a table of "
                "kind chamber_concentrations, or fluxes already computed as kind fluxes.",
                "请添加气体分析仪原始文件（analyser 类型）及野外记录表（closures 类型）、chamber_concentrations "
                "类型的数据表，或以 fluxes 类型提供已算好的通量。",
            ),
        )
    return _outputs(workspace, names)


def _outputs(workspace: Workspace, names: list[str]) -> dict[str, Any]:
    import pandas as pd

    from halosink.chamber import fluxes
    from halosink.chamber.checks import run as examine
    from halosink.chamber.flux.gallery import gallery

    settings = workspace.settings
    options = settings.chamber.options(settings.analysis.confidence)
    parts: list[pd.DataFrame] = []
    curves: list[pd.DataFrame] = []
    checks: list[CheckRow] = []
    problems: list[Problem] = []
    sheet = workspace.frame(CLOSURES) if f"{CLOSURES}.parquet" in workspace.outputs() else None
    for name, raw, kept, record in _series(workspace, names):
        found = fluxes(kept, options, seed=settings.study.seed, progress=workspace.progress)
        judged = examine(raw, sheet if name not in names else None, found, record=record, table=name)
        found = refused(found, judged.refused)
        parts.append(found.assign(table=name))
        curves.append(gallery(found, kept).assign(table=name))
        checks += judged.rows
        problems += judged.problems
    whole = pd.concat(parts, ignore_index=True)
    return {
        "fluxes/chamber.parquet": whole,
        "fluxes/chamber_wide.parquet": wide(whole),
        "fluxes/checks.parquet": CheckRow.table(checks),
        "fluxes/curves.parquet": pd.concat(curves, ignore_index=True),
        "fluxes/problems.json": {"problems": [p.record() for p in problems]},
    }


def _series(
    workspace: Workspace, names: list[str]
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame | None]]:
    """Of each table of concentrations and each raw analyser: name, series as recorded, series to be fitted, and the
    unbroken record it was cut out of."""
    from halosink import quality

    for name in names:
        raw = workspace.frame(f"tables/{name}")
        yield name, raw, quality.masked(raw, workspace.frame(f"quality/flags_{name}"), CHECKS), None
    if f"{SERIES}.parquet" in workspace.outputs():
        campaign = Campaign()
        for name, table in workspace.settings.tables.items():
            if table.kind == "analyser":
                campaign.add(name, table.kind, workspace.frame(f"tables/{name}", categories=True))
        for analyser, raw in by_analyser(workspace.frame(SERIES, categories=True)):
            flags = quality.flag_table(raw, key=[], checks=CHECKS, time="-", table="analyser")
            yield analyser, raw, quality.masked(raw, flags, CHECKS), campaign.record(analyser)


def refused(fluxes: pd.DataFrame, closures: pd.DataFrame) -> pd.DataFrame:
    """The fluxes without those whose closure, or whose gas in it, a check refused; the check is the reason.

    closures: as in checks.Found.refused.
    """
    if closures.empty or fluxes.empty:
        return fluxes
    by = [c for c in closures if c in fluxes and c not in ("column", "reason", "code")]
    told = closures.assign(gas=closures["column"].astype("str").str.split("_").str[0]).drop_duplicates([*by, "gas"])
    out = fluxes.copy()
    for on, part in ((by, told[told["column"] == ""]), ([*by, "gas"], told[told["column"] != ""])):
        keys = fluxes[on].astype("object").merge(part[[*on, "reason"]].astype("object"), on=on, how="left")
        why = keys["reason"].set_axis(out.index)
        hit = why.notna()
        out.loc[hit, ["flux", "standard_error", "low", "high"]] = float("nan")
        out.loc[hit, "quality"] = "refused"
        out["reason"] = why.where(hit & (out["reason"] == ""), out["reason"])
    return out


def wide(fluxes: pd.DataFrame) -> pd.DataFrame:
    """One row per closure, the flux of each gas in a column of its own; of two analysers the better one.

    Without water vapour: under a closed chamber it meets wet walls, and its flux is no evaporation of the plot.
    """
    import pandas as pd

    from halosink.quality.closures import KEY

    fluxes = fluxes[fluxes["gas"] != "h2o"]
    names = [c for c in fluxes if c in (*KEY, *PLACES)]
    same = [c for c in names if c != "table"] if "analyser" in fluxes and fluxes["analyser"].notna().any() else names
    rank = fluxes["quality"].map({q: i for i, q in enumerate(RANK)}).fillna(len(RANK))
    parts = fluxes.assign(_closure=fluxes.groupby(same, dropna=False, sort=False, observed=True).ngroup(), _rank=rank)
    places = parts.drop_duplicates("_closure").set_index("_closure")[names]
    best = parts.sort_values("_rank", kind="stable").drop_duplicates(["_closure", "field"])
    values = best.pivot(index="_closure", columns="field", values="flux").rename_axis(columns=None)
    return pd.concat([places, values], axis=1).drop(columns="table").sort_index().reset_index(drop=True)


STEP = Step(
    name="chamber_flux",
    label=Text("Chamber fluxes", "箱法通量"),
    about=Text(
        "Flux of each closure and gas with its interval: where the readings may be fitted, a straight line or a curve "
        "by what they support, the smallest flux that could be seen, and checks of units, air and analyser.",
        "每次闭箱各气体的通量及其区间：确定可拟合的时段，按读数所支持的程度选用直线或曲线，"
        "给出最小可检测通量，并检查单位、空气状况与气体分析仪。",
    ),
    run=_run,
    needs=("tables", "quality"),
    after=("chamber_series",),
    settings=("study", "tables", "analysis", "chamber"),
    sources=("pedersen2010hmr",),
)
