"""Reading how a unit is written: m-2, m^-2, m⁻², /m2, middle dots, 毫克/千克, and labels of substances (g C m-2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from halosink.vocabulary.substances import ATOMIC_WEIGHTS, COMPOUNDS


class Factor(NamedTuple):
    """One factor of a unit: a pint name and its power."""

    name: str
    power: int


class NotRead(ValueError):
    """The part of a unit that is not known."""

    def __init__(self, symbol: str):
        self.symbol = symbol
        super().__init__(symbol)


_PREFIXES = {"": "", "n": "nano", "u": "micro", "m": "milli", "c": "centi", "d": "deci", "k": "kilo"}
_METRIC = {
    "g": "gram",
    "mol": "mole",
    "eq": "equivalent",
    "molc": "equivalent",
    "L": "liter",
    "l": "liter",
    "m": "meter",
}
_OTHERS = {
    "meter": "m hm:hectometer",
    "gram": "Mg:megagram Gg:gigagram Tg:teragram Pg:petagram pg:picogram",
    "metric_ton": "t ton tons tonne tonnes",
    "siemens": "S dS:decisiemens mS:millisiemens uS:microsiemens mho mmho:millisiemens mmhos:millisiemens "
    "umho:microsiemens umhos:microsiemens",
    "equivalent": "me:milliequivalent",
    "becquerel": "Bq mBq:millibecquerel kBq:kilobecquerel",
    "molar": "M mM:millimolar uM:micromolar nM:nanomolar",
    "hectare": "ha",
    "acre": "ac acre acres",
    "pound": "lb lbs",
    "inch": "in inch inches",
    "foot": "ft",
    "second": "s sec secs second seconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "d day days",
    "month": "mo month months",
    "year": "yr yrs y a year years",
    "pascal": "Pa hPa:hectopascal kPa:kilopascal MPa:megapascal",
    "bar": "bar mbar:millibar mb:millibar",
    "standard_atmosphere": "atm",
    "mmHg": "mmHg Torr torr",
    "inch_Hg": "inHg",
    "pound_force_per_square_inch": "psi",
    "joule": "J kJ:kilojoule MJ:megajoule",
    "watt": "W kW:kilowatt",
    "volt": "V mV:millivolt volt volts",
    "kelvin": "K kelvin",
    "degree_Celsius": "degC celsius Celsius",
    "degree_Fahrenheit": "degF fahrenheit Fahrenheit",
    "degree": "deg degree degrees °",
    "percent": "% percent pct perc",
    "permil": "‰ permil permille",
    "parts_per_thousand": "ppt",
    "ppm": "ppm ppmv",
    "parts_per_billion": "ppb ppbv",
    "salinity_unit": "psu PSU",
    "count": "count counts read reads copy copies cell cells cfu CFU ind individual individuals plant plants stems",
    "mu_land": "mu_land",
    "jin": "jin",
}
_CHINESE = {
    "微克": "ug", "毫克": "mg", "千克": "kg", "公斤": "kg", "克": "g", "吨": "t", "斤": "jin",
    "微摩尔": "umol", "毫摩尔": "mmol", "厘摩尔": "cmol", "纳摩尔": "nmol", "摩尔": "mol", "毫当量": "meq",
    "微升": "uL", "毫升": "mL", "升": "L", "立方厘米": "cm3", "立方分米": "dm3", "立方米": "m3",
    "平方厘米": "cm2", "平方米": "m2", "公顷": "ha", "亩": "mu_land",
    "微米": "um", "毫米": "mm", "厘米": "cm", "千米": "km", "公里": "km", "米": "m",
    "微西门子": "uS", "毫西门子": "mS", "分西门子": "dS", "西门子": "S", "毫西": "mS",
    "小时": "h", "分钟": "min", "秒": "s", "天": "d", "日": "d", "月": "month", "年": "yr",
    "摄氏度": "degC", "百分比": "%", "度": "degree", "百帕": "hPa", "千帕": "kPa", "兆帕": "MPa", "帕": "Pa",
    "瓦": "W", "毫伏": "mV", "伏": "V", "个": "count", "株": "count", "条": "count", "拷贝": "count", "每": "/",
}  # fmt: skip
_NONE = {"1", "-", "--", "unitless", "dimensionless", "none", "ratio", "index", "无", "无量纲", "ph", "ph units", "raw"}
_ALONE = {"C": "degC", "F": "degF"}


def _known() -> dict[str, str]:
    table = {p + s: prefix + name for s, name in _METRIC.items() for p, prefix in _PREFIXES.items()}
    for name, symbols in _OTHERS.items():
        for symbol in symbols.split():
            short, _, long = symbol.partition(":")
            table[short] = long or name
    return table


KNOWN: Mapping[str, str] = _known()
_FOLDED: dict[str, set[str]] = {}
for _symbol in KNOWN:
    _FOLDED.setdefault(_symbol.lower(), set()).add(_symbol)

_ELEMENTS = "|".join(sorted(ATOMIC_WEIGHTS, key=len, reverse=True))
_FORMULAS = "|".join(sorted(COMPOUNDS, key=len, reverse=True))
_SUBSTANCE = rf"(?:CO2[- ]?eq?|(?:{_FORMULAS})(?:-(?:{_ELEMENTS}))?|{_ELEMENTS})"
_COUNTED = r"(?:[pnumcdkMGT]?(?:g|molc|mol|eq)|tonnes?|tons?|t)"
_LABELLED = re.compile(rf"(?<![A-Za-z])({_COUNTED}) ?[-_]?\(?({_SUBSTANCE})\)?(?![A-Za-z0-9+^*])(?!-\d)")
_AS = re.compile(rf"{_COUNTED}\b.*?(\s+(?:(?:as|以)\s*)?({_SUBSTANCE})\s*计?)$")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?)(?![0-9])|(?P<slash>/)"
    r"|(?P<symbol>mu_land|[A-Za-z]+|[%°‰])(?P<power>[+-]?[0-9])?(?![0-9]))"
)
_DRY = re.compile(r"\b(?:dry|soil|d\.?w\.?|dm|DM|DW)\b(?!\d|-)|[干鲜]?土壤?|干重", re.ASCII)


def read(text: str) -> tuple[list[Factor], Fraction, str]:
    """The factors of a unit, its plain number, and its label ("" if it has none). NotRead names what is not known."""
    if len(text) > 80:
        raise NotRead(text[:80])
    line, label = _label(_plain(text))
    if line.lower() in _NONE:
        return [], Fraction(1), label
    line = _ALONE.get(line, line)
    factors: list[Factor] = []
    number, sign, position = Fraction(1), 1, 0
    while position < len(line.rstrip()):
        token = _TOKEN.match(line, position)
        if not token:
            raise NotRead(line[position:].strip())
        position = token.end()
        if token["slash"]:
            sign = -1
        elif token["number"]:
            if not Fraction(token["number"]):
                raise NotRead(token["number"])
            number *= Fraction(token["number"]) ** sign
        else:
            power = int(token["power"] or 1)
            factors.append(Factor(_name(token["symbol"]), power if power < 0 else sign * power))
    if not factors and number == 1:
        raise NotRead(text)
    return factors, number, label


def _plain(text: str) -> str:
    """Plain ASCII where it can be: one minus, one micro, blanks for dots, powers without signs of power."""
    line = text.replace("˚", "°").replace("º", "°")
    line = unicodedata.normalize("NFKC", line).strip()
    for old, new in (("μ", "u"), ("µ", "u"), ("−", "-"), ("–", "-"), ("—", "-"), ("‑", "-")):
        line = line.replace(old, new)
    for word in sorted(_CHINESE, key=len, reverse=True):
        line = line.replace(word, f" {_CHINESE[word]} ")
    line = re.sub(r"\bper cent\b", "%", line)
    line = re.sub(r"\bper mil(le)?\b", "‰", line)
    line = re.sub(r"\bper\b", "/", line)
    line = re.sub(r"\b10\s*(?:\^|\*\*)\s*\(?([+-]?\d+)\)?", r"1e\1", line)
    line = re.sub(r"(?:\^|\*\*)\s*\(?\s*([+-]?\d+)\s*\)?", r"\1", line)
    line = re.sub(r"(?<!\d)\.|\.(?!\d)|[·⋅×*•∙・,]", " ", line)
    line = re.sub(r"(?i)\b(?:deg|degrees?)[ _]?(?:c|celsius)\b|°\s*C\b|\boC\b", "degC", line)
    line = re.sub(r"(?i)\b(?:deg|degrees?)[ _]?(?:f|fahrenheit)\b|°\s*F\b", "degF", line)
    line = re.sub(r"mol\s*(?:\(\s*[+\-c]\s*\)|\+|c(?![A-Za-z]))", "molc ", line)
    line = _DRY.sub(" ", line)
    return re.sub(r"\s+", " ", line).strip()


def _label(line: str) -> tuple[str, str]:
    found = _LABELLED.search(line)
    at_end = None if found else _AS.match(line)
    if at_end:
        return line[: at_end.start(1)], _one_spelling(at_end[2])
    if not found:
        return re.sub(r"[()\[\]]", " ", line).strip(), ""
    rest = line[: found.start()] + found[1] + " " + line[found.end() :]
    return re.sub(r"[()\[\]]", " ", rest).strip(), _one_spelling(found[2])


def _one_spelling(label: str) -> str:
    return "CO2e" if label.startswith("CO2") and "e" in label else label


def _name(symbol: str) -> str:
    if symbol in KNOWN:
        return KNOWN[symbol]
    folded = _FOLDED.get(symbol.lower(), set())
    if len(folded) == 1:
        return KNOWN[next(iter(folded))]
    raise NotRead(symbol)
