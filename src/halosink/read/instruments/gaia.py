"""Automated ECO2Flux chambers (GAIA2TECH) recorded by the DMR logger.

Chamber n has the addresses n0 (chamber), n1 (soil probe), n2 (air temperature) and n3 (light); SEQUENCE says which
chamber is measured and whether it is translucent or opaque.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import chambers, dmr

if TYPE_CHECKING:
    import pandas as pd

SHUT = (7, 11)
"""OperatingStatus of a chamber that is closed, clear or dark (rheault2024goflux)."""
ACTIVE = r"[Cc]hamber\s*(\d+)"
PROBES = {
    "chamber_temperature": (re.compile(r"COM\w+?A(\d+)2C\d+_Chamber Temperature"), 1.0),
    "soil_temperature": (re.compile(r"COM\w+?A(\d+)1C\d+_Soil Temperature"), 1.0),
    "soil_moisture": (re.compile(r"COM\w+?A(\d+)1C\d+_Soil Moisture"), 0.01),
    "photosynthetic_photon_flux": (re.compile(r"COM\w+?A(\d+)3C\d+_Sunlight"), 1.0),
}
"""Field: title of its column (with the number of the chamber) and factor into the field's unit."""
STATUS = re.compile(r"COM\w+?A(\d+)0C\d+_OperatingStatus")


def recognise(opened: Opened) -> bool:
    form = dmr.layout(opened)
    return form is not None and not form.ending("_Chamber closed")


def read(opened: Opened) -> pd.DataFrame:
    """Gases of all rows; chamber, closure and probes in those of which SEQUENCE names a chamber."""
    import pandas as pd

    form = dmr.layout(opened)
    assert form is not None
    numbers = [t for t in form.titles if STATUS.fullmatch(t) or any(p.fullmatch(t) for p, _ in PROBES.values())]
    result, frame, _ = dmr.record(opened, form, numbers, ["SEQUENCE"])
    if "SEQUENCE" not in frame:
        return result
    sequence = frame["SEQUENCE"].fillna("")
    active = pd.to_numeric(sequence.str.extract(ACTIVE)[0])
    if active.isna().all():
        return result
    light = sequence.str.lower()
    cover = pd.Series("", frame.index, "str").mask(light.str.contains("translucent"), "clear")
    cover = cover.mask(light.str.contains("opaque"), "dark")
    changed = (active.fillna(-1).diff() != 0) | (cover != cover.shift())
    run = changed.cumsum().where(active.notna())
    chamber = chambers.labels(active)
    names = "CH" + chamber + "_" + chambers.labels(run)
    shut = _of_active(frame, active, STATUS).isin(SHUT)
    result = dmr.closed(result.assign(chamber=chamber, light_condition=cover), run, shut, names)
    for field, (title, factor) in PROBES.items():
        if any(title.fullmatch(t) for t in form.titles):
            result[field] = _of_active(frame, active, title) * factor
    return result


def _of_active(frame: pd.DataFrame, active: pd.Series, title: re.Pattern[str]) -> pd.Series:
    """Of the columns so titled, one a chamber, that of the chamber being measured."""
    import pandas as pd

    value = pd.Series(float("nan"), frame.index)
    for name in frame:
        if found := title.fullmatch(str(name)):
            value = value.mask(active == int(found[1]), frame[name])
    return value


FORMAT = InstrumentFormat(
    "gaia",
    Text("GAIA2TECH automated chambers (DMR logger)", "GAIA2TECH 自动箱（DMR 采集）"),
    recognise,
    read,
    "rheault2024goflux",
    (".csv",),
)
