"""Step: whether carbon fractions add up, and how firmly the carbon of each plot is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.runner import Workspace

KINDS = ("soil", "microbes")
PLACES = ("region", "site", "block", "plot", "core", "layer", "depth_top", "depth_bottom")


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink.problems import errors
    from halosink.soil.fractions.closure import closure_checks
    from halosink.soil.fractions.indices import BESIDE, columns
    from halosink.soil.fractions.profile import stability
    from halosink.soil_tables import classes, reference, tables

    settings = workspace.settings
    found = tables(workspace, KINDS, sorted(set(columns()) - set(BESIDE)))
    checked: list[pd.DataFrame] = []
    profiles: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, frame in found.items():
        sums, _ = closure_checks(frame, settings.soil.fraction_basis)
        profile, told = stability(
            frame,
            groups(frame, settings.design.unit, classes(workspace)),
            control=reference(workspace, frame),
            basis=settings.soil.fraction_basis,
            mineral=settings.soil.clays,
            draws=settings.soil.draws,
            seed=settings.study.seed,
            level=settings.analysis.confidence,
        )
        if not (sums["verdict"] != "not_judged").any() and not profile["value"].notna().any():
            problems += errors(told)
            continue
        problems += told
        checked += [_placed(sums, frame, classes(workspace)).assign(table=name)] if len(sums) else []
        profiles += [profile.assign(table=name)] if len(profile) else []
    if not checked and not profiles and not problems:
        return Skip(
            Text("no soil table with fractions of organic carbon", "没有含有机碳组分的土壤数据表"),
            Text(
                "Add to a table of kind soil organic carbon with fractions such as poc and maoc, aggregates, "
                "permanganate_oxidisable_carbon or microbial_biomass_carbon.",
                "请在 soil 类型的数据表中加入有机碳及其组分，如 poc 与 maoc、团聚体、"
                "permanganate_oxidisable_carbon 或 microbial_biomass_carbon。",
            ),
        )
    outputs: dict[str, Any] = {"soil/fractions_problems.json": {"problems": [p.record() for p in problems]}}
    for path, parts in (("soil/closure.parquet", checked), ("soil/stability.parquet", profiles)):
        if parts:
            outputs[path] = pd.concat(parts, ignore_index=True)
    return outputs


def groups(frame: pd.DataFrame, unit: str, factors: list[str]) -> list[str]:
    """Columns that make one profile: place down to the unit of the design, layer and class, as far as filled."""
    wanted = dict.fromkeys((*PLACES, unit, *factors))
    below = ("core",) if unit != "core" else ()
    return [c for c in wanted if c in frame and frame[c].notna().any() and (c == unit or c not in below)]


def _placed(sums: pd.DataFrame, frame: pd.DataFrame, factors: list[str]) -> pd.DataFrame:
    """The checks with the place and class of their rows."""
    wanted = [c for c in dict.fromkeys((*PLACES, "sample", "replicate", *factors)) if c in frame and c not in sums]
    rows = frame[wanted].iloc[sums["row"].to_numpy()].reset_index(drop=True)
    return sums.reset_index(drop=True).assign(**{c: rows[c] for c in wanted})


STEP = Step(
    name="soil_fractions",
    label=Text("Carbon fractions and stability", "碳组分与稳定性"),
    about=Text(
        "Whether fractions add up to the whole, flagged and never forced; how firmly carbon is held in each plot by "
        "chemistry, minerals and aggregates, beside the reference class and published values.",
        "检查各组分之和是否与总量相符，只标出、不强行平差；并按生化难降解性、矿物结合与团聚体保护三种机制，"
        "给出各小区碳的稳定程度，与对照及已发表数值比较。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("study", "tables", "design", "analysis", "soil"),
    sources=("six2002", "hassink1997", "georgiou2022", "blair1995", "rovira2002", "vanbavel1950", "liang2019"),
)
