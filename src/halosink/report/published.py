"""The evidence part: averages, forest plots and the searchable table of published numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from halosink import vocabulary
from halosink.contracts import Language
from halosink.evidence import families
from halosink.figures import effects, evidence, numbers, words
from halosink.figures.canvas import Figure
from halosink.report.citations import linked
from halosink.report.contents import Contents
from halosink.report.tables import Table, table, text


def forests(contents: Contents, language: Language) -> list[tuple[str, Figure]]:
    """One forest plot per group of interventions that has a ratio: those with an average first, then by numbers."""
    pooled = contents.frame("evidence/pooled")
    if pooled is None:
        return []
    pairs = contents.frame("evidence/pairs")
    groups = pooled.groupby("intervention_group", sort=False).agg(has=("pooled", "max"), size=("n_numbers", "sum"))
    drawn = []
    for group in groups.sort_values(["has", "size"], ascending=False, kind="stable").index:
        part = pooled[pooled["intervention_group"] == group]
        ranks = part.assign(single=~part["pooled"].astype(bool), family=part["variable"].map(_rank))
        part = part.loc[ranks.sort_values(["single", "family"], kind="stable").index]
        single = None if pairs is None else pairs[pairs["intervention_group"] == group]
        if evidence.drawable(part, single):
            title = evidence.heading(part.iloc[0], language)
            drawn.append((title[:1].upper() + title[1:], evidence.draw(part, single, str(group), language)))
    return drawn


def pooled_table(contents: Contents, language: Language) -> Table | None:
    """Every combination that was averaged, and why the others were not."""
    pooled = contents.frame("evidence/pooled")
    if pooled is None:
        return None
    cells = []
    for _, r in pooled.sort_values("pooled", ascending=False, kind="stable").iterrows():
        mean = r.get("mean_log_ratio")
        has = bool(r["pooled"]) and mean is not None and mean == mean
        cells.append([
            evidence.heading(r, language),
            words.labelled(r, "variable", language),
            effects.percent_note(r.rename({"mean_log_ratio": "log_ratio"}), language) if has else "",
            numbers.count(r["n_numbers"], language),
            numbers.count(r["n_sources"], language),
            text(r.get(f"note_{language}")),
        ])  # fmt: skip
    caption = vocabulary.say("report.evidence.pooled", language)
    return table("intervention_group variable average numbers sources note", cells, language, caption)


def number_table(contents: Contents, language: Language) -> Table | None:
    """All published numbers, one per row."""
    listed = contents.frame("evidence/numbers")
    if listed is None:
        return None
    caption = vocabulary.say("report.evidence.table", language, count=len(listed))
    columns = "id intervention_group intervention variable control treatment effect n depth years place confidence"
    pairs = contents.frame("evidence/pairs")
    reasons = (
        {} if pairs is None or "id" not in pairs else dict(zip(pairs["id"], pairs[f"reason_{language}"], strict=True))
    )
    cells = [_cells(r, language, text(reasons.get(r.get("id")))) for r in listed.to_dict("records")]
    return table(columns + " used source", cells, language, caption)


def seen(contents: Contents, language: Language) -> str:
    """How the numbers were seen: in the full text, in an abstract, in another work."""
    listed = contents.frame("evidence/numbers")
    if listed is None or "confidence" not in listed:
        return ""
    counts = listed["confidence"].value_counts(sort=True)
    parts = [f"{words.word('confidence', k, language)} {numbers.count(v, language)}" for k, v in counts.items()]
    listing = vocabulary.say("report.page.semicolon", language).join(parts)
    return vocabulary.say("report.evidence.seen", language, list=listing)


def reason_table(contents: Contents, language: Language) -> Table | None:
    """How many numbers entered an average, and why the others did not."""
    pairs = contents.frame("evidence/pairs")
    if pairs is None or f"reason_{language}" not in pairs:
        return None
    counts = pairs[f"reason_{language}"].value_counts(sort=True)
    caption = vocabulary.say("report.evidence.reasons", language)
    return table("used numbers", [[text(k), numbers.count(v, language)] for k, v in counts.items()], language, caption)


def sources(contents: Contents) -> list[tuple[str, Markup]]:
    """Key and citation of each source of a published number, in the order of the keys."""
    listed = contents.frame("evidence/numbers")
    if listed is None:
        return []
    known = contents.frame("evidence/sources")
    found = dict.fromkeys(listed["source_key"].dropna().astype(str), "")
    if "citation" in listed:
        found |= dict(zip(listed["source_key"].astype(str), listed["citation"], strict=True))
    elif known is not None:
        found |= {str(r["source_key"]): _citation(r) for r in known.to_dict("records")}
    return [(key, linked(text(found[key]) or key)) for key in sorted(found)]


def _cells(row: Mapping[Any, Any], language: Language, used: str) -> list[str]:
    key = text(row.get("source_key"))
    unit = text(row.get("unit"))
    kind = text(row.get("effect_kind"))
    own = "%" if kind == "percent" else unit
    effect = number(row.get("effect_value"), language, signed=kind in ("percent", "absolute", "slope"))
    depths = [number(row.get(f"depth_cm_{end}"), language) for end in ("top", "bottom")]
    return [
        text(row.get("id")),
        _group(row, language),
        text(row.get("intervention")),
        words.labelled(row, "variable", language),
        _with(number(row.get("control_value"), language), unit),
        _with(number(row.get("treatment_value"), language), unit),
        " ".join(p for p in (words.word("effect", kind, language), _with(effect, own)) if p) if effect else "",
        number(row.get("n"), language),
        "–".join(d for d in depths if d),
        number(row.get("duration_years"), language),
        text(row.get("place")),
        words.word("confidence", row.get("confidence"), language),
        used,
        Markup('<a href="#s-{0}">{0}</a>').format(key) if key else "",
    ]


def _citation(row: Mapping[Any, Any]) -> str:
    """Authors (year). Title. Journal. Link."""
    doi = text(row.get("doi"))
    year = number(row.get("year"), "en")
    head = " ".join(p for p in (text(row.get("authors")), f"({year})" if year else "") if p)
    parts = (
        head,
        text(row.get("title")),
        text(row.get("journal")),
        f"https://doi.org/{doi}" if doi else text(row.get("url")),
    )
    return ". ".join(p.rstrip(".") for p in parts if p)


def _group(row: Mapping[Any, Any], language: Language) -> str:
    given = row.get(f"intervention_{language}")
    return given if isinstance(given, str) else text(row.get("intervention_group"))


def number(value: object, language: Language, signed: bool = False) -> str:
    """A published number as printed: no digit added, none lost."""
    if value is None or value != value or isinstance(value, str):
        return text(value)
    plain = f"{float(value):.10g}"  # type: ignore[arg-type]
    if "e" in plain:
        return numbers.number(value, language, None, signed)
    sign = numbers.MINUS if plain.startswith("-") else "+" if signed and float(plain) > 0 else ""
    return sign + plain.lstrip("-")


def _with(shown: str, unit: str) -> str:
    return f"{shown}\u00a0{unit}" if shown and unit and unit not in ("1", "nan") else shown


def _rank(variable: object) -> int:
    """Families of variables in their declared order, carbon first; others behind."""
    known = list(families())
    return known.index(str(variable)) if variable in known else len(known)
