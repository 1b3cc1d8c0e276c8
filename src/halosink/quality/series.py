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


def identify(frame: pd.DataFrame, key: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """A number per row, equal where all key columns are, and the label of each number."""
    codes: NDArray[np.int64] = np.zeros(len(frame), np.int64)
    labels = [""]
    for name in key:
        own, values = frame[name].factorize(use_na_sentinel=False)
        words = [_word(value) for value in values]
        if len(words) == 1:
            labels = [_join(label, words[0]) for label in labels]
        elif len(words) > 1:
            pair = codes * len(words) + own
            numbers, codes = np.unique(pair, return_inverse=True)
            labels = [_join(labels[n // len(words)], words[n % len(words)]) for n in numbers.tolist()]
    return codes, labels


def groups(codes: NDArray[np.int64], count: int) -> Iterator[tuple[int, Place]]:
    """Each number with its rows, as a slice where they stand together."""
    if count == 1:
        yield 0, slice(0, codes.size)
        return
    edges = np.flatnonzero(np.diff(codes)) + 1
    if edges.size + 1 == count:
        starts = [0, *edges.tolist()]
        for start, stop in zip(starts, [*starts[1:], codes.size], strict=True):
            yield int(codes[start]), slice(start, stop)
        return
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        yield int(codes[rows[0]]), rows


def seconds(times: pd.Series) -> NDArray[np.int64]:
    """Times or elapsed seconds as whole seconds, NO_TIME where missing."""
    if times.dtype.kind == "M":
        stamps = times.to_numpy()
        whole = stamps.astype("datetime64[s]").astype(np.int64)
        whole[np.isnat(stamps)] = NO_TIME
        return whole
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
