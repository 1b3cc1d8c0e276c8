"""Step: values fit for analysis. Flagged values left out, design columns joined, series averaged per probe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

PLACES = ("region", "site", "block", "plot", "core", "sample")
SERIES = {"sensors", "weather", "groundwater", "eddy"}
NOT_ANALYSED = {"plots", "evidence", "taxonomy", "counts", "chamber_concentrations", "analyser", "incubations"}
PROVENANCE = ("source_file", "source_row", "record_number")


def shared(frame: pd.DataFrame, plots: pd.DataFrame) -> list[str]:
    """Place columns that both frames have and fill at least once."""
    return [c for c in PLACES if all(c in f and f[c].notna().any() for f in (frame, plots))]


def with_design(frame: pd.DataFrame, plots: pd.DataFrame | None) -> pd.DataFrame:
    """The frame with the columns of the plots table, joined by the place columns both have.

    What the frame says itself stays, its blanks are filled. A column that differs between plots of one place is not
    joined to a table that names the place only.
    """
    if plots is None:
        return frame
    common = shared(frame, plots)
    given = [c for c in plots if c not in (*common, *PROVENANCE)]
    if not common or not given:
        return frame
    counts = plots.groupby(common, dropna=False, observed=True)[given].nunique(dropna=False)
    fixed = [c for c in given if (counts[c] <= 1).all()]
    told = frame[common].merge(plots[[*common, *fixed]].drop_duplicates(common), on=common, how="left", validate="m:1")
    told.index = frame.index
    out = frame.copy()
    for name in fixed:
        out[name] = frame[name].where(frame[name].notna(), told[name]) if name in frame else told[name]
    return out


def with_classes(frame: pd.DataFrame, factors: Iterable[str]) -> pd.DataFrame:
    """The frame with the classes of these factors as text, where a field of numbers gives them."""
    from halosink.read.classes import text

    return frame.assign(**{f: text(frame[f]) for f in factors if f in frame})


def with_day(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the date of its time stamps, so that repeated visits are told apart by day."""
    if "time" not in frame or "date" in frame:
        return frame
    return frame.assign(date=frame["time"].dt.normalize()).drop(columns="time")


def placed(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows whose independent unit is known; all rows of a table that names none."""
    if unit not in frame or frame[unit].isna().all():
        return frame
    return frame[frame[unit].notna()].reset_index(drop=True)


def with_places(frame: pd.DataFrame, tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """A frame that names samples only, with the place of each sample from the first table that knows it."""
    if "sample" not in frame or any(c in frame for c in PLACES[:-1]):
        return frame
    for table in tables:
        places = [c for c in PLACES[:-1] if c in table]
        if "sample" in table and places:
            known = table[["sample", *places]].drop_duplicates("sample")
            return frame.merge(known, on="sample", how="left", validate="m:1")
    return frame


def beside_chamber(frame: pd.DataFrame) -> bool:
    """Whether a field sheet holds numbers of soil or air, such as soil_temperature, beside those of chambers."""
    from halosink import vocabulary

    fields = vocabulary.fields()
    aside = ("chamber", "place", "design", "time", "provenance")
    return any(c in fields and fields[c].numeric and fields[c].group not in aside for c in map(str, frame))


def per_probe(frame: pd.DataFrame) -> pd.DataFrame:
    """Mean of each series over its whole record, one row per probe and season."""
    import pandas as pd

    by = [c for c in (*PLACES, "sensor", "layer", "season", "treatment", "salinity_class") if c in frame]
    depths = [c for c in ("depth_top", "depth_bottom") if c in frame]
    numbers = [c for c in frame if pd.api.types.is_float_dtype(frame[c]) and c not in (*by, *depths)]
    if not by:
        return frame[numbers].mean().to_frame().T
    return frame.groupby([*by, *depths], sort=True, dropna=False, observed=True)[numbers].mean().reset_index()


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    from halosink import quality

    kinds = {n: t.kind for n, t in workspace.settings.tables.items()}
    plots = next((workspace.frame(f"tables/{n}") for n, kind in kinds.items() if kind == "plots"), None)
    unit = workspace.settings.design.unit
    factors = [f.field for f in workspace.settings.design.factors]
    outputs: dict[str, Any] = {}
    for name, kind in kinds.items():
        if kind in NOT_ANALYSED:
            continue
        frame = workspace.frame(f"tables/{name}")
        frame = quality.masked(frame, workspace.frame(f"quality/flags_{name}"))
        frame = frame.drop(columns=[c for c in PROVENANCE if c in frame])
        if kind == "closures" and not beside_chamber(frame):
            continue
        frame = per_probe(frame) if kind in SERIES else with_day(frame)
        outputs[f"observations/{name}.parquet"] = placed(with_classes(with_design(frame, plots), factors), unit)
    for derived, name in (("fluxes/chamber_wide", "fluxes"), ("microbes/diversity", "diversity")):
        if derived + ".parquet" in workspace.outputs():
            frame = with_places(with_day(workspace.frame(derived)), (workspace.frame(f"tables/{n}") for n in kinds))
            outputs[f"observations/{name if name not in kinds else derived.replace('/', '_')}.parquet"] = placed(
                with_classes(with_design(frame, plots), factors), unit
            )
    if "soil/stocks.parquet" in workspace.outputs():
        from halosink.steps.soil_stocks import derived as stock_tables

        for name, frame in stock_tables(workspace.frame("soil/stocks")):
            shown = with_classes(with_design(with_day(frame), plots), factors)
            outputs[f"observations/{name if name not in kinds else 'soil_' + name}.parquet"] = placed(shown, unit)
    if not outputs:
        return Skip(
            Text("no table of measurements", "没有测量数据表"),
            Text("Add a table such as soil, fluxes or sensors.", "请添加土壤、通量或传感器等数据表。"),
        )
    return outputs


STEP = Step(
    name="observations",
    label=Text("Joining the measurements", "整理观测值"),
    about=Text(
        "Values without those that a check excludes, with site, plot and treatment joined from the table of plots; "
        "series as the mean of each probe.",
        "剔除未通过检查的数值，并按小区表补上样地、区组与处理；连续序列取每个探头的均值。",
    ),
    run=_run,
    needs=("tables", "quality"),
    after=("chamber_flux", "diversity", "soil_stocks"),
    settings=("tables", "design"),
)
