"""Missing code: a logger's or a person's sign for "no value" stands where a number should be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halosink import vocabulary
from halosink.contracts import Text
from halosink.quality.check import NUMBER_CODE, TEXT_CODE, Channel, Check, Hits

# -9999 FLUXNET and many loggers, -6999 and 7999 Campbell Scientific, the rest spreadsheets and older loggers.
CODES = (-9999.0, -99999.0, -999999.0, -7999.0, -6999.0, -999.0, -999.9, -99.9, -99.0, 7999.0, 9999.0, 99999.0)


def flag(channel: Channel, parameters: Mapping[str, float]) -> Hits:
    """Cells the reader found to hold NAN, NA, -9999 ...; and codes still standing as numbers out of range.

    An empty cell or one below detection is not a fault: it counts as missing, not as flagged.
    """
    why = channel.missing
    hits = channel.none() if why is None else (why == TEXT_CODE) | (why == NUMBER_CODE)
    low, high = channel.field.minimum, channel.field.maximum
    odd = channel.none()
    if low is not None:
        odd |= channel.values < low
    if high is not None:
        odd |= channel.values > high
    if odd.any():
        where = np.flatnonzero(odd)
        hits[where[np.isin(channel.values[where], CODES)]] = True
    return hits


def example() -> tuple[Channel, tuple[int, ...]]:
    values = np.array([21.5, np.nan, np.nan, np.nan, -9999.0, np.nan])
    return Channel(vocabulary.field("soil_temperature"), values, np.array([0, 1, 2, 3, 0, 4], np.uint8)), (2, 3, 4)


CHECK = Check(
    name="missing_code",
    bit=1,
    label=Text("Missing-value code", "缺测代码"),
    about=Text(
        "The cell held a code for a missing value: NAN, NA or a number such as -9999. It is read as missing. A probe "
        "with nothing but codes is not connected or has failed.",
        "单元格中为缺测代码：NAN、NA 或 -9999 等数字，按缺测处理。若某探头全部为缺测代码，说明其未接线或已损坏。",
    ),
    source="campbell2013quality",
    parameters={},
    series=False,
    excludes=True,
    flag=flag,
    example=example,
    allowed=0.05,
)
