"""Step: class means, response ratios and gradients of every measured quantity, the design checked first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import CheckRow, Skip, Step, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from halosink.drivers import Design
    from halosink.runner import Workspace
    from halosink.settings import Settings

NOT_MEASURED = {"place", "design", "time", "chamber", "provenance", "evidence"}


def quantities(frame: pd.DataFrame, settings: Settings) -> dict[str, str]:
    """The measured numbers of a table with their units, those chosen in study.toml only if it chooses."""
    from halosink import vocabulary

    chosen, fields = settings.analysis.quantities, vocabulary.fields()
    return {
        c: fields[c].unit
        for c in map(str, frame)
        if c in fields
        and fields[c].kind in ("number", "integer")
        and fields[c].group not in NOT_MEASURED
        and (not chosen or c in chosen)
    }


def design(settings: Settings, per: Mapping[str, str] | None = None) -> Design:
    """The design of study.toml in the terms of drivers; per: of one table, the level each quantity was measured at."""
    from halosink import drivers, vocabulary

    laid = settings.design
    return drivers.Design(
        factors=tuple(drivers.Factor(f.field, f.reference, f.landscape) for f in laid.factors),
        gradients=tuple(
            drivers.Gradient(g.field, vocabulary.fields()[g.field].unit, g.transform == "log10") for g in laid.gradients
        ),
        region=laid.region,
        site=laid.site,
        block=laid.block,
        unit=laid.unit,
        per=dict(per or {}),
    )


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink import drivers
    from halosink.drivers import multiplicity
    from halosink.drivers.design import class_values, level_keys

    settings = workspace.settings
    if not settings.design.factors and not settings.design.gradients:
        return Skip(
            Text("study.toml names no classes to compare and no gradient", "study.toml 未指明要比较的类别或梯度"),
            Text(
                "Add [[design.factors]] with field and reference, or [[design.gradients]] with field.",
                "请添加 [[design.factors]]（field 与 reference）或 [[design.gradients]]（field）。",
            ),
        )
    declared = workspace.data("tables/reading.json").get("per", {})
    options = drivers.Settings(alpha=1 - settings.analysis.confidence, power=settings.analysis.power)
    found, points = [], []
    for name, frame in workspace.frames("observations/").items():
        table = name.split("/")[-1]
        measured = quantities(frame, settings)
        laid = design(settings, declared.get(table))
        found.append(drivers.effects(frame, measured, laid, options, table))
        keys = level_keys(frame, laid, list(measured))
        for factor in (f for f in laid.factors if f.column in frame):
            for quantity in measured:
                if frame[quantity].notna().any():
                    shown = class_values(frame, quantity, factor, (), laid, keys)
                    if isinstance(shown, str):
                        continue
                    values = shown[0]
                    points.append(
                        pd.DataFrame(
                            {
                                "quantity": quantity,
                                "table": table,
                                "factor": factor.column,
                                "class": values[factor.column].astype(str),
                                "site": values["site_key"].astype(str) if "site_key" in values else "",
                                "value": values["value"].astype(float),
                            }
                        )
                    )
    if not found:
        return Skip(Text("no observations", "没有观测值"), Text("", ""))
    frames = {
        part: pd.concat([getattr(f, part) for f in found if len(getattr(f, part))] or [getattr(found[0], part)])
        for part in ("class_means", "response_ratios", "gradients")
    }
    judged = ("response_ratios", "gradients")
    frames |= dict(zip(judged, multiplicity.adjust(*(frames[n] for n in judged)), strict=True))
    many = multiplicity.many_comparisons(tuple(frames[n] for n in judged), options.alpha)
    outputs: dict[str, Any] = {f"effects/{n}.parquet": f.reset_index(drop=True) for n, f in frames.items()}
    outputs["effects/checks.parquet"] = CheckRow.table(
        [row for f in found for row in f.checks] + ([many] if many else [])
    )
    if points:
        outputs["effects/points.parquet"] = pd.concat(points, ignore_index=True)
    return outputs


STEP = Step(
    name="effects",
    label=Text("Effects of classes and gradients", "类别与梯度效应"),
    about=Text(
        "Mean of every quantity per class, response ratio against the reference, slope along gradients, each with the "
        "interval that the design allows and the smallest change it could have detected.",
        "各类别均值、相对对照的响应比及沿梯度的斜率，均给出试验设计所允许的置信区间与最小可检测变化。",
    ),
    run=_run,
    needs=("observations", "tables"),
    settings=("tables", "design", "analysis"),
    sources=("hedges1999", "kuznetsova2017", "vandepol_wright2009", "benjamini1995"),
)
