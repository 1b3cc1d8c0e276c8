"""Step: flag doubtful values of every table. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from halosink.contracts import CheckRow, Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

NOT_MEASURED = {"evidence", "taxonomy", "counts"}
CLOSED = {"analyser", "chamber_concentrations"}
OF_CLOSED = ("range", "missing_code")
"""Checks of gas in chambers, which rises and falls with each closing: neither is a fault."""


def _run(workspace: Workspace) -> Iterator[tuple[str, Any]] | Skip:
    kinds = {n: t.kind for n, t in workspace.settings.tables.items() if t.kind not in NOT_MEASURED}
    if not kinds:
        return Skip(
            Text("no table of measurements", "没有测量数据表"),
            Text("Add a table such as soil, sensors or fluxes.", "请添加土壤、传感器或通量等数据表。"),
        )
    return _outputs(workspace, kinds)


def _outputs(workspace: Workspace, kinds: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The flags of one table after the other, then what was found in all of them."""
    import pandas as pd

    from halosink import quality

    overviews: list[pd.DataFrame] = []
    rows: list[CheckRow] = []
    for name, kind in kinds.items():
        yield f"quality/flags_{name}.parquet", _flags(workspace, name, kind, overviews, rows)
    names = list(quality.checks())
    yield "quality/overview.parquet", pd.concat(overviews, ignore_index=True).fillna(dict.fromkeys(names, 0))
    yield "quality/checks.parquet", CheckRow.table(rows)
    checks = quality.checks().values()
    bits = [{"check": c.name, "bit": c.bit, "label_en": c.label.en, "label_zh": c.label.zh} for c in checks]
    yield "quality/bits.parquet", pd.DataFrame(bits)


def _flags(
    workspace: Workspace, name: str, kind: str, overviews: list[pd.DataFrame], rows: list[CheckRow]
) -> pd.DataFrame:
    """The flags of one table; its overview and verdicts join those given."""
    import pandas as pd

    from halosink import quality

    why = f"tables/missing/{name}"
    missing = workspace.frame(why) if f"{why}.parquet" in workspace.outputs() else pd.DataFrame()
    kinds_of_missing = {str(field): missing[field].to_numpy() for field in missing}
    frame = workspace.frame(f"tables/{name}", categories=True)
    checks = OF_CLOSED if kind in CLOSED else None
    flags = quality.flag_table(frame, table=kind, checks=checks, missing=kinds_of_missing, name=name)
    overviews.append(flags.overview)
    rows += flags.checks
    return flags.frame


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
