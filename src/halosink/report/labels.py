"""The results as they are shown: classes called as the study wants, ratios of one quantity all in one form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from halosink.contracts import Language
from halosink.figures import numbers
from halosink.report.contents import Contents
from halosink.report.shown import prepared
from halosink.settings import Factor

NAMES = ("class", "reference")
RATIOS = "effects/response_ratios"
COMMENTS = ("comment_zh",)


def localised(contents: Contents, language: Language) -> Contents:
    """The contents with the labels of [[design.factors]] in place of the names; a class without label keeps its name.

    Two classes that share a label keep their names in brackets, so that rows are never taken together.
    """
    by_factor = {f.field: names(f, language) for f in contents.settings.design.factors}
    every = {raw: shown for found in by_factor.values() for raw, shown in found.items() if raw != shown}
    frames = prepared(contents.frames, contents.settings.analysis.confidence)
    if every:
        frames = {name: _frame(frame, by_factor, every, language) for name, frame in frames.items()}
    if {"log_ratio", "high", "table"} <= set(frames.get(RATIOS, pd.DataFrame()).columns):
        frames[RATIOS] = _folded(frames[RATIOS])
    design = contents.settings.design
    factors = tuple(
        f.model_copy(
            update={
                "reference": by_factor[f.field].get(f.reference, f.reference),
                "order": tuple(by_factor[f.field].get(c, c) for c in f.order),
            }
        )
        for f in design.factors
    )
    settings = contents.settings.model_copy(update={"design": design.model_copy(update={"factors": factors})})
    return replace(contents, frames=frames, settings=settings)


def _folded(ratios: pd.DataFrame) -> pd.DataFrame:
    """With `fold`: whether the ratios of this quantity and table are better read as multiples, all of them alike."""
    beyond = (ratios[["log_ratio", "high"]].where(ratios["log_ratio"].notna()) > numbers.FOLD).any(axis=1)
    return ratios.assign(fold=beyond.groupby([ratios["quantity"], ratios["table"]]).transform("any"))


def names(factor: Factor, language: Language) -> dict[str, str]:
    """Class -> what it is called."""
    said = {raw: getattr(both, language) for raw, both in factor.labels.items() if getattr(both, language)}
    shared = [shown for shown in said.values() if list(said.values()).count(shown) > 1]
    return {raw: f"{shown} ({raw})" if shown in shared else shown for raw, shown in said.items()}


def _frame(
    frame: pd.DataFrame, by_factor: Mapping[str, Mapping[str, str]], every: Mapping[str, str], language: Language
) -> pd.DataFrame:
    changed: dict[str, pd.Series] = {}
    if "factor" in frame:
        for column in (c for c in NAMES if c in frame):
            changed[column] = pd.Series(
                [by_factor.get(f, {}).get(v, v) for f, v in zip(frame["factor"], frame[column], strict=True)],
                index=frame.index,
                dtype=object,
            )
        for column in (c for c in (f"label_{language}",) if c in frame):
            changed[column] = pd.Series(
                [
                    " / ".join(by_factor.get(f, {}).get(part, part) for part in str(v).split(" / "))
                    for f, v in zip(frame["factor"], frame[column], strict=True)
                ],
                index=frame.index,
                dtype=object,
            )
    if language == "zh" and {"check", "subject"} <= set(frame.columns):
        for column in (c for c in ("subject", *COMMENTS) if c in frame):
            changed[column] = frame[column].map(lambda v: _within(v, every))
    return frame.assign(**changed) if changed else frame


def _within(text: object, every: Mapping[str, str]) -> object:
    """A Chinese sentence with the names of classes in it replaced; longer names first, whole words only."""
    if not isinstance(text, str):
        return text
    listed = "|".join(re.escape(name) for name in sorted(every, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{listed})(?![\w-])", lambda m: every[m[0]], text, flags=re.ASCII)
