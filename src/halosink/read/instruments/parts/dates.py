"""Date and time of readings whose dates do not say which number is the day and which the month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Literal

from halosink.contracts import Text
from halosink.problems import Problem
from halosink.read.instruments.parts.lines import NO_TIME, left_out

if TYPE_CHECKING:
    import pandas as pd

Order = Literal["dmy", "mdy"]
ORDERS: tuple[Order, Order] = ("dmy", "mdy")
NAMES = {"dmy": Text("day, month, year", "日、月、年"), "mdy": Text("month, day, year", "月、日、年")}
SHAPE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
OF_DAY = r"[0-2]?\d:[0-5]\d:[0-5]\d(?:\.\d*)?"
IN_NAME = re.compile(r"(?<!\d)(?:20)?(\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
LATEST = 70
"""Years of two digits below it belong to 2000 and after (own choice: no such analyser is older)."""


def timed(
    frame: pd.DataFrame, columns: tuple[str, ...], file: str, default: Order
) -> tuple[pd.DataFrame, list[Problem]]:
    """The frame with `time` (datetime64[us]) of a column of texts, or of one of dates and one of times of day, and what
    was doubtful.

    Rows without a time are left out and named. Whether the day or the month comes first is told, in this order, by
    numbers above 12, by the shorter span of days (a file is one stretch of records), by the date in the file's name;
    else `default` is taken and W-INSTRUMENT-DATES says so.
    """
    import numpy as np
    import pandas as pd

    if frame.empty:
        return frame.assign(time=np.array([], "datetime64[us]")), []
    texts = [frame[c].fillna("").str.strip() for c in columns]
    if len(texts) == 1:
        split = texts[0].str.partition(" ")
        texts = [split[0], split[2].str.strip()]
    days, clocks = texts
    codes, known = pd.factorize(days)
    parts = [found.groups() if (found := SHAPE.fullmatch(str(text))) else None for text in known]
    order, sure = day_order([p for p in parts if p is not None], file, default)
    midnights = np.array([np.datetime64(_date(p, order) or "NaT", "us") for p in parts], "datetime64[us]")
    of_day = pd.to_timedelta(clocks.where(clocks.str.fullmatch(OF_DAY)), errors="coerce")
    time = midnights[codes] + of_day.to_numpy().astype("timedelta64[us]")
    lost = np.isnat(time)
    problems = []
    if not sure:
        values = {"sample": str(known[0]), "order": NAMES[order]}
        problems.append(Problem("W-INSTRUMENT-DATES", file, column=columns[0], values=values))
    if lost.any():
        problems.append(left_out(file, frame.loc[lost, "source_row"].tolist(), NO_TIME))
    return frame.assign(time=time)[~lost].reset_index(drop=True), problems


def day_order(parts: Iterable[tuple[str, ...]], file: str, default: Order) -> tuple[Order, bool]:
    """Which order the dates are in, and whether that is certain."""
    open_ones = [p for p in parts if len(p[0]) < 3]
    dated = {order: [d for p in open_ones if (d := _date(p, order))] for order in ORDERS}
    if not open_ones or dated["dmy"] == dated["mdy"]:
        return default, True
    if len(dated["dmy"]) != len(dated["mdy"]):
        return max(ORDERS, key=lambda o: len(dated[o])), True
    spans = {order: (max(found) - min(found)).days for order, found in dated.items()}
    if spans["dmy"] != spans["mdy"]:
        return min(ORDERS, key=lambda o: spans[o]), True
    named = [d for numbers in IN_NAME.findall(file) if (d := _date(("20" + numbers[0], *numbers[1:]), default))]
    near = [o for o in ORDERS if any(abs((d - n).days) <= 1 for d in dated[o] for n in named)]
    return (near[0], True) if len(near) == 1 else (default, False)


def _date(parts: tuple[str, ...] | None, order: Order) -> date | None:
    if parts is None:
        return None
    first, second, third = (int(p) for p in parts)
    if len(parts[0]) >= 3:
        year, month, day = first, second, third
    else:
        year = third if len(parts[2]) > 2 else third + (2000 if third < LATEST else 1900)
        month, day = (second, first) if order == "dmy" else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        return None
