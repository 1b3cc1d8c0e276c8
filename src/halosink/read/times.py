"""Time stamps: many ways to write them, one meaning: local standard time of the study."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from halosink.problems import Problem
from halosink.read.numeric import DASHES, MISSING
from halosink.read.records import EMPTY, TEXT, Grid, at
from halosink.settings import TableSettings

if TYPE_CHECKING:
    import numpy as np

ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
CHINESE = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?\s*(?:(\d{1,2})[时点:](\d{1,2})?[分:]?(?:(\d{1,2})秒?)?)?()()"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?()()")
TWO_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
HALF_DAY = re.compile(
    r"(.*?)\s*(?:(上午|下午|早上|晚上|凌晨|中午)\s*(\d{1,2})([:时点].*)|(\d{1,2})(:\d{2}(?::\d{2})?)\s*([ap])\.?\s?m\.?)",
    re.I,
)
CHINESE_CLOCK = re.compile(r"(\d{1,2})[时点](?:(\d{1,2})分?)?(?:(\d{1,2})秒)?$")
OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")
AFTERNOON = ("下午", "晚上", "中午", "p", "P")
MANY = 2000
FORMS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M")
"""Long series are parsed in bulk by these forms, which mean the same as ISO below; the rest goes cell by cell."""
SERIAL = (3_654.0, 80_000.0)
"""Excel serial dates that are believed: 1910 to 2119."""


def times(
    array: Any, rows: np.ndarray, grid: Grid, heading: str, settings: TableSettings, study_offset: float
) -> tuple[np.ndarray, np.ndarray | None, list[Problem]]:
    """datetime64[us] in the study's local standard time, kinds of missing, problems.

    array: Arrow timestamp (with or without zone), float64 (Excel serials, compact stamps) or text.
    """
    import numpy as np
    import pyarrow as pa

    problems: list[Problem] = []
    zone = False
    if pa.types.is_timestamp(array.type):
        zone = array.type.tz is not None
        empty = np.asarray(array.is_null())
        naive = array.cast(pa.timestamp("us", array.type.tz))
        values = naive.cast(pa.int64()).fill_null(0).to_numpy().astype("datetime64[us]")
        if empty.any():
            values[empty] = np.datetime64("NaT")
        missing = np.where(empty, EMPTY, 0).astype(np.uint8)
    elif pa.types.is_floating(array.type):
        values, missing, problems = _from_numbers(array.to_numpy(zero_copy_only=False), rows, grid, heading)
    else:
        values, missing, zone, problems = _from_text(array, rows, grid, heading, settings)
    if zone:
        values = values + np.timedelta64(round(study_offset * 3600), "s")
        problems.append(grid.problem("N-TIME-ZONED", heading, offset=offset(study_offset)))
    elif settings.utc_offset is not None and settings.utc_offset != study_offset:
        shift = study_offset - settings.utc_offset
        values = values + np.timedelta64(round(shift * 3600), "s")
        shown = {"file_offset": offset(settings.utc_offset), "offset": offset(study_offset), "hours": f"{shift:+g}"}
        problems.append(grid.problem("N-TIME-SHIFTED", heading, **shown))
    return values, missing if missing.any() else None, problems


def offset(hours: float) -> str:
    """Hours ahead of UTC as one writes them: UTC+08:00."""
    return f"UTC{'+' if hours >= 0 else '-'}{int(abs(hours)):02d}:{round(abs(hours) % 1 * 60):02d}"


def _from_numbers(
    numbers: np.ndarray, rows: np.ndarray, grid: Grid, heading: str
) -> tuple[np.ndarray, np.ndarray, list[Problem]]:
    import numpy as np

    missing = np.where(np.isnan(numbers), EMPTY, 0).astype(np.uint8)
    values = np.full(len(numbers), np.datetime64("NaT"), dtype="datetime64[us]")
    serial = (numbers >= SERIAL[0]) & (numbers <= SERIAL[1])
    start = np.datetime64("1904-01-01" if grid.serial_1904 else "1899-12-30", "us")
    values[serial] = start + np.round(numbers[serial] * 86_400).astype("timedelta64[s]")
    problems = []
    if serial.any():
        problems.append(grid.problem("N-TIME-SERIAL", heading, start="1904" if grid.serial_1904 else "1900"))
    compact = (numbers >= 1e7) & (numbers == np.floor(numbers))
    for i in np.flatnonzero(compact):
        if match := COMPACT.fullmatch(str(int(numbers[i]))):
            values[i] = _moment(match)[0]
    bad = np.isnat(values) & (missing == 0)
    if bad.any():
        where, count = at(rows, bad)
        problems.append(grid.problem("E-TIME", heading, where, count, value=f"{numbers[bad][0]:g}"))
    return values, missing, problems


def _from_text(
    array: Any, rows: np.ndarray, grid: Grid, heading: str, settings: TableSettings
) -> tuple[np.ndarray, np.ndarray, bool, list[Problem]]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = pc.dictionary_encode(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    index = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    known = [(t or "").strip().translate(str.maketrans("／：－　", "/:- ")) for t in codes.dictionary.to_pylist()]
    known = known if settings.time_format else [on_24_hours(t) for t in known]
    gone = MISSING | {t.casefold() for t in settings.missing}
    kinds = [EMPTY if t in DASHES else TEXT if t.casefold() in gone else 0 for t in known]
    found, zones, bad, problems = parse(
        [t for t, k in zip(known, kinds, strict=True) if not k], settings.time_format, grid.typed
    )
    per_word = np.full(len(known) + 1, np.datetime64("NaT"), dtype="datetime64[us]")
    present = np.flatnonzero(np.array([*kinds, 1]) == 0)
    per_word[present] = found
    missing = np.array([*kinds, EMPTY], dtype=np.uint8)[index]
    said: list[Problem] = []
    for code, words in problems.items():
        hit = np.array([t in words for t in known] + [False])[index]
        where, count = at(rows, hit)
        first = known[int(index[np.flatnonzero(hit)[0]])]
        said.append(grid.problem(code, heading, where, count, value=first, example="%d/%m/%Y %H:%M", start="1900"))
    zoned = zones == len(found) > 0
    if zones and not zoned:
        said.append(grid.problem("E-TIME-MIXED", heading, [int(rows[0])], zoned=zones, plain=len(found) - zones))
    return per_word[index], missing, zoned, said


def on_24_hours(text: str) -> str:
    """A stamp with 上午, 下午, AM or PM, or with 9时30分, as one with 09:30."""
    if match := HALF_DAY.fullmatch(text):
        before, word, hour, rest, other, minutes, half = match.groups()
        written = int(hour or other)
        if written > 12 or (half and not written) or (word in ("晚上", "早上") and written == 12):
            return text
        late = (word or half) in AFTERNOON and not (word == "中午" and written in (10, 11))
        number = written % 12 + 12 if late else written % 12
        text = f"{before} {number:02d}{rest or minutes}".strip()
    if "年" not in text and (clock := CHINESE_CLOCK.search(text)):
        hour, minute, second = clock.groups()
        told = f"{int(hour):02d}:{int(minute or 0):02d}" + (f":{int(second):02d}" if second else "")
        text = f"{text[: clock.start()].strip()} {told}".strip()
    return text


def parse(
    texts: list[str], time_format: str, typed: bool = False
) -> tuple[np.ndarray, int, set[str], dict[str, set[str]]]:
    """Distinct stamps as datetime64[us] (UTC where they carry a zone), how many carry one, which failed, and why.

    typed: cells with a date type of their own come as ISO text whatever time_format says.
    """
    import numpy as np
    import pandas as pd

    values = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    problems: dict[str, set[str]] = {}
    if time_format:
        zoned = "%z" in time_format
        try:
            parsed = pd.to_datetime(pd.Series(texts, dtype=object), format=time_format, errors="coerce", utc=zoned)
        except ValueError:
            return values, 0, set(texts), {"E-TIME-FORMAT": set(texts)} if texts else {}
        values = parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        for i in np.flatnonzero(np.isnat(values)) if typed else ():
            if match := ISO.fullmatch(texts[i]):
                values[i] = _moment(match)[0]
        bad = {t for t, v in zip(texts, values, strict=True) if np.isnat(v)}
        return values, len(texts) - len(bad) if zoned else 0, bad, {"E-TIME-FORMAT": bad} if bad else {}
    zones = 0
    short = [m for t in texts if (m := TWO_NUMBERS.fullmatch(t))]
    day_first, month_first = any(int(m[1]) > 12 for m in short), any(int(m[2]) > 12 for m in short)
    if len(texts) > MANY:
        for form in FORMS:
            left = np.flatnonzero(np.isnat(values))
            parsed = pd.to_datetime(pd.Series([texts[i] for i in left], dtype=object), format=form, errors="coerce")
            values[left] = parsed.to_numpy().astype("datetime64[us]")
    for i in np.flatnonzero(np.isnat(values)):
        text = texts[i]
        match = ISO.fullmatch(text) or CHINESE.fullmatch(text) or COMPACT.fullmatch(text)
        if match:
            values[i], zone = _moment(match)
            zones += zone
        elif (match := TWO_NUMBERS.fullmatch(text)) and day_first != month_first:
            first, second = (match[2], match[1]) if day_first else (match[1], match[2])
            values[i] = _build(match[3], first, second, match[4], match[5], match[6])
        elif re.fullmatch(r"\d{5}(\.\d+)?", text) and SERIAL[0] <= float(text) <= SERIAL[1]:
            values[i] = np.datetime64("1899-12-30", "us") + np.timedelta64(round(float(text) * 86_400), "s")
            problems.setdefault("N-TIME-SERIAL", set()).add(text)
        elif match:
            problems.setdefault("E-TIME-ORDER" if day_first else "E-TIME-AMBIGUOUS", set()).add(text)
            continue
        else:
            values[i] = _named_month(text)
        if np.isnat(values[i]):
            problems.setdefault("E-TIME-NO-DATE" if OF_DAY.fullmatch(text) else "E-TIME", set()).add(text)
    if short and day_first != month_first:
        problems.setdefault("N-TIME-ORDER" if day_first else "N-TIME-ORDER-MONTH", set()).update(m[0] for m in short)
    return values, zones, set(), problems


def _named_month(text: str) -> np.datetime64:
    import datetime

    import numpy as np

    for form in (
        "%d-%b-%Y",
        "%d %b %Y",
        "%d-%b-%Y %H:%M",
        "%d-%b-%Y %H:%M:%S",
        "%d %b %Y %H:%M",
        "%d %B %Y",
        "%B %d, %Y",
    ):
        try:
            return np.datetime64(datetime.datetime.strptime(text, form), "us")
        except ValueError:
            continue
    return np.datetime64("NaT", "us")


def _moment(match: re.Match[str]) -> tuple[np.datetime64, bool]:
    import numpy as np

    year, month, day, hour, minute, second, fraction, zone = match.groups()
    value = _build(year, month, day, hour, minute, second)
    if fraction:
        value = value + np.timedelta64(int((fraction + "000000")[:6]), "us")
    if zone:
        sign = -1 if zone.startswith("-") else 1
        digits = zone.strip("Z+-").replace(":", "") or "0000"
        value = value - np.timedelta64(sign * (int(digits[:2]) * 60 + int(digits[2:])), "m")
    return value, bool(zone)


def _build(year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None) -> np.datetime64:
    """NaT if there is no such moment; 24:00 is the end of the day."""
    import datetime

    import numpy as np

    late = int(hour or 0) == 24 and int(minute or 0) == int(second or 0) == 0
    try:
        base = datetime.datetime(
            int(year), int(month), int(day), 0 if late else int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return np.datetime64("NaT", "us")
    return np.datetime64(base, "us") + np.timedelta64(1 if late else 0, "D")
