"""Published response ratios of one group of interventions, variable by variable."""

from __future__ import annotations

import math

import pandas as pd

from halosink.contracts import Language
from halosink.figures import effects, numbers, rows, words
from halosink.figures.canvas import Figure

MOST = 40  # own choice: single numbers drawn in one row


def draw(pooled: pd.DataFrame, pairs: pd.DataFrame | None, group: str, language: Language) -> Figure:
    """`pooled`: rows of evidence/pooled of one group. `pairs`: its numbers (family or variable, log_ratio), or None.

    Variables that were not pooled show their single numbers only.
    """
    drawn: list[rows.Row] = []
    fold = numbers.many_fold(*_spread(pooled, pairs))
    for _, row in pooled.iterrows():
        single = _single(pairs, row["variable"])
        mean = float(row["mean_log_ratio"])
        has = bool(row["pooled"]) and math.isfinite(mean)
        if not has and not single:
            continue
        low, high = (math.exp(row[k]) if has and row[k] == row[k] else math.nan for k in ("low", "high"))
        said = {"numbers": int(row["n_numbers"]), "sources": int(row["n_sources"])}
        counts = words.say("evidence.counts", language, **said)
        drawn.append(
            rows.Row(
                label=words.labelled(row, "variable", language),
                mid=math.exp(mean) if has else math.nan,
                low=low,
                high=high,
                note=(
                    effects.percent_note(row.rename({"mean_log_ratio": "log_ratio"}), language, fold) + "   "
                    if has
                    else ""
                )
                + counts,
                style="solid",
                points=tuple(math.exp(v) for v in single[:MOST]),
            )
        )
    spread = _spread(pooled, pairs)
    frame = pd.DataFrame({"log_ratio": spread, "low": spread, "high": spread})
    title = heading(pooled.iloc[0], language)
    svg = rows.draw(
        drawn,
        effects.ratio_axis(frame, words.say("evidence.times" if fold else "evidence.axis", language), fold),
        f"evidence-{group}",
        words.say("evidence.alt", language, group=title, count=len(drawn)),
        words.say("evidence.note", language),
    )
    return Figure(svg, words.say("evidence.caption", language, group=title), pooled)


def heading(row: pd.Series, language: Language) -> str:
    """The label of the group of interventions of a row."""
    return words.labelled(row, "intervention", language) or str(row["intervention_group"])


def drawable(pooled: pd.DataFrame, pairs: pd.DataFrame | None) -> bool:
    """Whether there is at least one ratio to show."""
    if "mean_log_ratio" in pooled and (pooled["mean_log_ratio"].notna() & pooled["pooled"].astype(bool)).any():
        return True
    return pairs is not None and any(_single(pairs, v) for v in pooled["variable"])


def _spread(pooled: pd.DataFrame, pairs: pd.DataFrame | None) -> list[float]:
    """Every ln ratio that is drawn."""
    means = [float(v) for v, on in zip(pooled["mean_log_ratio"], pooled["pooled"], strict=True) if on and v == v]
    return means + [v for name in pooled["variable"] for v in _single(pairs, name)[:MOST]]


def _single(pairs: pd.DataFrame | None, variable: object) -> tuple[float, ...]:
    if pairs is None or pairs.empty:
        return ()
    column = "family" if "family" in pairs else "variable"
    found = pairs.loc[pairs[column] == variable, "log_ratio"].dropna().astype(float)
    return tuple(v for v in found if math.isfinite(v))
