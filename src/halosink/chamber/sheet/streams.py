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


def by_port(running: Sequence[Stream], rows: pd.DataFrame) -> list[Stream]:
    """Records that come from several chambers through a multiplexer, one stream each, where the sheet names these."""
    asked = {port(w) for w in rows["chamber"].dropna()} if "chamber" in rows else set()
    found: list[Stream] = []
    for one in running:
        ports = one.frame["chamber"].map(port, na_action="ignore") if "chamber" in one.frame else None
        if ports is None or ports.nunique() < 2 or not asked & set(ports.dropna()):
            found.append(one)
            continue
        for _, part in one.frame.groupby(ports.astype("object"), sort=True):
            whose = {**one.whose, "chamber": str(part["chamber"].iloc[0])}
            found.append(Stream(one.table, one.analyser, part, whose))
    return found


PORT = ("port", "ch", "chamber", "valve", "箱", "通道", "端口", "第", "号")
"""What may stand beside the number of a port."""


def port(name: object) -> str:
    """A chamber as it is compared: 1, 01, 1.0 and Port 1 are the same."""
    word = _folded(re.sub(r"\.0+$", "", str(name).strip()))
    beside = "|".join(PORT)
    number = re.fullmatch(rf"(?:{beside})*0*(\d+)(?:{beside})*", word)
    return number[1] if number else word


def named(one: Stream, rows: pd.DataFrame, running: Sequence[Stream]) -> NDArray[np.bool_]:
    """Which rows of the sheet may be of this analyser: the place, chamber and analyser they name are its own."""
    mine = np.ones(len(rows), dtype=bool)
    for column, value in one.whose.items():
        if column in rows:
            alike = port if column == "chamber" else str
            mine &= (rows[column].isna() | (rows[column].map(alike) == alike(value))).to_numpy(dtype=bool)
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
