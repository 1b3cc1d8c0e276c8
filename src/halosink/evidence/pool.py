"""Which published numbers may be pooled, and their pool.

A pair is an effect of an intervention on land shown to be saline, as ln(treatment / control): from the two printed
means, or from a printed percent change against a control, ln(1 + percent / 100). Everything else is kept with the
reason why it is not a pair (labels.toml, [reason]). In order: background, response, synthesis, not_saline,
before_after, range_end, doubtful, no_ratio, no_contrast, not_positive, no_family.

Pools are made in coarse groups fixed beforehand, intervention_group x family of variables (labels.toml, [family]).
Rows of one source are not independent (layers, years, doses, stands against one control): they are averaged first.
Sources weigh the same, since few print an error and none the number behind it in a comparable way. The interval is
mean -+ t * SE with k - 1 degrees of freedom, SE from a bootstrap over the k sources times sqrt(k / (k - 1)): the
plain percentile interval is too narrow for so few (hesterberg2015). Fewer than three sources are not pooled.

Nothing here corrects for publication bias, and the sources are no sample of all such land.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from halosink import evidence

FEWEST_SOURCES = 3
# Variables that are differences, rates, thresholds, shares or logarithms: their ratio says nothing
NO_RATIO = (
    r"^pH|_change|_rate$|_rate_|threshold|optimum|_share|correlation|^log10_|_ratio|^Q10_|upper_bound|^NEE|^NEP"
    r"|desalination|tree_survival|germination|_limit|years_to|_index$|relative_yield"
)
# A variable whose name says rate though it is a level
RATIO_AFTER_ALL = ("infiltration_rate", "CO2_evolution_rate")
RANGE_NAME = r"_(?:min|max|low|high)$"
RANGE_NOTE = (
    r"\b(?:low|high|lower|upper|one) end|\bends? of|\b(?:smallest|largest|lowest|highest)\b|\bupper bound|midpoints? of"
)
BEFORE_AFTER = (
    r"before.?(?:and|vs|/|-).*after|before-after|change over|change from initial|\b20\d\d to 20\d\d, |different years"
)
DOUBTFUL = r"use with care|see care note|read from word order"
PAIR_COLUMNS = (
    "id", "intervention_group", "family", "variable", "source_key", "control", "treatment", "log_ratio", "basis",
    "used", "reason", "reason_en", "reason_zh",
)  # fmt: skip
POOL_COLUMNS = (
    "intervention_group", "intervention_en", "intervention_zh", "variable", "variable_en", "variable_zh", "n_numbers",
    "n_sources", "mean_log_ratio", "low", "high", "percent", "percent_low", "percent_high", "smallest", "largest",
    "pooled", "note_en", "note_zh",
)  # fmt: skip


def pool(numbers: pd.DataFrame, seed: int = 1, draws: int = 2000, confidence: float = 0.95) -> dict[str, pd.DataFrame]:
    """The three tables of the evidence: "evidence/numbers", "evidence/pairs", "evidence/pooled".

    numbers: rows of evidence.csv. evidence/numbers adds labels in both languages. evidence/pairs has one row per
    number (PAIR_COLUMNS): family, control and treatment mean (or 1 and 1 + percent / 100), log_ratio [ln], basis
    ("means" or "percent"), used, and why not. evidence/pooled has one row per intervention group and family that has a
    pair (POOL_COLUMNS); `variable` is the family; mean_log_ratio, low, high in ln, percent = 100 (exp(.) - 1);
    smallest and largest source mean; low and high are NaN where not pooled.
    Same numbers, seed and draws give the same result.
    """
    found = pairs(numbers)
    return {
        "evidence/numbers": labelled(numbers),
        "evidence/pairs": found,
        "evidence/pooled": pooled(found, seed, draws, confidence),
    }


def labelled(numbers: pd.DataFrame) -> pd.DataFrame:
    """The numbers with labels of intervention group and variable in both languages."""
    out = numbers.reset_index(drop=True).copy()
    for column, stem in (("intervention_group", "intervention"), ("variable", "variable")):
        words = {v: evidence.label(column, str(v)) for v in out[column].dropna().unique()}
        out[f"{stem}_en"] = out[column].map({k: t.en for k, t in words.items()})
        out[f"{stem}_zh"] = out[column].map({k: t.zh for k, t in words.items()})
    return out


def pairs(numbers: pd.DataFrame) -> pd.DataFrame:
    """Every number with its log ratio where it has one, and whether and why not it may be pooled."""
    n = numbers.reset_index(drop=True)
    variable, note = n["variable"].astype(str), n["note"].fillna("").astype(str)
    kind, land = n["class"].astype(str), n["saline_land"].fillna("").astype(str)
    low, high, change = (n[c].astype(float) for c in ("control_value", "treatment_value", "effect_value"))
    means = low.notna() & high.notna()
    percent = ~means & (n["effect_kind"] == "percent") & change.notna()
    control = low.where(means, 1.0).where(means | percent)
    treatment = high.where(means, 1 + change / 100).where(means | percent)
    positive = (control > 0) & (treatment > 0)
    family = variable.map({v: name for name, members in evidence.families().items() for v in members})
    tests = {
        "background": kind == "B",
        "response": kind == "C",
        "synthesis": kind == "D",
        "not_saline": land != "yes",
        "before_after": note.str.contains(BEFORE_AFTER, case=False),
        "range_end": variable.str.contains(RANGE_NAME) | note.str.contains(RANGE_NOTE, case=False),
        "doubtful": note.str.contains(DOUBTFUL, case=False),
        "no_ratio": variable.str.contains(NO_RATIO) & ~variable.isin(RATIO_AFTER_ALL),
        "no_contrast": ~(means | percent),
        "not_positive": ~positive,
        "no_family": family.isna(),
    }
    reason = pd.Series(np.select(list(tests.values()), list(tests), default="used"), index=n.index)
    ratio = pd.Series(np.log(treatment.where(positive) / control.where(positive)), index=n.index)
    words = {r: evidence.label("reason", r) for r in ("used", *tests)}
    out = n[["id", "intervention_group", "variable", "source_key"]].assign(
        family=family.fillna(""),
        control=control,
        treatment=treatment,
        log_ratio=ratio.where(reason == "used"),
        basis=np.select([means, percent], ["means", "percent"], default=""),
        used=reason == "used",
        reason=reason,
        reason_en=reason.map({k: t.en for k, t in words.items()}),
        reason_zh=reason.map({k: t.zh for k, t in words.items()}),
    )
    return out[list(PAIR_COLUMNS)]


def pooled(found: pd.DataFrame, seed: int = 1, draws: int = 2000, confidence: float = 0.95) -> pd.DataFrame:
    """Pools of the pairs that may be pooled; see the module for the method."""
    rows = []
    used = found[found["used"]]
    for key, part in used.groupby(["intervention_group", "family"], sort=True):
        group, family = (str(k) for k in key)
        by_source = part.groupby("source_key", sort=True)["log_ratio"].mean()
        k = len(by_source)
        enough = k >= FEWEST_SOURCES
        centre, low, high = interval(by_source.to_numpy(float), seed, draws, confidence)
        words, family_words = evidence.label("intervention_group", group), evidence.label("family", family)
        said = (
            evidence.note("pooled", n_sources=k, df=k - 1)
            if enough
            else evidence.note("unpooled", n_sources=k, least=FEWEST_SOURCES)
        )
        rows.append(
            {
                "intervention_group": group,
                "intervention_en": words.en,
                "intervention_zh": words.zh,
                "variable": family,
                "variable_en": family_words.en,
                "variable_zh": family_words.zh,
                "n_numbers": len(part),
                "n_sources": k,
                "mean_log_ratio": centre,
                "low": low,
                "high": high,
                "percent": 100 * np.expm1(centre),
                "percent_low": 100 * np.expm1(low),
                "percent_high": 100 * np.expm1(high),
                "smallest": float(by_source.min()),
                "largest": float(by_source.max()),
                "pooled": enough,
                "note_en": said.en,
                "note_zh": said.zh,
            }
        )
    table = pd.DataFrame(rows, columns=list(POOL_COLUMNS))
    return table.sort_values(["pooled", "n_sources"], ascending=False, kind="stable", ignore_index=True)


def interval(values: np.ndarray, seed: int, draws: int, confidence: float) -> tuple[float, float, float]:
    """Mean of the source means (k,) and its interval; NaN bounds and centre NaN for fewer than three sources."""
    k = len(values)
    if k < FEWEST_SOURCES:
        return float("nan"), float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, k, (draws, k))].mean(axis=1)
    error = float(means.std(ddof=1)) * float(np.sqrt(k / (k - 1)))
    half = float(stats.t.ppf(0.5 + confidence / 2, k - 1)) * error
    centre = float(values.mean())
    return centre, centre - half, centre + half
