"""Closures, one row each, with what field sheet, instrument, plots and constants say of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from halosink.chamber.sheet import volume as closure_volume

if TYPE_CHECKING:
    import pandas as pd

GEOMETRY = (
    *("chamber_area", "chamber_volume", "chamber_volume_bare", "instrument_volume", "chamber_height", "collar_offset"),
    *("deadband", "closure_length"),
)
"""What holds for a whole closure."""
PARTS = ("chamber_area", "chamber_volume_bare", "instrument_volume", "chamber_height", "collar_offset")
PROVENANCE = ("source_file", "source_row", "record_number")
PLACE = ("region", "site", "block", "plot", "core", "treatment", "light_condition", "replicate")


def described(
    closures: pd.DataFrame, rows: pd.DataFrame, constant: Mapping[str, float], plots: pd.DataFrame | None
) -> pd.DataFrame:
    """Closures with what the sheet says of them, else instrument, plots or constants; and their total volume."""
    import pandas as pd

    place = closures["_row"].to_numpy()
    out = closures.copy()
    told = pd.Series(False, out.index)
    own_business = (*PROVENANCE, "start", "end", "time", "analyser", "closure_end")
    for name in [c for c in map(str, rows) if c not in own_business]:
        column = rows[name].astype("str") if isinstance(rows[name].dtype, pd.CategoricalDtype) else rows[name]
        own: pd.Series = pd.Series(column.reindex(place).to_numpy(), out.index)
        if name in PARTS:
            told |= own.notna()
        out[name] = own if name not in out else own.where(own.notna(), out[name])
    if "chamber_volume" in out and told.any():
        given = rows["chamber_volume"].reindex(place).notna().to_numpy() if "chamber_volume" in rows else False
        _, how = closure_volume.volumes(out.drop(columns="chamber_volume"))
        again = told & ~pd.Series(given, out.index) & (how != closure_volume.NONE)
        out["chamber_volume"] = out["chamber_volume"].mask(again)
    if plots is not None:
        out = _on_plots(out, plots)
    for name, value in constant.items():
        if name != "chamber_volume":
            out[name] = out[name].fillna(value) if name in out else value
    out["chamber_volume"], out["volume_made"] = closure_volume.volumes(out)
    out["chamber_volume"] = out["chamber_volume"].fillna(constant.get("chamber_volume", float("nan")))
    for name in ("source_file", "source_row"):
        if name in rows:
            out[name] = rows[name].astype("object").reindex(place).to_numpy()
    out["date"] = out["start"].dt.normalize()
    out["closure"] = _names(out)
    return out


def _on_plots(closures: pd.DataFrame, plots: pd.DataFrame) -> pd.DataFrame:
    """Closures with their plot where the chamber is named after it or belongs to it, and with what plots fix."""
    out = closures.copy()
    known = plots[plots["plot"].notna()].astype({"plot": "str"})
    if "chamber" in out:
        chamber = out["chamber"].astype("object")
        found = chamber.where(chamber.isin(known["plot"]))
        if "chamber" in known:
            owner = known.drop_duplicates("chamber", keep=False).dropna(subset="chamber").set_index("chamber")["plot"]
            found = chamber.map(owner).fillna(found)
        out["plot"] = out["plot"].astype("object").where(out["plot"].notna(), found) if "plot" in out else found
    fixed = [c for c in GEOMETRY if c in known and known[c].notna().any()]
    if "plot" in out and fixed:
        by = [c for c in ("site", "block", "plot") if c in out and c in known]
        told = known[[*by, *fixed]].astype(dict.fromkeys(by, "object")).drop_duplicates(by)
        own = out[by].astype(dict.fromkeys(by, "object")).merge(told, on=by, how="left").set_index(out.index)
        for name in fixed:
            out[name] = out[name].fillna(own[name]) if name in out else own[name]
    return out


def _names(closures: pd.DataFrame) -> pd.Series:
    """A name for each closure: its own, else place and time; the time is added where several would be one."""
    stamp = closures["start"].dt.strftime("%Y-%m-%d %H:%M:%S")
    place = closures["plot"].astype("object").fillna("") if "plot" in closures else ""
    made_up = (place + " " + stamp).str.strip()
    name = closures["closure"].astype("object") if "closure" in closures else made_up
    name = name.where(name.notna(), made_up).astype("str")
    key = [c for c in (*PLACE, "date", "analyser") if c in closures]
    twice = closures.assign(closure=name).duplicated([*key, "closure"], keep=False)
    return name.where(~twice, name + " " + closures["start"].dt.strftime("%H:%M:%S"))
