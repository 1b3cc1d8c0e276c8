"""Numbers as a reader wants them: as many digits as the interval carries, a real minus sign, pretty units."""

from __future__ import annotations

import math
import re
from typing import Any

from halosink.contracts import Language

MINUS = "\u2212"
THIN = "\u202f"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_AMOUNT = re.compile(r"[mukMn]?(g|mol)|t|Mg|Gg|Tg|Pg")


def decimals(width: float) -> int:
    """Decimals that leave two significant digits of an interval of that width; 0 to 6."""
    if not math.isfinite(width) or width <= 0:
        return 2
    return min(6, max(0, 1 - math.floor(math.log10(width))))


def number(value: Any, language: Language, digits: int | None = None, signed: bool = False) -> str:
    """A number with `digits` decimals, or three significant digits; "" where there is none."""
    if value is None or not isinstance(value, (int, float)) and not hasattr(value, "__float__"):
        return ""
    value = float(value)
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return (MINUS if value < 0 else "+" if signed else "") + "∞"
    size = abs(value)
    if size and (size >= 1e7 or size < 1e-4) and (digits is None or digits >= 6 or size >= 1e7):
        mantissa, power = f"{size:.2e}".split("e")
        text = f"{mantissa}\u00d710{str(int(power)).translate(_SUPERSCRIPT)}"
    else:
        if digits is None:
            digits = 0 if size == 0 or size == round(size) else min(6, max(0, 2 - math.floor(math.log10(size))))
        text = f"{size:,.{digits}f}"
        if len(text.partition(".")[0]) < 6:
            text = text.replace(",", "")
        if language == "zh":
            text = text.replace(",", THIN)
    zero = not re.search(r"[1-9]", text)
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text


def count(value: Any, language: Language) -> str:
    """A whole number; "" where there is none."""
    return "" if value is None or not math.isfinite(float(value)) else number(round(float(value)), language, 0)


def span(low: Any, high: Any, language: Language, digits: int | None = None, signed: bool = False) -> str:
    """`low to high`; "" unless both ends are there."""
    ends = [number(v, language, digits, signed) for v in (low, high)]
    return (" to " if language == "en" else " ~ ").join(ends) if all(ends) else ""


def interval(mid: Any, low: Any, high: Any, language: Language, signed: bool = False, digits: int | None = None) -> str:
    """`mid (low to high)` with the digits that the interval carries, or with `digits` decimals."""
    digits = interval_digits(mid, low, high) if digits is None else digits
    return bracket(number(mid, language, digits, signed), span(low, high, language, digits, signed), language)


def bracket(middle: str, ends: str, language: Language) -> str:
    """`middle (ends)`; only what is there."""
    if not ends or not middle:
        return middle
    return f"{middle} ({ends})" if language == "en" else f"{middle}（{ends}）"


def interval_digits(mid: Any, low: Any, high: Any) -> int | None:
    """Decimals for an estimate and its interval, from the narrower of its two sides; None if there is no interval."""
    sides = [abs(float(v) - float(mid)) for v in (low, high) if v is not None and math.isfinite(float(v))]
    sides = [s for s in sides if s > 0]
    return decimals(min(sides)) if sides and math.isfinite(float(mid)) else None


def common_digits(mids: Any, lows: Any, highs: Any) -> int | None:
    """Decimals that do for several estimates that stand together; None if none has an interval."""
    found = [
        d for m, low, high in zip(mids, lows, highs, strict=True) if (d := interval_digits(m, low, high)) is not None
    ]
    return max(found, default=None)


def percent(value: Any, language: Language, digits: int = 0, signed: bool = False) -> str:
    """A percentage, already in percent."""
    text = number(value, language, digits, signed)
    return text and text + percent_sign(language)


def percent_sign(language: Language) -> str:
    return "\u00a0%" if language == "en" else "%"


def percent_digits(mid: Any, low: Any, high: Any) -> int:
    """No decimals for percentages, one where the interval is narrower than about 2 percent either side."""
    digits = interval_digits(mid, low, high)
    return 0 if digits is None else min(digits, 1) if min(abs(float(low) - mid), abs(float(high) - mid)) < 2 else 0


def unit(text: str, substance: str = "") -> str:
    """`g kg-1` of C as `g C kg⁻¹`; "" for a pure number."""
    if text in ("", "1", "-", "nan"):
        return ""
    parts = text.split(" ")
    shown = [_part(p) for p in parts]
    if substance and _AMOUNT.fullmatch(parts[0]):
        shown.insert(1, substance.translate(_SUBSCRIPT))
    return "\u00a0".join(shown)


def _part(part: str) -> str:
    named = {"degC": "°C", "degree": "°", "percent": "%", "permil": "‰"}
    if part in named:
        return named[part]
    part = re.sub(r"^u(?=mol|g|S|m|E)", "µ", part)
    return re.sub(r"(?<=[A-Za-zµ)])(-?\d+)$", lambda m: m[1].translate(_SUPERSCRIPT), part)
