"""Results made ready to be shown: rounding dust as zero, and what is expected by chance among many comparisons."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

DUST = 1e-12  # own choice: doubles carry 16 digits; a mean that far below the others is zero and a rounding error
MANY = 10  # own choice: from ten on, at 95 %, the chance that at least one is separable falsely exceeds 40 %
JUDGED = ("effects/response_ratios", "effects/gradients")
AMOUNTS = ("mean", "reference_mean", "low", "high", "difference", "difference_low", "difference_high", "value")


def prepared(frames: Mapping[str, pd.DataFrame], confidence: float) -> dict[str, pd.DataFrame]:
    """The frames with dust as zero and, beside `p_adjusted`, the columns by_chance and family (see judged)."""
    out = dict(frames)
    for name in ("effects/class_means", "effects/response_ratios", "effects/points"):
        if name in out:
            out[name] = settled(out[name])
    return out | judged(out, confidence)


def settled(frame: pd.DataFrame) -> pd.DataFrame:
    """Amounts below 1e-12 of the largest mean of the same quantity and table are zero."""
    size = [c for c in ("mean", "reference_mean", "value") if c in frame]
    if frame.empty or not size or not {"quantity", "table"} <= set(frame.columns):
        return frame
    largest = frame[size].abs().max(axis=1).groupby([frame["quantity"], frame["table"]]).transform("max")
    columns = [c for c in AMOUNTS if c in frame and pd.api.types.is_float_dtype(frame[c])]
    return frame.assign(**{c: frame[c].mask(frame[c].abs() < DUST * largest, 0.0) for c in columns})


def judged(frames: Mapping[str, pd.DataFrame], confidence: float) -> dict[str, pd.DataFrame]:
    """With `family`, the number of comparisons and slopes of the study, and `by_chance`: separable by its own
    interval, but with an adjusted p (benjamini1995) above 1 - confidence among ten comparisons or more."""
    found = {n: frames[n] for n in JUDGED if n in frames and {"p_adjusted", "separable"} <= set(frames[n].columns)}
    family = sum(int(f["p_adjusted"].notna().sum()) for f in found.values())
    return {
        name: f.assign(
            family=family,
            by_chance=f["separable"].astype(bool) & (f["p_adjusted"] > 1 - confidence) & (family >= MANY),
        )
        for name, f in found.items()
    }
