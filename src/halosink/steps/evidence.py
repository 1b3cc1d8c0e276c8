"""Step: published numbers, paired, labelled and pooled in coarse groups fixed beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    from halosink import evidence
    from halosink.evidence.pool import pool

    names = [n for n, t in workspace.settings.tables.items() if t.kind == "evidence"]
    if not names:
        return Skip(
            Text("no table of published numbers", "没有文献数据表"),
            Text("Add a table of kind evidence.", "请添加 evidence 类型的数据表。"),
        )
    settings = workspace.settings
    found = pool(
        workspace.frame(f"tables/{names[0]}"),
        seed=settings.study.seed,
        draws=settings.analysis.draws,
        confidence=settings.analysis.confidence,
    )
    known = evidence.sources()
    used = known[known["source_key"].isin(found["evidence/numbers"]["source_key"])]
    return {f"{name}.parquet": frame for name, frame in {**found, "evidence/sources": used}.items()}


STEP = Step(
    name="evidence",
    label=Text("Published evidence", "文献证据"),
    about=Text(
        "Published numbers with their sources; ln response ratios pooled, unweighted, over sources where at least "
        "three exist.",
        "文献数值及其来源；来源不少于三个的组别，按来源对 ln 响应比作不加权合并。",
    ),
    run=_run,
    needs=("tables",),
    settings=("tables", "study", "analysis"),
    sources=("hesterberg2015",),
)
