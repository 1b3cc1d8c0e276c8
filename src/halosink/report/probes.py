"""The answer of a monitoring study: which probes are sound, how much of each is usable, what to do next."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from halosink import vocabulary
from halosink.contracts import Language
from halosink.figures import numbers, words
from halosink.figures import probes as picture
from halosink.figures.canvas import Figure
from halosink.figures.quality import measured
from halosink.report.contents import Contents
from halosink.report.tables import Table, table

BESIDE = ("soil_moisture_raw", "battery_voltage")  # raw counts stand behind moisture; voltage belongs to the logger
SOUND = 90.0  # own choice, percent: below that a reader of the series meets a hole in every week
HALF = 50.0  # own choice, percent: with less usable than unusable records a field of a probe is taken as failed
HINT = 5.0  # percent, as in the check of salinity-biased moisture: more hints than that are no accident
MONITORING = frozenset({"sensors", "weather", "groundwater", "eddy"})
STATES = ("sound", "spikes", "biased", "holes", "stuck", "lost", "no_data")


class Probes(NamedTuple):
    lines: list[str]
    table: Table | None
    figure: Figure | None


def probes_of(overview: pd.DataFrame) -> pd.DataFrame:
    """One row per series and field: table, sensor, field, rows, usable, missing, stuck, spikes, biased, state.

    `rows` and `spikes` are counts, `biased` is percent of the values that are there, the others percent of the rows.
    `excluded` in the overview counts records that analysis leaves out.
    """
    frame = measured(overview)
    frame = frame[(frame["rows"] > 0) & ~frame["field"].isin(BESIDE)]
    blank = pd.Series(0, index=frame.index)
    rows = frame["rows"]
    lost = frame.get("excluded", frame["missing"])
    found = pd.DataFrame({
        "table": frame["table"],
        "sensor": frame.get("sensor", blank.astype(str)).fillna(""),
        "field": frame["field"],
        "rows": rows,
        "usable": 100 * (1 - frame["missing"].where(frame["missing"] > lost, lost) / rows),
        "missing": 100 * frame["missing"] / rows,
        "stuck": 100 * frame.get("flat_line", blank) / rows,
        "spikes": frame.get("spike", blank) + frame.get("range", blank),
        "biased": 100 * frame.get("salinity_biased_moisture", blank) / (rows - frame["missing"]).clip(lower=1),
    })  # fmt: skip
    found["state"] = [_state(r) for r in found.to_dict("records")]
    return found


def _state(row: dict[Any, Any]) -> str:
    if row["missing"] >= 100:
        return "no_data"
    if row["stuck"] > HALF:
        return "stuck"
    if row["usable"] < HALF:
        return "lost"
    if row["usable"] < SOUND:
        return "holes"
    if row["biased"] > HINT:
        return "biased"
    return "spikes" if row["spikes"] else "sound"


def probes(contents: Contents, language: Language, without: frozenset[str] = frozenset()) -> Probes | None:
    """The state of every probe in words, as a table and as a figure; None without a quality overview.

    without: kinds of table that are answered for elsewhere.
    """
    overview = contents.frame("quality/overview")
    tables = contents.settings.tables
    if overview is not None:
        kinds = MONITORING - without
        overview = overview[[t not in tables or tables[t].kind in kinds for t in overview["table"].astype(str)]]
    found = None if overview is None else probes_of(overview)
    if found is None or found.empty:
        return None
    found["label"] = [_label(t, s, contents) for t, s in zip(found["table"], found["sensor"], strict=True)]
    groups = [(key, part) for key, part in found.groupby(["table", "sensor"], sort=False)]
    worst = [max(part["state"], key=STATES.index) for _, part in groups]
    counts = {s: int((found["state"] == s).sum()) for s in STATES}
    rows, used = float(found["rows"].sum()), float((found["rows"] * found["usable"] / 100).sum())
    lines = [
        _say(
            "lead",
            language,
            probes=len(groups),
            readings=numbers.count(rows, language),
            usable=numbers.percent(100 * used / rows, language),
        ),
        _states(groups, worst, language),
        *_spikes(found, contents, language),
        *_next(counts, language),
    ]
    fields = list(dict.fromkeys(found["field"]))
    made = _table(groups, worst, fields, language)
    return Probes(lines, made, picture.draw(found, language))


def _states(groups: list[Any], worst: list[str], language: Language) -> str:
    semicolon = vocabulary.say("report.page.semicolon", language)
    parts = []
    for state in STATES:
        own = [_name(key) for (key, _), w in zip(groups, worst, strict=True) if w == state]
        if own:
            listed = ", ".join(own) if language == "en" else "、".join(own)
            parts.append(_say(f"count.{state}", language, count=len(own), list=listed))
    return _say("states", language, list=semicolon.join(parts))


def _spikes(found: pd.DataFrame, contents: Contents, language: Language) -> list[str]:
    """Readings out of range and spikes of probes that work otherwise: how many, where, the highest with its unit."""
    hit = found[(found["spikes"] > 0) & ~found["state"].isin(["stuck", "lost", "no_data"])]
    if hit.empty:
        return []
    comma = vocabulary.say("report.page.comma", language)
    parts = []
    for field, part in hit.groupby("field", sort=False):
        rows = part.sort_values("spikes", ascending=False, kind="stable").to_dict("records")
        places = comma.join(f"{_name((r['table'], r['sensor']))}: {numbers.count(r['spikes'], language)}" for r in rows)
        values = [v for r in rows for v in _hit_values(r, contents)]
        quantity = words.inside(str(field), language)
        if values:
            unit = words.unit(str(field))
            highest = numbers.number(max(values), language) + (f"\u00a0{unit}" if unit else "")
            quantity = _say("highest", language, quantity=quantity, value=highest)
        parts.append(numbers.bracket(quantity, places, language))
    listed = vocabulary.say("report.page.semicolon", language).join(parts)
    return [_say("spikes", language, count=numbers.count(hit["spikes"].sum(), language), list=listed)]


def _hit_values(row: dict[Any, Any], contents: Contents) -> list[float]:
    """The values of a series that the checks of range and for spikes hit."""
    from halosink.quality import SERIES_KEY, registry
    from halosink.quality.series import identify

    frame, flags = contents.frame(f"tables/{row['table']}"), contents.frame(f"quality/flags_{row['table']}")
    field = row["field"]
    if frame is None or flags is None or field not in frame or field not in flags:
        return []
    codes, labels = identify(frame, [c for c in SERIES_KEY if c in frame])
    if row["sensor"] not in labels:
        return []
    part = codes == labels.index(row["sensor"])
    bits = registry.bits()
    mask = flags.loc[part, field].to_numpy() & (bits.get("spike", 0) | bits.get("range", 0))
    return [float(v) for v in frame.loc[part, field].to_numpy()[mask > 0] if v == v]


def _name(key: tuple[str, str]) -> str:
    """Plot and probe, as short as they are still plain: the last parts of the series' name, without the depth."""
    parts = [p for p in key[1].split(" · ") if p]
    if len(parts) > 1 and parts[-1].replace(".", "").isdigit():
        parts = parts[:-1]
    return " ".join(parts[-2:]) or key[0]


def _label(table: str, sensor: str, contents: Contents) -> str:
    """The name of the series, its depth with the unit; the table where the series has no name."""
    frame = contents.frame(f"tables/{table}")
    parts = sensor.split(" · ")
    if frame is not None and "sensor_depth" in frame and parts[-1].replace(".", "").isdigit():
        parts[-1] += "\u00a0cm"
    return " · ".join(parts) or table


def _next(counts: dict[str, int], language: Language) -> list[str]:
    wanted = [s for s in STATES if counts[s] and s != "sound"]
    advice = [_say(f"next.{s}", language) for s in reversed(wanted)]
    return [_say("next_lead", language) + (" " if language == "en" else "").join(advice)] if advice else []


def _table(groups: list[Any], worst: list[str], fields: list[str], language: Language) -> Table:
    cells, marks = [], []
    for (_, part), state in zip(groups, worst, strict=True):
        own = part.set_index("field")
        states: dict[str, list[str]] = {}
        for field, row in own.iterrows():
            states.setdefault(row["state"], []).append(words.inside(str(field), language))
        comma, colon = (vocabulary.say(f"report.page.{k}", language) for k in ("comma", "colon"))
        bad = [s for s in STATES if s in states and s != "sound"]
        note = vocabulary.say("report.page.semicolon", language).join(
            _say(f"state.{s}", language) + (colon + comma.join(states[s]) if len(states[s]) < len(own) else "")
            for s in reversed(bad)
        )
        cells.append([
            part["label"].iloc[0],
            numbers.count(part["rows"].max(), language),
            *(numbers.number(own.loc[f, "usable"], language, _digits(own.loc[f, "usable"])) if f in own.index else ""
              for f in fields),
            note or _say("state.sound", language),
        ])  # fmt: skip
        marks.append({"no_data": "fail", "lost": "fail", "stuck": "fail"}.get(state, ""))
    made = table("probe rows " + "share " * len(fields) + "state", cells, language, _say("table", language), marks)
    heads = [_say("usable", language, quantity=words.quantity(f, language)) for f in fields]
    return Table(made.columns, cells, made.caption, marks, (*made.headings[:2], *heads, made.headings[-1]))


def _digits(share: float) -> int:
    """So that 99.96 % does not read as 100 %."""
    return 0 if share in (0.0, 100.0) or 10 <= share < 99 else 1 if share < 99.95 else 2


def _say(key: str, language: Language, **values: object) -> str:
    text = vocabulary.say(f"report.probes.{key}", language, **values)
    return words.singular(text) if language == "en" else text
