"""What a series of time stamps shows of its clock: interval, start or end, daylight saving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.records import Grid
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np

MARKS = {"middle": Text("middle", "中点"), "end": Text("end", "结束时刻")}
SUNDAY = 6
NIGHT = (0, 4)
"""Hours in which clocks are changed anywhere in the world (IANA time zone database): 00:00 to 03:59."""
SPRING, AUTUMN = (3, 4, 9, 10), (9, 10, 11, 3, 4)


def to_start(
    moments: np.ndarray, groups: np.ndarray | None, settings: TableSettings, grid: Grid, heading: str
) -> tuple[np.ndarray, list[Problem]]:
    """Stamps moved to the start of their averaging interval."""
    import numpy as np

    if settings.timestamp in ("instant", "start"):
        return moments, []
    mark = MARKS[settings.timestamp]
    minutes = settings.interval_minutes or commonest_step(moments, groups)
    if not minutes:
        return moments, [grid.problem("E-INTERVAL", heading, timestamp=mark)]
    back = minutes if settings.timestamp == "end" else minutes / 2
    shown = {"timestamp": mark, "interval": f"{minutes:g}", "minutes": f"{back:g}"}
    return moments - np.timedelta64(round(back * 60), "s"), [grid.problem("N-TIME-START", heading, **shown)]


def commonest_step(moments: np.ndarray, groups: np.ndarray | None = None) -> float:
    """The commonest positive step between neighbours, minutes; 0 if there is none."""
    import numpy as np

    steps = _steps(moments, groups)
    steps = steps[steps > 0]
    if not len(steps):
        return 0.0
    values, counts = np.unique(steps, return_counts=True)
    return float(values[counts.argmax()]) / 60


def _steps(moments: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Seconds from each stamp to the next of the same group."""
    import numpy as np

    steps = np.diff(moments.astype("datetime64[s]")).astype(np.int64)
    broken = np.isnat(moments[1:]) | np.isnat(moments[:-1])
    if groups is not None:
        broken |= groups[1:] != groups[:-1]
    kept: np.ndarray = steps[~broken]
    return kept


def daylight_saving(
    moments: np.ndarray, rows: np.ndarray, groups: np.ndarray | None, grid: Grid, heading: str
) -> list[Problem]:
    """An hour that comes twice on a Sunday night (refused), or one that is left out (doubtful).

    A file whose stamps go back or repeat mostly at other times has other faults, which the quality checks flag.

    moments: in file order, datetime64; groups: series that each stamp belongs to, as numbers.
    """
    import numpy as np

    step = commonest_step(moments, groups)
    if not 0 < step <= 60 or len(moments) < 4:
        return []
    seconds = moments.astype("datetime64[s]")
    gap = np.diff(seconds).astype(np.int64)
    valid = ~(np.isnat(seconds[1:]) | np.isnat(seconds[:-1]))
    if groups is not None:
        valid &= groups[1:] == groups[:-1]
    back = _at_night(valid & (gap == round(step * 60) - 3600) & (gap <= 0), seconds[1:], AUTUMN)
    doubled = _doubled_hour(seconds, gap, valid, step)
    odd = back | doubled
    if odd.any() and 2 * odd.sum() >= (valid & (gap <= 0)).sum():
        first = int(np.flatnonzero(odd)[0]) + 1
        where = rows[np.flatnonzero(odd) + 1]
        return [grid.problem("E-TIME-DST", heading, where, value=str(seconds[first]).replace("T", " "))]
    left_out = _at_night(valid & (gap == round(step * 60) + 3600), seconds[:-1], SPRING, early=True)
    if left_out.any():
        first = int(np.flatnonzero(left_out)[0])
        where = rows[np.flatnonzero(left_out) + 1]
        return [grid.problem("W-TIME-DST", heading, where, value=str(seconds[first + 1]).replace("T", " "))]
    return []


def _doubled_hour(seconds: np.ndarray, gap: np.ndarray, valid: np.ndarray, step: float) -> np.ndarray:
    """Sorted series: each stamp of exactly one Sunday-night hour stands twice."""
    import numpy as np

    twin = _at_night(valid & (gap == 0), seconds[1:], AUTUMN)
    if not twin.any():
        return twin
    hours = seconds[1:].astype("datetime64[h]")
    whole = [h for h in np.unique(hours[twin]) if (twin & (hours == h)).sum() == round(60 / step)]
    return twin & np.isin(hours, whole)


def _at_night(mask: np.ndarray, seconds: np.ndarray, months: tuple[int, ...], early: bool = False) -> np.ndarray:
    """The mask where it falls into a Sunday night of these months; only marked stamps are looked at."""
    import numpy as np

    found = np.flatnonzero(mask)
    kept = np.zeros(len(mask), dtype=bool)
    kept[found[_sunday_night(seconds[found], months, early)]] = True
    return kept


def _sunday_night(seconds: np.ndarray, months: tuple[int, ...], early: bool) -> np.ndarray:
    import numpy as np

    days = seconds.astype("datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7
    hour = (seconds - days).astype("timedelta64[h]").astype(np.int64)
    month = seconds.astype("datetime64[M]").astype(np.int64) % 12 + 1
    night: np.ndarray = (hour >= NIGHT[0]) & (hour < NIGHT[1]) & (weekday == SUNDAY)
    if early:
        night |= (hour == 23) & (weekday == SUNDAY - 1)
    night &= np.isin(month, months)
    return night
