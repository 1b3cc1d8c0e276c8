"""The records of each gas analyser in order of time, those that name closures of their own apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

WHOSE = ("site", "plot", "chamber")
"""Columns that bind an analyser to rows of the sheet where they hold one value throughout."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Records of one analyser, ascending in time; `whose`: what sets them apart, e.g. {"site": "N"}."""

    table: str
    analyser: str
    frame: pd.DataFrame
    whose: Mapping[str, str]


def streams(records: Mapping[str, pd.DataFrame]) -> tuple[list[Stream], list[Stream]]:
    """Running records by analyser, and records of closures that instruments made themselves."""
    running: list[Stream] = []
    made: list[Stream] = []
    for table, frame in records.items():
        frame = frame[frame["time"].notna().to_numpy()]
        closed = frame["closure"].notna().to_numpy() if "closure" in frame else np.zeros(len(frame), dtype=bool)
        for part, into in ((frame[~closed], running), (frame[closed], made)):
            by = [c for c in ("analyser", *WHOSE[: 1 if into is running else 0]) if c in part]
            groups = part.groupby(by, dropna=False, observed=True, sort=True) if by else [((), part)]
            for _, one in groups:
                if len(one):
                    into.append(_stream(table, one, into is running))
    return running, made


def _stream(table: str, frame: pd.DataFrame, running: bool) -> Stream:
    if running and not frame["time"].is_monotonic_increasing:
        frame = frame.sort_values("time", kind="stable")
    names = frame["analyser"].dropna().tolist()[:1] if "analyser" in frame else []
    analyser = str(names[0]) if names else table
    whose = {
        c: str(frame[c].iloc[0]) for c in WHOSE if c in frame and frame[c].notna().all() and frame[c].nunique() == 1
    }
    return Stream(table, analyser, frame, whose)


def named(one: Stream, rows: pd.DataFrame, running: Sequence[Stream]) -> NDArray[np.bool_]:
    """Which rows of the sheet may be of this analyser: the place, chamber and analyser they name are its own."""
    mine = np.ones(len(rows), dtype=bool)
    for column, value in one.whose.items():
        if column in rows:
            mine &= (rows[column].isna() | (rows[column].astype("str") == value)).to_numpy(dtype=bool)
    if "analyser" in rows:
        words = rows["analyser"].astype("object")
        fits = {w: any(s is one for s in called(w, running)) for w in words.dropna().unique()}
        mine &= np.array([fits.get(w, True) for w in words], dtype=bool)
    return mine


def called(word: object, running: Sequence[Stream]) -> list[Stream]:
    """The analysers that a name in a field sheet may mean: by table, model or serial number, those it fits best."""
    written = _folded(str(word))
    scores = []
    for one in running:
        tokens = {t for t in map(_folded, (one.table, *one.analyser.split())) if len(t) > 3}
        inside = written in (_folded(one.table), *map(_folded, one.analyser.split())) or written in _folded(
            one.analyser
        )
        scores.append(len(tokens) + 1 if inside else sum(t in written for t in tokens))
    best = max(scores, default=0)
    return [s for s, score in zip(running, scores, strict=True) if score == best > 0]


def _folded(text: str) -> str:
    return re.sub(r"[^\w]|_", "", text).casefold()
