"""Step: raw records of gas analysers cut into closures by the field sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text
from halosink.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

    from halosink.chamber.sheet.field_sheet import Joined
    from halosink.runner import Workspace
    from halosink.settings import Settings


@dataclass(slots=True)
class Campaign:
    """The tables that chamber measurements are made of, by name."""

    records: dict[str, pd.DataFrame] = field(default_factory=dict)
    sheets: dict[str, pd.DataFrame] = field(default_factory=dict)
    plots: pd.DataFrame | None = None
    concentrations: dict[str, pd.DataFrame] = field(default_factory=dict)

    def add(self, name: str, kind: str, frame: pd.DataFrame) -> None:
        """Keep a table if it is one of these."""
        if kind == "analyser":
            self.records[name] = frame
        elif kind == "closures":
            self.sheets[name] = frame
        elif kind == "chamber_concentrations":
            self.concentrations[name] = frame
        elif kind == "plots" and "plot" in frame:
            self.plots = frame

    def sheet(self) -> pd.DataFrame | None:
        """All field sheets below one another."""
        import pandas as pd

        parts = [f.astype({c: "str" for c in f if f[c].dtype == "category"}) for f in self.sheets.values()]
        return pd.concat(parts, ignore_index=True) if parts else None

    def joined(self, settings: Settings) -> Joined:
        from halosink.chamber.sheet.field_sheet import join

        return join(self.records, self.sheet(), settings.chamber.rules(), self.plots)

    def examined(self, joined: Joined | None) -> list[Problem]:
        """What the checks of chamber measurements say of every series, before any flux is known."""
        from halosink.chamber import checks

        found = [p for name, frame in self.concentrations.items() for p in checks.run(frame, table=name).problems]
        if joined is not None and len(joined.series):
            for name, raw in by_analyser(joined.series):
                record = self.record(name)
                found += checks.run(raw, joined.closures, record=record, table=name).problems
        return found

    def record(self, analyser: str) -> pd.DataFrame | None:
        """The unbroken record of an analyser, None if it made its closures itself."""
        from halosink.chamber.sheet.streams import streams

        running, _ = streams(self.records)
        return next((s.frame for s in running if s.analyser == analyser), None)

    def lacks(self) -> list[Problem]:
        """Records that nothing cuts into closures, and a field sheet without records."""
        if self.sheets and not self.records:
            return [Problem("W-CHAMBER-NO-RECORDS", values={"sheet": ", ".join(self.sheets)})]
        whole = [n for n, f in self.records.items() if "closure" not in f or f["closure"].isna().all()]
        if whole and not self.sheets:
            return [Problem("W-CHAMBER-NO-SHEET", values={"tables": ", ".join(whole)})]
        return []


def by_analyser(series: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The series of each analyser with the columns it fills, and those of chamber and air."""
    from halosink.chamber.sheet.problems import NEEDED

    for analyser, one in series.groupby("analyser", observed=True, sort=True):
        kept = [c for c in one if c in NEEDED or one[c].notna().any()]
        yield str(analyser), one[kept].reset_index(drop=True)


def problems(campaign: Campaign, settings: Settings, thorough: bool = False) -> list[Problem]:
    """Everything in which the field sheet and the records do not fit, before anything is computed.

    thorough: the numbers are looked at too, as they will be when fluxes are computed.
    """
    lacking = campaign.lacks()
    joined = campaign.joined(settings) if campaign.records and not lacking else None
    found = joined.problems if joined is not None else lacking
    elsewhere = any(p.code in ("E-CLOCK-SHEET", "E-CLOSURE-LENGTH") for p in found)
    return [*found, *(campaign.examined(joined) if thorough and not elsewhere else ())]


def _run(workspace: Workspace) -> Iterator[tuple[str, Any]] | Skip:
    kinds = {n: t.kind for n, t in workspace.settings.tables.items()}
    if "analyser" not in kinds.values():
        return Skip(Text("no raw records of a gas analyser", "没有气体分析仪的原始记录"), Text("", ""))
    return _outputs(workspace, kinds)


def _outputs(workspace: Workspace, kinds: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    campaign = Campaign()
    for name, kind in kinds.items():
        if kind in ("analyser", "closures", "plots"):
            campaign.add(name, kind, workspace.frame(f"tables/{name}", categories=True))
    found = campaign.joined(workspace.settings)
    if len(found.series):
        yield "fluxes/series.parquet", found.series
        yield "fluxes/closures.parquet", found.closures


STEP = Step(
    name="chamber_series",
    label=Text("Closures out of raw records", "从原始记录中截取闭箱"),
    about=Text(
        "The readings of every closure by the times of the field sheet, or as the instrument closed its chambers; "
        "place, geometry and air from the sheet. No reading is changed.",
        "按野外记录表的时间（或仪器自身的闭箱）取出每次闭箱的读数，并配上地点、几何尺寸与空气状况；读数不作改动。",
    ),
    run=_run,
    needs=("tables",),
    settings=("tables", "chamber"),
)
