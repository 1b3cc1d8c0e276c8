"""Which quantities come first, and in which order."""

from __future__ import annotations

import re

import pandas as pd

from halosink import vocabulary
from halosink.report.contents import Contents

HEADLINES = 6  # own choice: more than this nobody keeps in mind
PER_GROUP = 2  # own choice: so that ten fluxes do not hide the soil carbon
FRAMES = ("effects/response_ratios", "effects/gradients", "effects/class_means")


def quantities(contents: Contents) -> list[str]:
    """Every analysed quantity: those named in [analysis] headline, then by group (fluxes and carbon first)."""
    found: dict[str, int] = {}
    for name in FRAMES:
        frame = contents.frame(name)
        if frame is not None:
            for quantity in frame["quantity"].astype(str):
                found.setdefault(quantity, len(found))
    named = [q for q in contents.settings.analysis.headline if q in found]
    fields = vocabulary.fields()
    groups = list(vocabulary.GROUPS)
    places = {name: i for i, name in enumerate(fields)}

    def rank(quantity: str) -> tuple[int, int, int]:
        known = fields.get(quantity)
        group = groups.index(known.group) if known else len(groups)
        return group, places.get(quantity, len(places)), found[quantity]

    return named + sorted((q for q in found if q not in named), key=rank)


def headlines(contents: Contents) -> list[str]:
    """The quantities that the answer speaks of: those the study names, else two of each group first."""
    ordered = quantities(contents)
    named = [q for q in contents.settings.analysis.headline if q in ordered]
    if named:
        return named[:HEADLINES]
    fields = vocabulary.fields()
    groups = [fields[q].group if q in fields else "" for q in ordered]
    first = [q for i, q in enumerate(ordered) if groups[:i].count(groups[i]) < PER_GROUP]
    taken = (first + [q for q in ordered if q not in first])[:HEADLINES]
    return [q for q in ordered if q in taken]


def in_order(frame: pd.DataFrame, contents: Contents) -> pd.DataFrame:
    """Rows by quantity, then factor and class as declared, numbered classes as 1, 2, 10; else they keep their order."""
    place = {q: i for i, q in enumerate(quantities(contents))}
    keys = [frame["quantity"].astype(str).map(place)]
    tables = {t: i for i, t in enumerate(dict.fromkeys(frame["table"].astype(str)))}
    keys.append(frame["table"].astype(str).map(tables))
    if "factor" in frame:
        factors = [f.field for f in contents.settings.design.factors]
        keys.append(frame["factor"].map({f: i for i, f in enumerate(factors)}).fillna(len(factors)))
    if "class" in frame:
        order = {
            (f.field, c): i
            for f in contents.settings.design.factors
            for i, c in enumerate(dict.fromkeys([*f.order, f.reference] if f.order else [f.reference]))
        }
        names = frame["factor"] if "factor" in frame else pd.Series("", index=frame.index)
        listed = list(dict.fromkeys(frame["class"].astype(str)))
        listed = sorted(listed, key=natural) if any(map(str.isdecimal, "".join(listed))) else listed
        others = {c: i for i, c in enumerate(listed, len(order))}
        keys.append(
            pd.Series(
                [order.get(k, others[str(k[1])]) for k in zip(names, frame["class"], strict=True)], index=frame.index
            )
        )
    ranks = pd.concat(keys, axis=1, keys=range(len(keys)))
    return frame.loc[ranks.sort_values(list(ranks.columns), kind="stable").index]


def natural(text: str) -> list[tuple[int, float, str]]:
    """A key by which 2 comes before 10, and S2 before S10."""
    parts = re.split(r"(\d+(?:\.\d+)?)", text)
    return [(0, float(p), "") if p[:1].isdecimal() and p.isascii() else (1, 0.0, p.casefold()) for p in parts if p]
