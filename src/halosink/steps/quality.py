"""Step: flag doubtful values of every table. Nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import CheckRow, Skip, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace

NOT_MEASURED = {"evidence", "taxonomy", "counts"}


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink import quality

    tables = {n: t for n, t in workspace.settings.tables.items() if t.kind not in NOT_MEASURED}
    if not tables:
        return Skip(
            Text("no table of measurements", "没有测量数据表"),
            Text("Add a table such as soil, sensors or fluxes.", "请添加土壤、传感器或通量等数据表。"),
        )
    outputs: dict[str, Any] = {}
    overviews, rows = [], []
    for name, table in tables.items():
        frame = workspace.frame(f"tables/{name}")
        missing_path = f"tables/missing/{name}.parquet"
        missing = workspace.frame(missing_path) if missing_path in workspace.outputs() else pd.DataFrame()
        flags = quality.flag_table(frame, table=table.kind, missing={c: missing[c].to_numpy() for c in missing})
        outputs[f"quality/flags_{name}.parquet"] = flags.frame
        overviews.append(flags.overview.assign(table=name))
        rows += flags.checks
    outputs["quality/overview.parquet"] = pd.concat(overviews, ignore_index=True)
    outputs["quality/checks.parquet"] = CheckRow.table(rows)
    outputs["quality/bits.parquet"] = pd.DataFrame(
        [
            {"check": c.name, "bit": c.bit, "label_en": c.label.en, "label_zh": c.label.zh}
            for c in quality.checks().values()
        ]
    )
    return outputs


STEP = Step(
    name="quality",
    label=Text("Checking the values", "数据质量检查"),
    about=Text(
        "Every check on every series and table; flags only, no value is changed or removed.",
        "对每个序列和数据表逐项检查；只作标记，不改动也不删除任何数值。",
    ),
    run=_run,
    needs=("tables",),
    settings=("tables",),
)
