"""How firmly carbon is held, plot by plot, under three mechanisms; no overall score.

Biochemical recalcitrance, association with minerals, and protection in aggregates are told apart (six2002); for each
the indices that were measured, beside the plot's control or published quartiles, and which were not measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from halosink.problems import Problem, did_you_mean
from halosink.soil.fractions import closure
from halosink.soil.fractions.basis import Basis
from halosink.soil.fractions.estimates import Estimate, Rows, Sampler, difference, groups, relative
from halosink.soil.fractions.indices import BESIDE, Index, columns, indices
from halosink.soil.fractions.published import published
from halosink.soil.fractions.screening import problem, screen
from halosink.soil.fractions.uncertainty import CV, FEWEST_REPLICATES, OTHERS

Array = NDArray[np.float64]
LAYER = ("depth_top", "depth_bottom", "layer")
BY = ("site", "plot", *LAYER)
RESULT = (
    "mechanism", "index", "unit", "value", "low", "high", "n", "refused", "reference", "reference_value",
    "reference_low", "reference_high", "difference", "difference_low", "difference_high", "direction", "rests_on",
    "columns", "evidence", "reason",
)  # fmt: skip


class Profile(NamedTuple):
    """Draws of all indices: keys (one row per group), estimates by (group, index), control estimates by the same."""

    keys: pd.DataFrame
    indices: Mapping[str, Index]
    estimates: Mapping[tuple[int, str], Estimate]
    controls: Mapping[tuple[int, str], Estimate]
    is_control: NDArray[np.bool_]
    seed: int


def stability(
    frame: pd.DataFrame,
    by: Sequence[str] | None = None,
    *,
    control: tuple[str, object] | None = None,
    basis: Mapping[str, Basis] | None = None,
    cv: Mapping[str, float] | None = None,
    mineral: str = "",
    draws: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Stability profile of each group of samples: (long table, problems).

    frame: vocabulary columns, one row per sample. by: columns that make a group (site, plot and layer as far as there).
    control: (column, value) that marks the control, taken within the same site and layer. basis: see basis.per_soil, by
    column. cv: coefficient of variation [1] by column instead of the priors. mineral: activity of the clays, "high" or
    "low"; "" takes "high" and says so. level: of the intervals.

    One row per group, index and reference ("control", "published", or "" for none); an index that was not measured has
    one row with reason "not_measured" and the lacking columns. With three samples or more the interval is that of their
    mean (Student's t); with fewer it holds the laboratory's error only (reason "few_replicates"). Direction: "firmer",
    "looser" where the interval of the difference to the control leaves 0 and the index has a sign, else "higher",
    "lower"; "not_distinguishable"; beside published quartiles "above", "below", "within". Reference low and high are
    the interval of the control or the published quartiles.
    """
    made, found = profile(frame, by, control=control, basis=basis, cv=cv, mineral=mineral, draws=draws, seed=seed)
    if made is None:
        return pd.DataFrame(columns=[*(by or ()), *RESULT]), found
    tails = ((1 - level) / 2, (1 + level) / 2)
    rows = [
        {**made.keys.iloc[g].to_dict(), **line}
        for g in range(len(made.keys))
        for name in made.indices
        for line in _lines(made, g, name, tails, control is not None)
    ]
    return pd.DataFrame(rows, columns=[*made.keys.columns, *RESULT]), found


def index_draws(
    frame: pd.DataFrame, by: Sequence[str] | None = None, **options: object
) -> tuple[pd.DataFrame, Array, list[Problem]]:
    """Draws behind the profile: (keys with mechanism, index and unit, draws (rows, draws), problems).

    Options as those of stability, less level. Rows are the indices that could be had; the same factors stand behind
    the same draw of every row. A difference of two rows that both rest on repeated samples is a little too wide when
    taken draw by draw; stability takes Welch's.
    """
    made, found = profile(frame, by, **options)  # type: ignore[arg-type]
    if made is None:
        return pd.DataFrame(columns=[*(by or ()), "mechanism", "index", "unit"]), np.empty((0, 0)), found
    keys, drawn = [], []
    for (g, name), one in made.estimates.items():
        if one.known:
            index = made.indices[name]
            keys.append(
                {**made.keys.iloc[g].to_dict(), "mechanism": index.mechanism, "index": name, "unit": index.unit}
            )
            drawn.append(one.draws)
    names = [*made.keys.columns, "mechanism", "index", "unit"]
    return pd.DataFrame(keys, columns=names), np.array(drawn) if drawn else np.empty((0, 0)), found


def profile(
    frame: pd.DataFrame,
    by: Sequence[str] | None = None,
    *,
    control: tuple[str, object] | None = None,
    basis: Mapping[str, Basis] | None = None,
    cv: Mapping[str, float] | None = None,
    mineral: str = "",
    draws: int = 2000,
    seed: int = 0,
) -> tuple[Profile | None, list[Problem]]:
    """Draws of all indices of all groups and of their controls; None where nothing can be computed."""
    names = [c for c in BY if c in frame] if by is None else list(by)
    found = _refusals(frame, names, control)
    if any(p.level == "error" for p in found):
        return None, found
    activity = mineral or "high"
    wanted = tuple(dict.fromkeys([*closure.COLUMNS, *columns(activity)]))
    screened, problems = screen(frame, wanted, basis)
    checks, problems = closure.table(frame, screened, problems)
    found += problems
    values = closure.refuse(screened, checks)
    written = {c: np.where(frame[c].notna(), 1.0, np.nan) for c in values}
    sampler = Sampler(values, written, cv or {}, activity, draws, seed)
    found += _assumptions(frame, values, cv or {}, mineral, names)
    marked = np.zeros(len(frame), dtype=bool)
    if control is not None:
        marked = (frame[control[0]] == control[1]).to_numpy(dtype=bool)
    keys, estimates, controls, own = [], {}, {}, []
    done: dict[int, dict[str, Estimate]] = {}
    all_indices = indices(activity)
    strata = _strata(frame, names, marked)
    for g, (key, rows) in enumerate(groups(frame, names)):
        keys.append(dict(zip(names, key, strict=True)))
        beside = strata[rows[0]]
        own.append(bool(marked[rows].all()) and control is not None)
        first = int(beside[0]) if len(beside) else -1
        if first not in done:
            done[first] = {name: sampler.estimate(index, beside) for name, index in all_indices.items()}
        for name, index in all_indices.items():
            one, of_control = sampler.estimate(index, rows), done[first][name]
            if index.relative:
                stream = f"relative.{name}.{rows[0]}"
                one = relative(one, of_control, seed, stream)
                of_control = relative(of_control, of_control, seed, stream)
            estimates[g, name], controls[g, name] = one, of_control
    table = pd.DataFrame(keys, columns=names)
    return Profile(table, all_indices, estimates, controls, np.array(own, dtype=bool), seed), found


def _lines(made: Profile, g: int, name: str, tails: tuple[float, float], with_control: bool) -> list[dict[str, object]]:
    index, one = made.indices[name], made.estimates[g, name]
    base: dict[str, object] = {
        "mechanism": index.mechanism,
        "index": name,
        "unit": index.unit,
        "n": one.n,
        "refused": one.refused,
        "rests_on": index.rests_on,
        "columns": " ".join(one.needs),
        "evidence": "; ".join(index.sources),
        "value": np.nan,
        **dict.fromkeys(RESULT[4:6], np.nan),
        **dict.fromkeys(RESULT[9:15], np.nan),
        "reference": "",
        "direction": "",
        "reason": "refused" if one.refused else "no_control" if one.n else "not_measured",
    }
    if not one.known:
        return [base]
    low, high = np.quantile(one.draws, tails)
    base |= {"value": one.value, "low": low, "high": high}
    base["reason"] = "few_replicates" if one.n < FEWEST_REPLICATES else ""
    rows = []
    if with_control:
        rows.append(base | _beside_control(made, g, name, tails))
    if quartiles := published().get(name):
        place = "above" if low > quartiles.high else "below" if high < quartiles.low else "within"
        rows.append(
            base
            | {
                "reference": "published",
                "reference_value": quartiles.middle,
                "reference_low": quartiles.low,
                "reference_high": quartiles.high,
                "difference": one.value - quartiles.middle,
                "difference_low": low - quartiles.middle,
                "difference_high": high - quartiles.middle,
                "direction": place,
                "evidence": "; ".join(dict.fromkeys((*index.sources, *quartiles.sources))),
            }
        )
    return rows or [base]


def _beside_control(made: Profile, g: int, name: str, tails: tuple[float, float]) -> dict[str, object]:
    if made.is_control[g]:
        return {"reference": "control", "direction": "is_control"}
    beside = made.controls[g, name]
    if not beside.known:
        return {"reference": "control", "reason": "no_control"}
    one, index = made.estimates[g, name], made.indices[name]
    key = "|".join(map(str, made.keys.iloc[g]))
    low, high = np.quantile(difference(one, beside, made.seed, f"difference.{name}.{key}"), tails)
    side = 1 if low > 0 else -1 if high < 0 else 0
    word = {1: "firmer", -1: "looser"}.get(side * index.sign, {1: "higher", -1: "lower"}.get(side, ""))
    reference_low, reference_high = np.quantile(beside.draws, tails)
    return {
        "reference": "control",
        "reference_value": beside.value,
        "reference_low": reference_low,
        "reference_high": reference_high,
        "difference": one.value - beside.value,
        "difference_low": low,
        "difference_high": high,
        "direction": word or "not_distinguishable",
    }


def _strata(frame: pd.DataFrame, names: Sequence[str], marked: NDArray[np.bool_]) -> list[Rows]:
    """For each row the control rows of its site and layer."""
    within = [c for c in ("site", *LAYER) if c in frame and (c == "site" or c in names)]
    strata: list[Rows] = [np.empty(0, dtype=np.intp)] * len(frame)
    for _, rows in groups(frame, within):
        beside = rows[marked[rows]]
        for row in rows:
            strata[row] = beside
    return strata


def _refusals(frame: pd.DataFrame, names: Sequence[str], control: tuple[str, object] | None) -> list[Problem]:
    known = list(map(str, frame.columns))
    asked = [(c, "E-FRACTION-BY") for c in names] + ([(control[0], "E-FRACTION-CONTROL-COLUMN")] if control else [])
    found = [
        problem(code, frame, [], c, column=c, meant=did_you_mean(c, known) or "-", known=", ".join(known))
        for c, code in asked
        if c not in known
    ]
    if control and control[0] in known and not (frame[control[0]] == control[1]).any():
        levels = list(map(str, frame[control[0]].dropna().unique()))
        found.append(
            problem(
                "E-FRACTION-CONTROL",
                frame,
                [],
                control[0],
                column=control[0],
                value=control[1],
                meant=did_you_mean(str(control[1]), levels) or "-",
                known=", ".join(levels[:10]),
            )
        )
    if not (set(columns()) - set(BESIDE)) & set(known):
        found.append(problem("E-FRACTION-NONE", frame, range(len(frame))))
    elif frame.empty:
        found.append(problem("E-FRACTION-EMPTY", frame, []))
    return found


def _assumptions(
    frame: pd.DataFrame, values: Mapping[str, Array], cv: Mapping[str, float], mineral: str, names: Sequence[str]
) -> list[Problem]:
    found = []
    assumed = [c for c in values if c not in cv and CV.get(c, OTHERS) > 0 and np.isfinite(values[c]).any()]
    if assumed:
        told = ", ".join(f"{c} {100 * CV.get(c, OTHERS):g} %" for c in assumed)
        found.append(problem("N-FRACTION-CV", frame, [], columns=told))
    texture = {"clay", "silt"} <= values.keys() and np.isfinite(values["clay"]).any()
    if texture and "maoc" in values:
        if not mineral:
            found.append(problem("N-FRACTION-MINERAL", frame, []))
        if "fine_particles" not in values:
            found.append(problem("N-FRACTION-FINE", frame, []))
    mixed = [c for c in LAYER if c in frame and c not in names]
    if mixed and any(len(frame.iloc[r][mixed].drop_duplicates()) > 1 for _, r in groups(frame, names)):
        found.append(problem("W-FRACTION-LAYERS", frame, [], columns=", ".join(mixed)))
    return found
