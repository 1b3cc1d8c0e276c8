"""Campbell Scientific TOA5: a line about the logger, headings, units, how each was processed, then data."""

from __future__ import annotations

from halosink.read.text import TextGrid

SPELLINGS = {
    "volts": "V",
    "mvolts": "mV",
    "deg c": "degC",
    "celsius": "degC",
    "degrees c": "degC",
    "kelvin": "K",
    "percent": "%",
    "w/meter^2": "W m-2",
    "watts/meter^2": "W m-2",
    "meters/second": "m s-1",
    "degrees": "degree",
    "unitless": "1",
    "ts": "",
    "rn": "",
}
"""Units as Campbell programs commonly spell them."""


class Toa5Grid(TextGrid):
    """Layout as in Campbell Scientific's LoggerNet manual, appendix on table-based ASCII files with header."""

    before = 1
    between = 2

    def _heading(self, records: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
        above, heading = super()._heading(records)
        units = records[above + 1][1] if len(records) > above + 1 else []
        self.units = [SPELLINGS.get(u.strip().lower(), u.strip()) for u in units]
        return above, heading
