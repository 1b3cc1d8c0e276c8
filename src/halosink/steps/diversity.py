"""Step: diversity of each sequenced sample at equal effort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    from halosink.microbe.diversity import diversity

    names = [n for n, t in workspace.settings.tables.items() if t.kind == "counts"]
    if not names:
        return Skip(
            Text("no table of taxon counts", "没有分类单元计数表"),
            Text("Add a table of kind counts (OTU or ASV table).", "请添加 counts 类型的数据表（OTU 或 ASV 表）。"),
        )
    return {"microbes/diversity.parquet": diversity(workspace.frame(f"tables/{names[0]}"))}


STEP = Step(
    name="diversity",
    label=Text("Microbial diversity", "微生物多样性"),
    about=Text(
        "Sequencing depth, richness expected at the smallest common depth, Shannon diversity and coverage per sample.",
        "每个样品的测序深度、抽平到最小共同深度的期望丰富度、香农多样性与覆盖度。",
    ),
    run=_run,
    needs=("tables",),
    settings=("tables",),
    sources=("hurlbert1971", "shannon1948", "good1953"),
)
