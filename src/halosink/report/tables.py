"""A table ready for a page: headings and cells as text, already in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import words

NUMERIC = frozenset({
    "mean", "reference_mean", "interval", "rows", "units", "sites", "percent", "difference", "difference_in", "loso",
    "p_value", "p_adjusted", "value", "threshold", "missing", "flagged", "truth", "estimate", "n", "years", "numbers",
    "sources", "average", "control", "treatment", "effect", "records", "found", "share", "comparisons", "mean_unit",
    "co2_part", "ch4_part", "n2o_part", "co2e_sum", "measured", "rmse_mean", "rmse_biotic", "rmse_lagged",
    "rmse_two_part", "skill_biotic", "skill_two_part", "g_factor", "r_squared", "window", "places_needed", "against",
    "sample_size", "p_both", "ece", "class_p", "estimate_with", "beside_value", "apart", "closed", "open", "refused",
    "not_judged", "recovery", "row", "total", "whole", "groups", "n_fixed", "stock_fixed", "n_mass", "stock_mass",
    "stock_inorganic", "n_inorganic", "stock_inorganic_mass", "n_inorganic_mass", "density_estimated", "median",
    "spread", "readings", "length", "released", "porewater_pco2", "porewater_dic", "calcite_saturation_index",
    "gypsum_saturation_index", "ion_balance_error", "n_both", "span_years", "before", "after", "change", "change_rate",
    "burial_rate", "accretion", "mass_rate", "over_years",
})  # fmt: skip
WHOLE = frozenset({
    "metric", "unit", "id", "operator", "source", "verdict", "tested", "separable", "confounded", "depth_to",
})  # fmt: skip
LONG = frozenset({"comment", "fix", "choice", "index"})
ROOMY = frozenset({
    "class", "reference", "factor", "gradient", "quantity", "detectable", "finding", "slope", "among", "within",
    "class_against", "comparison", "parameter", "place", "lacking",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` name the headings (texts report.column.*); `cells` are strings; a row may be marked "fail", "open"."""

    columns: tuple[str, ...]
    cells: Sequence[Sequence[str]]
    caption: str = ""
    marks: Sequence[str] = ()
    headings: tuple[str, ...] = ()

    def style(self, position: int) -> str:
        """The class of a column's cells: n numbers, w unbroken, k in need of room, l sentences, b broken anywhere."""
        name = self.columns[position]
        kinds = {"n": NUMERIC, "w": WHOLE, "k": ROOMY, "l": LONG, "b": {"sha256"}}
        return next((kind for kind, names in kinds.items() if name in names), "")

    def mark(self, row: int) -> str:
        return self.marks[row] if row < len(self.marks) else ""


def table(
    columns: str,
    cells: Sequence[Sequence[str]],
    language: Language,
    caption: str = "",
    marks: Sequence[str] = (),
    **said: Any,
) -> Table:
    """`columns`: names in one string; `said` fills their headings."""
    names = tuple(columns.split())
    return Table(names, cells, caption, marks, tuple(heading(n, language, **said) for n in names))


def heading(name: str, language: Language, **said: Any) -> str:
    key = f"report.column.{name}"
    shown = vocabulary.say(key, language, **said) if key in vocabulary.texts() else name.replace("_", " ")
    return words.spaced(shown) if language == "zh" else shown


def text(value: Any) -> str:
    """A cell of the user's own: "" for what is missing."""
    return "" if value is None or value != value else str(value)


def yes(value: Any, language: Language) -> str:
    return vocabulary.say("report.page.yes" if bool(value) else "report.page.no", language)
