"""Cutting a table into series: which rows belong together, their times, their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from halosink.quality.check import NO_TIME, Values

if TYPE_CHECKING:
    import pandas as pd

Place = slice | NDArray[np.intp]


def identify(frame: pd.DataFrame, key: Sequence[str]) -> tuple[NDArray[np.int32], list[str]]:
    """A number per row, equal where all key columns are, and the label of each number."""
    codes: NDArray[np.int32] = np.zeros(len(frame), np.int32)
    labels = [""]
    for name in key:
        own, values = frame[name].factorize(use_na_sentinel=False)
        words = [_word(value) for value in values]
        if len(words) == 1:
            labels = [_join(label, words[0]) for label in labels]
        elif len(words) > 1:
            own += codes * np.int64(len(words))
            numbers, codes = _renumber(own, len(labels) * len(words))
            labels = [_join(labels[n // len(words)], words[n % len(words)]) for n in numbers.tolist()]
    return codes, labels


def _renumber(numbers: NDArray[np.int64], below: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The distinct numbers in order, and the place of each among them; all lie in 0 ... below - 1."""
    if below > numbers.size:
        known, place = np.unique(numbers, return_inverse=True)
        return known, place.astype(np.int32)
    present = np.zeros(below, bool)
    present[numbers] = True
    return np.flatnonzero(present), (np.cumsum(present, dtype=np.int32) - 1)[numbers]


def groups(codes: NDArray[np.int32], count: int) -> Iterator[tuple[int, Place]]:
    """Each number with its rows, as a slice where they stand together."""
    if count == 1:
        yield 0, slice(0, codes.size)
        return
    edges = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    if edges.size + 1 == count:
        starts = [0, *edges.tolist()]
        for start, stop in zip(starts, [*starts[1:], codes.size], strict=True):
            yield int(codes[start]), slice(start, stop)
        return
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        yield int(codes[rows[0]]), rows


def seconds(times: pd.Series) -> NDArray[np.int64]:
    """Times or elapsed seconds as whole seconds, NO_TIME (numpy's NaT) where missing."""
    if times.dtype.kind == "M":
        return times.to_numpy().astype("datetime64[s]").view(np.int64)
    numbers = times.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    whole = np.full(numbers.size, NO_TIME)
    whole[known] = np.rint(numbers[known]).astype(np.int64)
    return whole


class Part(Mapping[str, Values]):
    """The numeric columns of some rows of a table as contiguous float64, made when asked for."""

    def __init__(self, frame: pd.DataFrame, names: Sequence[str], place: Place):
        self._frame, self._names, self._place = frame, tuple(names), place
        self._known: dict[str, Values] = {}

    def __getitem__(self, name: str) -> Values:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = np.ascontiguousarray(self._frame[name].to_numpy()[self._place], dtype=np.float64)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _word(value: Any) -> str:
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _join(first: str, second: str) -> str:
    return " · ".join(part for part in (first, second) if part)
