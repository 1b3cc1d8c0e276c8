"""In what a field sheet and the records of the analysers do not fit, each with the rows of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from halosink import vocabulary
from halosink.chamber.sheet import clock_shift
from halosink.chamber.sheet.streams import Stream, called, named
from halosink.contracts import Text
from halosink.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

CUT = 0.1
"""Own choice: a closure counts as cut when readings are lacking for more than a tenth of it at its end."""
SHORTEST = 10.0
"""Own choice: s; nobody closes a chamber for less."""
SEVERAL = 5
"""Own choice: closures that outlast so many of the usual intervals are no two analysers side by side."""
SHORT = 60
"""Own choice: seconds that any closure lasts, where its end is not known."""
NEEDED = ("chamber_volume", "chamber_area", "chamber_temperature", "chamber_pressure")


def of_sheet(rows: pd.DataFrame) -> list[Problem]:
    """Rows without a time or with an end before the beginning."""
    found = _about("W-CLOSURE-NO-TIME", rows, rows["start"].isna().to_numpy(), "time")
    wrong = (rows["end"] <= rows["start"]).to_numpy()
    if wrong.any():
        first = rows[wrong].iloc[0]
        shown = {"start": _stamp(first["start"]), "end": _stamp(first["end"])}
        found += _about("E-CLOSURE-END", rows, wrong, "closure_end", **shown)
    return found


def of_lengths(rows: pd.DataFrame) -> list[Problem]:
    """Lengths in another unit: seconds that no chamber is closed for, or that run into closure after closure."""
    lasting = (rows["end"] - rows["start"]).dt.total_seconds().to_numpy(float)
    known = np.isfinite(lasting)
    if not known.any():
        return []
    start = _seconds(rows["start"])
    usual, spacing = float(np.median(lasting[known])), np.diff(np.sort(start))
    apart = float(np.median(spacing[spacing > 0])) if (spacing > 0).any() else np.inf
    few, many = known & (lasting < SHORTEST), known & (lasting > SEVERAL * apart)
    if 2 * few.sum() > known.sum():
        mask, unit, meant = few, "min", usual * 60
    elif 2 * many.sum() > known.sum() and SHORTEST <= usual / 60 < apart:
        mask, unit, meant = many, "s", usual / 60
    else:
        return []
    shown = {"value": f"{usual:.4g}", "unit": unit, "meant": f"{meant:.4g}"}
    return _about("E-CLOSURE-LENGTH", rows, mask, "closure_length", **shown)


def of_ends(rows: pd.DataFrame) -> list[Problem]:
    """Rows without an end, which running records need to be cut."""
    return _about("E-CLOSURE-NO-END", rows, rows["end"].isna().to_numpy(), "closure_end")


def of_names(rows: pd.DataFrame, running: Sequence[Stream]) -> list[Problem]:
    """Analysers that the sheet names and no record comes from."""
    mask = _unknown(rows, running)
    if not mask.any():
        return []
    lost = rows.loc[mask, "analyser"].astype("str").unique()
    known = ", ".join(dict.fromkeys(s.analyser for s in running))
    return _about("E-CLOSURE-ANALYSER", rows, mask, "analyser", analyser=", ".join(lost), known=known)


def _unknown(rows: pd.DataFrame, running: Sequence[Stream]) -> NDArray[np.bool_]:
    """Rows that name an analyser of which there is no record."""
    if "analyser" not in rows or not running:
        return np.zeros(len(rows), dtype=bool)
    words = rows["analyser"].astype("object")
    lost = [w for w in words.dropna().unique() if not called(w, running)]
    found: NDArray[np.bool_] = words.isin(lost).to_numpy(dtype=bool)
    return found


def of_cuts(
    rows: pd.DataFrame,
    cuts: Sequence[pd.DataFrame],
    running: Sequence[Stream],
    made: Sequence[Stream],
    matched: int,
    lengths: bool = False,
) -> list[Problem]:
    """Closures without readings, with a clock that differs, cut short or overlapping on one analyser.

    rows: of the sheet that no instrument's own closure took, of which there were `matched`; cuts: what each running
    stream gave, aligned with running; lengths: whether the lengths were found wrong already.
    """
    if not len(rows):
        return []
    rows = rows[~_unknown(rows, running)]
    if not len(rows):
        return []
    have = np.isin(rows.index.to_numpy(), np.concatenate([c["_row"].to_numpy() for c in cuts]) if cuts else [])
    total, known = len(rows) + matched, int(have.sum()) + matched
    if known < clock_shift.LACKING * total:
        found = _clocks("E-CLOCK-SHEET", rows, [*running, *made])
    else:
        few = [s for s, c in zip(running, cuts, strict=True) if 2 * len(c) < named(s, rows, running).sum()]
        found = _clocks("W-CLOCK-ANALYSER", rows, few, running)
    if not (found and found[0].code.startswith("E-")) and not have.all():
        times = [t for s in (*running, *made) for t in (s.frame["time"].min(), s.frame["time"].max())]
        shown = {"first": _stamp(min(times)), "last": _stamp(max(times))} if times else {"first": "-", "last": "-"}
        code = "W-CLOSURE-NO-READINGS" if known else "E-CLOSURE-NO-READINGS"
        moved = _clocks("W-CLOSURE-ELSEWHERE", rows[~have], running) if known else []
        found += moved or _about(code, rows, ~have, "time", **shown, total=total)
    for one, cut in zip(running, cuts, strict=True):
        if len(cut) and not lengths:
            length = (cut["end"] - cut["start"]).dt.total_seconds()
            lacking = (cut["end"] - cut["last"]).dt.total_seconds() / length
            short = rows.index.isin(cut.loc[lacking > CUT, "_row"])
            share = f"{100 * float(lacking.max()):.0f}"
            found += _about("W-CLOSURE-CUT", rows, short, "closure_end", analyser=one.analyser, share=share)
        found += [] if lengths else _overlapping(rows[named(one, rows, running)], one.analyser)
    return found


def _clocks(
    code: str, rows: pd.DataFrame, some: Sequence[Stream], every: Sequence[Stream] | None = None
) -> list[Problem]:
    """A constant shift of the sheet's clock that would give most closures the readings of one of these streams."""
    for one in some:
        mine = rows[named(one, rows, some if every is None else every)]
        opened = mine["end"].fillna(mine["start"] + np.timedelta64(SHORT, "s"))
        start, end, moments = (_seconds(t) for t in (mine["start"], opened, one.frame["time"]))
        found = clock_shift.best_shift(start, end, clock_shift.runs(np.sort(moments)))
        if found:
            shown = {
                "analyser": one.analyser,
                "shift": _duration(found.seconds),
                "seconds": f"{found.seconds:.0f}",
                "before": f"{100 * found.before:.0f}",
                "covered": f"{100 * found.covered:.0f}",
            }
            return _about(code, mine, np.ones(len(mine), dtype=bool), "time", **shown)
    return []


def _overlapping(rows: pd.DataFrame, analyser: str) -> list[Problem]:
    """Closures that begin before the one before them on the same analyser has ended."""
    if len(rows) < 2:
        return []
    order = rows.sort_values("start", kind="stable")
    start, end = (order[c].to_numpy().astype("datetime64[us]") for c in ("start", "end"))
    latest = np.maximum.accumulate(end)[:-1]
    mask = rows.index.isin(order.index[np.r_[False, start[1:] < latest]])
    return _about("W-CLOSURE-OVERLAP", rows, mask, "time", analyser=analyser)


def of_geometry(
    closures: pd.DataFrame, series: pd.DataFrame, number: NDArray[np.int64], standing: Sequence[str], plots: bool
) -> list[Problem]:
    """What of chamber and air is lacking, how volumes were made, and closures without a plot."""
    found = []
    for name in NEEDED:
        known = np.zeros(len(closures), dtype=bool)
        if name in series:
            known[number[series[name].notna().to_numpy()]] = True
        code = "W-CLOSURE-LACKS" if known.any() else "E-CLOSURE-LACKS"
        field = vocabulary.field(name)
        found += _about(code, closures, ~known, name, field=name, label=field.label, unit=field.unit)
    for made, parts in (
        ("bare", Text("chamber + collar + tubing", "箱体 + 底座 + 管路")),
        ("height", Text("height x area + tubing", "高度 × 面积 + 管路")),
    ):
        mask = (closures["volume_made"] == made).to_numpy()
        if mask.any():
            example = f"{closures.loc[mask, 'chamber_volume'].iloc[0]:.4g}"
            found += _about("N-VOLUME-MADE", closures, mask, "chamber_volume", parts=parts, example=example)
    for name in standing:
        values = {"field": name, "label": vocabulary.field(name).label}
        found += _about("N-CHAMBER-AIR", closures, np.ones(len(closures), dtype=bool), name, **values)
    if plots:
        nowhere = closures["plot"].isna().to_numpy() if "plot" in closures else np.ones(len(closures), dtype=bool)
        found += _about("W-CLOSURE-NO-PLOT", closures, nowhere, "plot")
    return found


def _about(code: str, rows: pd.DataFrame, mask: NDArray[np.bool_], column: str, **values: Any) -> list[Problem]:
    """One problem per file for the rows that the mask names, with the names of the closures where they have some."""
    if not mask.any():
        return []
    found = []
    files = (
        rows["source_file"].astype("object").fillna("").to_numpy() if "source_file" in rows else np.full(len(rows), "")
    )
    for file in dict.fromkeys(files[mask]):
        here = rows[mask & (files == file)]
        numbers = here["source_row"].dropna().drop_duplicates() if "source_row" in here else []
        names = [str(n) for n in here["closure"].dropna().unique()] if "closure" in here else []
        names = names or [_stamp(t) for t in here["start"].dropna()]
        shown = ", ".join(names[:8]) + (" ..." if len(names) > 8 else "") or "-"
        rows_shown = tuple(int(n) for n in list(numbers)[:5])
        filled = {"names": shown, "number": len(here), "total": len(rows), **values}
        found.append(Problem(code, str(file), "", column, rows_shown, len(here), filled))
    return found


def _seconds(moments: pd.Series) -> NDArray[np.float64]:
    since: NDArray[np.float64] = moments.to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
    return since


def _stamp(moment: Any) -> str:
    return str(moment)[:19]


def _duration(seconds: float) -> Text:
    """A shift in words: -1 h, +1 d 8 h, +7 min 30 s."""
    sign, rest = "-" if seconds < 0 else "+", round(abs(seconds))
    parts = []
    for size, en, zh in ((86_400, "d", "天"), (3600, "h", "小时"), (60, "min", "分"), (1, "s", "秒")):
        number, rest = divmod(rest, size)
        if number:
            parts.append((f"{number} {en}", f"{number} {zh}"))
    return Text(sign + " ".join(p[0] for p in parts), sign + " ".join(p[1] for p in parts))
