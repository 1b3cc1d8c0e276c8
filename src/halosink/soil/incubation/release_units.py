"""Units that release of CO2 is reported in, to four of ours.

Release is a rate or a running total; per soil, per carbon or organic matter in the soil, or per jar. Ours are
mg C per g of soil or of initial carbon (or per jar), and the same per day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from halosink.vocabulary.substances import molar_mass

Basis = Literal["soil", "carbon", "organic_matter", "jar"]
MASSES = {"kg": 1e6, "g": 1e3, "mg": 1.0, "ug": 1e-3, "ng": 1e-6}
AMOUNTS = {"mol": 1e3, "mmol": 1.0, "umol": 1e-3, "nmol": 1e-6}
DAYS = {"d": 1.0, "day": 1.0, "days": 1.0, "h": 1 / 24, "hr": 1 / 24, "hour": 1 / 24, "wk": 7.0, "week": 7.0}
CARBON, DIOXIDE = ("c", "cco2", "co2c", "soilc", "soc", "detritusc", "sub-c"), ("co2",)
PER: dict[str, Basis] = {
    "soil": "soil", "drysoil": "soil", "dw": "soil", "": "soil", "c": "carbon", "soc": "carbon", "soilc": "carbon",
    "oc": "carbon", "toc": "carbon", "om": "organic_matter", "som": "organic_matter",
}  # fmt: skip

ISOTOPE, HEADSPACE, UNREADABLE, NO_UNIT = "isotope_ratio", "headspace", "unreadable_unit", "no_unit"


@dataclass(frozen=True, slots=True)
class ReleaseUnit:
    """value in mg C [per g basis] [d-1] = factor * number; remaining: the number is what is left, from 100 %."""

    factor: float
    basis: Basis
    rate: bool
    remaining: bool = False


class NotRelease(ValueError):
    """A unit that cannot be read as release; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def read_unit(text: str) -> ReleaseUnit:
    """Read a unit such as "ug C g-1 d-1", "mgCO2/gSoil", "micromolC-CO2/g/d", "percentC", "mgC/day".

    C and CO2 are told apart (molar masses: prohaska2022). percentC: of the carbon at the start. percentC14Remaining:
    label left in the soil. A mass of CO2 or C per g without a word is per soil. NotRelease for an isotope ratio, a
    mole fraction in the headspace (its volume and the soil in it are needed) and what cannot be read.
    """
    plain = _plain(text)
    if not plain:
        raise NotRelease(NO_UNIT)
    if "permil" in plain or "permille" in plain or "‰" in plain:
        raise NotRelease(ISOTOPE)
    if plain in ("ppm", "ppmv", "umol/mol", "umolmol-1", "percentco2", "%co2"):
        raise NotRelease(HEADSPACE)
    share = re.fullmatch(r"(?:%|percent)(?:of)?(?:initial)?(?:c|soc|toc)(?:14)?(remaining)?(?:/(d|day|h))?", plain)
    if share:
        per = DAYS[share[2]] if share[2] else 1.0
        return ReleaseUnit(10.0 / per, "carbon", bool(share[2]), bool(share[1]))
    return _ratio(plain)


def _ratio(plain: str) -> ReleaseUnit:
    above, *below = _split(plain)
    number = re.fullmatch(r"(kg|mg|ug|ng|mmol|umol|nmol|mol|g)(.*)", above)
    if not number or number[2] not in (*CARBON, *DIOXIDE):
        raise NotRelease(UNREADABLE)
    carbon = molar_mass("C")
    if number[1] in AMOUNTS:
        factor = AMOUNTS[number[1]] * carbon
    else:
        factor = MASSES[number[1]] * (carbon / molar_mass("CO2") if number[2] in DIOXIDE else 1.0)
    basis: Basis = "jar"
    rate = False
    for part in below:
        weight = re.fullmatch(r"(kg|mg|ug|g)(.*)", part)
        if part in DAYS and not rate:
            factor, rate = factor / DAYS[part], True
        elif weight and weight[2] in PER and basis == "jar":
            factor, basis = factor / (MASSES[weight[1]] / 1e3), PER[weight[2]]
        else:
            raise NotRelease(UNREADABLE)
    if basis == "jar" and not rate and below:
        raise NotRelease(UNREADABLE)
    return ReleaseUnit(factor, basis, rate)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", str(text)).strip().lower()
    worded = re.fullmatch(r"mass co2 carbon per soil mass \[(.+?)/g\](.*)", plain)
    if worded:
        plain = f"{worded[1]}c/gsoil"
    plain = plain.replace("\u2212", "-").replace("micro", "u").replace("μ", "u").replace("µ", "u")
    plain = re.sub(r"co2\s*-\s*c|c\s*-\s*co2|cco2", "c", plain)
    return plain if re.search(r"\d*-1\b", plain) else re.sub(r"[\s_]+", "", plain)


def _split(plain: str) -> list[str]:
    """Numerator and the parts below the line: "a/b/c" or "a b-1 c-1"."""
    if "-1" not in plain:
        return plain.split("/")
    parts = re.findall(r"[a-z0-9%]+?-1|[a-z0-9%]+", re.sub(r"\s*-\s*1", "-1", plain))
    above, below, pending = "", [], ""
    for part in parts:
        if part.endswith("-1"):
            below.append(pending + part[:-2])
            pending = ""
        elif not below and not above:
            above = part
        elif part in CARBON or part in DIOXIDE or part in PER:
            if below and not pending:
                below[-1] += part
            elif not below:
                above += part
        else:
            pending = part
    return [above, *below]
