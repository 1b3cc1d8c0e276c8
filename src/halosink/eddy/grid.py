"""Tables as they come onto a regular grid of steps, one table per tower."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from halosink.eddy.steps import Steps
from halosink.problems import Problem, UserError, errors
from halosink.vocabulary import fields

DAY = 86_400
# own choice: s, rounding of times in spreadsheets; larger deviations are a fault and are said
ROUNDING = 2
# own choices: more rows at times that are there already mean two towers, fewer an hour of daylight saving time or a
# file read twice; fewer steps present in a long table mean a wrong year, not a hole
SEVERAL, SPARSE, SPARSE_STEPS = 0.2, 0.02, 100_000
ROWS_SHOWN = 5


def tower_tables(frame: pd.DataFrame, name: str = "eddy") -> dict[str, pd.DataFrame]:
    """The rows of each tower: by site, and by sensor where a site has several.

    name: of the tower where the table names none (rows without a site beside others get it too). The rows keep their
    order; nothing else is changed.
    """
    site = _text(frame, "site").where(lambda s: s != "", name)
    sensor = _text(frame, "sensor")
    several = sensor.groupby(site).transform("nunique") > 1
    label = site.where(~several | (sensor == ""), site + " " + sensor)
    return {str(key): part.reset_index(drop=True) for key, part in frame.groupby(label, sort=False)}


def regular(
    table: pd.DataFrame, name: str = "eddy", utc_offset: float | None = None
) -> tuple[pd.DataFrame, Steps, list[Problem]]:
    """The table on equal steps without a hole, its steps, and everything that had to be done for that.

    table: one tower, with `time` (start of the step) in any order. The step is the commonest one between neighbours,
    its place on the clock the commonest too. Rows without a time and between steps are left out; of several rows of
    one time the first is kept; steps that are not there are put in with missing values (text that is the same in all
    rows is carried on). Numbers become floats, also those that stand as text. Times with a zone are brought to the
    clock of utc_offset [h], without it to the clock that they show.
    Raises UserError with all problems: fewer than two times, a step that does not divide a day, times of which most
    are there twice, or that reach over years with hardly a row.
    """
    table, problems = _numbers(table, name)
    time = _clock(table, utc_offset)
    lost = time.isna().to_numpy()
    if lost.any():
        problems.append(_problem("W-EDDY-NO-TIME", table, lost, name))
    seconds = time.to_numpy().astype("datetime64[ms]").astype(np.int64)
    stamp = np.where(lost, 0, np.round(seconds / 1000)).astype(np.int64)
    step = _step(np.unique(stamp[~lost]))
    if step == 0:
        count = int(np.unique(stamp[~lost]).size)
        raise UserError([*problems, Problem("E-EDDY-SHORT", column="time", values={"tower": name, "count": count})])
    if DAY % step:
        problems.append(Problem("E-EDDY-STEP", column="time", values={"tower": name, "seconds": step}))
    phase = _phase(stamp[~lost], step)
    off = (stamp - phase + step // 2) % step - step // 2
    stamp = np.where(np.abs(off) <= ROUNDING, stamp - off, stamp)
    between = ~lost & (np.abs(off) > ROUNDING)
    if between.any():
        said = {"minutes": f"{step / 60:g}", "first": _at(stamp[between][0])}
        problems.append(_problem("W-EDDY-OFF-GRID", table, between, name, **said))
    used = ~lost & ~between
    order = np.flatnonzero(used)[np.argsort(stamp[used], kind="stable")]
    again = np.concatenate(([False], stamp[order][1:] == stamp[order][:-1]))
    problems += _duplicates(table, order, again, stamp, name)
    order = order[~again]
    if len(order) < 2:
        problems.append(Problem("E-EDDY-SHORT", column="time", values={"tower": name, "count": len(order)}))
        raise UserError(problems)
    first, last = int(stamp[order[0]]), int(stamp[order[-1]])
    total = (last - first) // step + 1
    share = len(order) / total
    if total > SPARSE_STEPS and share < SPARSE:
        said = {"tower": name, "first": _at(first), "last": _at(last), "share": f"{100 * share:.2g}"}
        problems.append(Problem("E-EDDY-SPAN", column="time", values=said))
    if errors(problems):
        raise UserError(problems)
    place = (stamp[order] - first) // step
    if len(order) < total:
        longest = int(np.diff(place).max()) - 1
        said = {
            "tower": name,
            "count": f"{total - len(order)}",
            "share": f"{100 * (1 - share):.2g}",
            "days": f"{longest * step / DAY:.3g}",
        }
        problems.append(Problem("N-EDDY-HOLES", column="time", values=said))
    starts = (first + step * np.arange(total)).astype("datetime64[s]")
    return _spread(table, order, place, total, starts), Steps(starts, step), problems


def _clock(table: pd.DataFrame, utc_offset: float | None) -> pd.Series:
    if "time" not in table:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    time = pd.to_datetime(table["time"], errors="coerce")
    if time.dt.tz is None:
        return time
    if utc_offset is None:
        return time.dt.tz_localize(None)
    return time.dt.tz_convert("UTC").dt.tz_localize(None) + pd.Timedelta(hours=utc_offset)


def _numbers(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Columns of numbers that hold text, as numbers; what is no number is missing and said."""
    problems, changed = [], {}
    for column, field in ((c, fields().get(str(c))) for c in table.columns):
        if field is None or field.kind not in ("number", "integer") or pd.api.types.is_numeric_dtype(table[column]):
            continue
        values = pd.to_numeric(table[column], errors="coerce")
        words = _text(table, column)
        odd = (values.isna() & ~words.str.lower().isin(("", "nan", "na"))).to_numpy()
        if odd.any():
            said = {"tower": name, "column": field.label, "count": int(odd.sum()), "first": words[odd].iloc[0]}
            problems.append(Problem("W-EDDY-NOT-NUMBER", column=str(column), values=said))
        changed[column] = values
    return table.assign(**changed) if changed else table, problems


def _step(stamps: np.ndarray) -> int:
    """Commonest difference of sorted times [s], the shortest of equally common ones; 0 without one."""
    gaps = np.diff(stamps)
    gaps = gaps[gaps > ROUNDING]
    if gaps.size == 0:
        return 0
    near = np.round(gaps / 60).astype(np.int64) * 60
    gaps = np.where((np.abs(gaps - near) <= ROUNDING) & (near > 0), near, gaps)
    sizes, counts = np.unique(gaps, return_counts=True)
    return int(sizes[np.argmax(counts)])


def _phase(stamps: np.ndarray, step: int) -> int:
    """Commonest place of the times within a step, deviations by rounding taken together."""
    places, counts = np.unique(stamps % step, return_counts=True)
    best = int(places[np.argmax(counts)])
    whole = round(best / 60) * 60
    return whole if abs(best - whole) <= ROUNDING else best


def _duplicates(
    table: pd.DataFrame, order: np.ndarray, again: np.ndarray, stamp: np.ndarray, name: str
) -> list[Problem]:
    if not again.any():
        return []
    kept = order[np.flatnonzero(~again)[np.cumsum(~again) - 1]]
    columns = [c for c in table.columns if c not in ("time", "source_file", "source_row")]
    one, two = table.loc[:, columns].iloc[order[again]], table.loc[:, columns].iloc[kept[again]]
    same = (one.reset_index(drop=True) == two.reset_index(drop=True)) | (
        one.reset_index(drop=True).isna() & two.reset_index(drop=True).isna()
    )
    hit = np.zeros(len(table), bool)
    hit[order[again]] = True
    different = int((~same.all(axis=1)).sum())
    share = float(again.mean())
    if share > SEVERAL and different > 0.5 * again.sum():
        return [_problem("E-EDDY-SEVERAL", table, hit, name, share=f"{100 * share:.0f}")]
    first = _at(int(stamp[order[again][0]]))
    return [_problem("W-EDDY-DUPLICATES", table, hit, name, first=first, different=different)]


def _spread(table: pd.DataFrame, order: np.ndarray, place: np.ndarray, total: int, starts: np.ndarray) -> pd.DataFrame:
    """The rows `order` of the table at their places among `total` steps."""
    columns: dict[str, Any] = {}
    for column in table.columns:
        values = table[column].iloc[order]
        if column == "time":
            columns[column] = starts
        elif pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            whole = np.full(total, np.nan)
            whole[place] = values.to_numpy(float, na_value=np.nan)
            columns[column] = whole
        elif pd.api.types.is_datetime64_any_dtype(values):
            moments = np.full(total, np.datetime64("NaT"), dtype="datetime64[s]")
            moments[place] = values.to_numpy().astype("datetime64[s]")
            columns[column] = moments
        else:
            known = values.dropna().astype(str)
            fill = str(known.iloc[0]) if known.nunique() == 1 and len(known) == len(values) else ""
            words = np.full(total, fill, dtype=object)
            words[place] = values.astype(object).where(values.notna(), "").to_numpy()
            columns[column] = words
    return pd.DataFrame(columns)


def _text(frame: pd.DataFrame, column: str) -> pd.Series:
    if column not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    values = frame[column]
    return values.astype(object).where(values.notna(), "").astype(str).str.strip()


def _at(stamp: int) -> str:
    return str(np.datetime64(int(stamp), "s")).replace("T", " ")[:16]


def _problem(code: str, table: pd.DataFrame, hit: np.ndarray, name: str, **values: Any) -> Problem:
    """Where the rows are known to the user they are named."""
    count = int(np.count_nonzero(hit))
    file: str = ""
    rows: tuple[int, ...] = ()
    if {"source_file", "source_row"} <= set(table.columns):
        frame = table.loc[hit, ["source_file", "source_row"]].dropna()
        if len(frame):
            file = str(frame["source_file"].iloc[0])
            mine = frame.loc[frame["source_file"] == file, "source_row"].head(ROWS_SHOWN)
            rows = tuple(int(r) for r in mine)
    said = {"tower": name, "count": count, **values}
    return Problem(code, file=file, column="time", rows=rows, count=count if rows else 0, values=said)
