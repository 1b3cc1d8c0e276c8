"""Numbers as a reader wants them: as many digits as the interval carries, a real minus sign, pretty units."""

from __future__ import annotations

import math
import re
from typing import Any

from halosink.contracts import Language

MINUS = "\u2212"
THIN = "\u202f"
FOLD = math.log(4.0)  # own choice: beyond +300 % a ratio is easier to picture as a multiple
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_AMOUNT = re.compile(r"[mukMn]?(g|mol)|t|Mg|Gg|Tg|Pg")


def decimals(width: float) -> int:
    """Decimals for an uncertainty of that size: two digits of it if it begins with 1 or 2, else one; 0 to 6."""
    if not math.isfinite(width) or width <= 0:
        return 2
    power = math.floor(math.log10(width))
    return min(6, max(0, (1 if width < 3 * 10**power else 0) - power))


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


def plain(value: Any) -> str:
    """Three significant digits without closing zeros, for values whose uncertainty is not known; "" for none."""
    if value is None or not math.isfinite(float(value)):
        return ""
    text = f"{float(value):.3g}"
    return number(float(value), "en") if "e" in text else text.replace("-", MINUS)


def count(value: Any, language: Language) -> str:
    """A whole number; "" where there is none."""
    return "" if value is None or not math.isfinite(float(value)) else number(round(float(value)), language, 0)


def places(value: Any, language: Language) -> str:
    """Places needed for a planned change; the analysis gives infinity beyond a thousand."""
    return "> 1000" if float(value) == math.inf else count(value, language)


def span(low: Any, high: Any, language: Language, digits: int | None = None, signed: bool = False) -> str:
    """`low to high`; "" unless both ends are there."""
    return joined([number(v, language, digits, signed) for v in (low, high)], language)


def interval(mid: Any, low: Any, high: Any, language: Language, signed: bool = False) -> str:
    """`mid (low to high)`; each end with the digits that its own distance from the middle carries."""
    digits = interval_digits(mid, low, high)
    if digits is None:
        return number(mid, language, None, signed)
    middle = number(mid, language, digits, signed) if signed else mean(mid, digits, language)
    return bracket(middle, ends(mid, low, high, language, signed), language)


def mean(value: Any, digits: int | None, language: Language) -> str:
    """A mean with `digits` decimals, but no fewer than two significant digits."""
    size = abs(float(value))
    least = max(0, 1 - math.floor(math.log10(size))) if math.isfinite(size) and size > 0 else 0
    return number(value, language, None if digits is None else min(6, max(digits, least)))


def ends(mid: Any, low: Any, high: Any, language: Language, signed: bool = False) -> str:
    """`low to high` of an estimate, each end with the digits that its own distance from it carries."""
    if interval_digits(mid, low, high) is None:
        return ""
    shown = [number(v, language, _end_digits(float(v), float(mid)), signed) for v in (low, high)]
    return joined(shown, language)


def _end_digits(value: float, mid: float) -> int:
    """Decimals of an end of an interval; one digit at least, so that an end that is not zero does not look so."""
    digits = decimals(abs(value - mid))
    if 0 < abs(value) < 0.5 * 10.0**-digits:
        return min(6, -math.floor(math.log10(abs(value))))
    return digits


def bracket(middle: str, inner: str, language: Language) -> str:
    """`middle (inner)`; only what is there."""
    if not inner or not middle:
        return middle
    return f"{middle} ({inner})" if language == "en" else f"{middle}（{inner}）"


def interval_digits(mid: Any, low: Any, high: Any) -> int | None:
    """Decimals for an estimate and its interval, from the narrower of its two sides; None if there is no interval."""
    sides = [abs(float(v) - float(mid)) for v in (low, high) if v is not None and math.isfinite(float(v))]
    sides = [s for s in sides if s > 0]
    return decimals(min(sides)) if sides and math.isfinite(float(mid)) else None


def percent(value: Any, language: Language, digits: int = 0, signed: bool = False) -> str:
    """A percentage, already in percent."""
    text = number(value, language, digits, signed)
    return text and text + percent_sign(language)


def percent_sign(language: Language) -> str:
    return "\u00a0%" if language == "en" else "%"


def change(log_ratio: float, language: Language) -> str:
    """A ratio, given as its ln, as percent change without the sign %; in two digits near -100 and above 1000."""
    value = 100 * math.expm1(min(log_ratio, 700.0))
    if value <= -99 and value > -100:
        return number(value, language, min(6, -math.floor(math.log10(100 + value))), signed=True)
    if value >= 1000:
        power = math.floor(math.log10(value)) - 1
        return number(round(value / 10**power) * 10.0**power, language, 0, signed=True)
    return number(value, language, 1 if abs(value) < 2 else 0, signed=True)


def changes(low: float, high: float, language: Language) -> str:
    """`low to high` of two ln ratios as percent changes, without the sign %."""
    return joined([change(v, language) if math.isfinite(v) else "" for v in (low, high)], language)


def many_fold(*logs: float) -> bool:
    """Whether one of these ln ratios is an increase of more than 300 %, better read as a multiple."""
    return any(math.isfinite(v) and v > FOLD for v in logs)


def multiple(log_ratio: float, language: Language) -> str:
    """A ratio, given as its ln, as a number in two digits: 21, 0.80, 56,000; near 1 in so many that it is not 1."""
    value = math.exp(min(log_ratio, 700.0))
    if value != 1 and f"{value:.1f}" == "1.0" and abs(value - 1) > 1e-4:
        return number(value, language, max(2, math.ceil(-math.log10(abs(value - 1)))))
    power = math.floor(math.log10(value)) if value > 0 else 0
    shown = round(value / 10.0 ** (power - 1)) * 10.0 ** (power - 1)
    return number(shown, language, min(6, max(0, 1 - math.floor(math.log10(shown) + 1e-12))) if shown > 0 else 0)


def times(log_ratio: float, language: Language) -> str:
    """`×21`"""
    return "\u00d7" + multiple(log_ratio, language)


def relative(mid: float, low: float, high: float, language: Language, fold: bool | None = None) -> str:
    """Three ln ratios as `+12 % (−3 to +29)`, or as `×21 (0.80 to 560)` where one is beyond +300 %."""
    if many_fold(mid, low, high) if fold is None else fold:
        ends_ = [multiple(v, language) if math.isfinite(v) else "" for v in (low, high)]
        return bracket(times(mid, language), joined(ends_, language), language)
    return bracket(change(mid, language) + percent_sign(language), changes(low, high, language), language)


def joined(shown: list[str], language: Language) -> str:
    """`low to high`; "" unless all are there."""
    return (" to " if language == "en" else " ~ ").join(shown) if all(shown) else ""


def unit(text: str, substance: str = "") -> str:
    """`g kg-1` of C as `g C kg⁻¹`; "" for a pure number or a count."""
    if text in ("", "1", "count", "-", "nan"):
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
