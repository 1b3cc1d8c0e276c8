"""Parts on the pattern of sinks and on its patches, with the tables of the Wensu study (7 to 10)."""

from __future__ import annotations

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import map_classes, map_probability, numbers
from halosink.figures.map_words import amount, land, named, say
from halosink.maps.strategies.catalogue import patterns
from halosink.report.contents import Contents
from halosink.report.eddy_shared import Part
from halosink.report.region_answer import sure, where
from halosink.report.region_shared import (
    CATEGORIES,
    area,
    boundary,
    drawn,
    get,
    made,
    parts_and_total,
    percent,
    picture,
    share,
    tonnes,
)
from halosink.report.tables import Table

NAMED = 3
"""Uses of land told per patch."""


def pattern(contents: Contents, language: Language) -> Part | None:
    category = picture(contents, "category")
    frame = contents.frame("region/sinks")
    if category is None and frame is None:
        return None
    figures = []
    if category is not None:
        figures.append(map_classes.categories(
            category, picture(contents, "patch"), picture(contents, "confidence"), contents.frame("region/patches"),
            boundary(contents), language,
        ))  # fmt: skip
    likely = {c: p for c in CATEGORIES if (p := picture(contents, f"category_probability_{c}")) is not None}
    if likely:
        figures.append(map_probability.draw(likely, boundary(contents), language))
    lines = [*where(contents, language), sure(contents, language)]
    lines.append(say("sinks.lead", language, rules=_rules(contents, language)))
    tables = (
        []
        if frame is None
        else [_of(frame, c, contents, language) for c in CATEGORIES if (frame["category"] == c).any()]
    )
    return Part(say("sinks.title", language), [line for line in lines if line], figures, tables,
                not_shown=say("sinks.not_shown", language))  # fmt: skip


def patches(contents: Contents, language: Language) -> Part | None:
    frame = contents.frame("region/patches")
    if frame is None:
        return None
    frame = frame.sort_values(["category", "area_km2", "patch"], ascending=[True, False, True])
    numbers_ = frame["pattern"].fillna(0).astype(int) if "pattern" in frame else pd.Series(0, index=frame.index)
    goals = contents.settings.region.patterns.goals
    lines = [say("patches.lead", language), say(f"patches.goals_{goals}", language)]
    alone = int((numbers_ == 0).sum())
    if alone:
        lines.append(say("patches.unlike" if alone > 1 else "patches.unlike_one", language, count=str(alone)))
    frame = frame.assign(pattern=numbers_)
    tables = [_patches(frame, language), _composition(frame, language)]
    if (numbers_ > 0).any():
        tables.append(_measures(frame, language))
    return Part(say("patches.title", language), lines, [], tables, not_shown=say("patches.not_shown", language))


def _rules(contents: Contents, language: Language) -> str:
    rules = contents.settings.region.sinks
    smallest = (rules.minimum_primary_km2, rules.minimum_secondary_km2, rules.minimum_potential_km2)
    areas = " / ".join(f"{v:g}" for v in smallest) if len(set(smallest)) > 1 else f"{smallest[0]:g}"
    found = [say("sinks.rule_area", language, area=areas)]
    values = {
        "breaks": str(rules.cost_classes),
        "quantile": f"{100 * rules.cost_quantile:g}",
        "value": amount(rules.cost_value, language),
    }
    found.append(say(f"sinks.rule_{rules.cutoff}", language, value=values[rules.cutoff]))
    return say("sinks.semicolon", language).join(found)


def _of(frame: pd.DataFrame, category: int, contents: Contents, language: Language) -> Table:
    """Land use of one category, the total last."""
    own, last = parts_and_total(frame, category)
    rows = [r for _, r in own.sort_values("land_use", kind="stable").iterrows()]
    cells = [
        [
            land(r["land_use"], language),
            numbers.number(get(r, "area_km2"), language, 2),
            numbers.number(get(r, "percent"), language, 2),
            drawn(r, language),
        ]
        for r in rows
    ]
    cells.append([
        say("sinks.total", language),
        numbers.number(get(last, "area_km2"), language, 2),
        numbers.number(100.0, language, 2),
        drawn(last, language),
    ])  # fmt: skip
    name = named("category", str(category), language)
    return made("land_use:k area:n percent:n drawn:n", cells, language, say("sinks.table", language, category=name),
                percent(contents))  # fmt: skip


def _patches(frame: pd.DataFrame, language: Language) -> Table:
    """What each patch holds; stocks in kt, in Chinese in ten thousand t."""
    per = tonnes(language)
    cells = [
        [
            str(int(r["patch"])),
            named("category", str(int(r["category"])), language),
            area(get(r, "area_km2"), language),
            numbers.number(get(r, "importance"), language, 2),
            amount(get(r, "nep_t"), language),
            amount(get(r, "vegetation_t") / per, language),
            amount(get(r, "soil_t") / per, language),
            share(get(r, "natural_share"), language),
            share(get(r, "confidence"), language),
        ]
        for _, r in frame.iterrows()
    ]
    columns = "patch:n category area:n importance:n nep:n vegetation:n soil:n natural:n confidence:n"
    return made(columns, cells, language, say("patches.table", language))


def _composition(frame: pd.DataFrame, language: Language) -> Table:
    """Land use of each patch and the pattern it is most like."""
    known = {p.number: p for p in patterns()}
    cells = []
    for _, r in frame.iterrows():
        number = int(r["pattern"])
        uses = [
            f"{land(get(r, f'land_use_{i}'), language)} {share(get(r, f'share_{i}'), language)}"
            for i in range(1, NAMED + 1)
            if get(r, f"land_use_{i}") > 0 and get(r, f"share_{i}") > 0
        ]
        own = known.get(number)
        name = say("patches.none", language) if own is None else own.name.to(language)
        like = "" if own is None else share(get(r, "pattern_share"), language)
        cells.append([
            str(int(r["patch"])),
            say("map.comma", language).join(uses),
            numbers.bracket(name, like, language),
            "" if own is None else own.strategy.to(language),
        ])  # fmt: skip
    return made("patch:n composition:l pattern:l strategy", cells, language, say("patches.composition", language))


def _measures(frame: pd.DataFrame, language: Language) -> Table:
    """Table 10 for the patterns found here."""
    known = {p.number: p for p in patterns()}
    semicolon = "; " if language == "en" else "；"
    cells = []
    for number, part in frame[frame["pattern"].isin(list(known))].groupby("pattern", sort=True):
        own = known[int(str(number))]
        cells.append([
            own.name.to(language) + vocabulary.say("report.page.colon", language) + own.character.to(language),
            str(len(part)),
            area(float(part["area_km2"].sum()), language),
            own.strategy.to(language),
            semicolon.join(a.to(language) for a in own.aims),
            semicolon.join(m.to(language) for m in own.measures),
        ])  # fmt: skip
    columns = f"shape:l patches:n area:n strategy:{'w' if language == 'zh' else ''} aims:l measures:l"
    return made(columns, cells, language, say("patches.measures", language))
