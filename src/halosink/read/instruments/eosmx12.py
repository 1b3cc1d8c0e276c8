"""Log of the Eosense eosMX multiplexer (FRMonitor): no headings; seconds since 1970 UTC, then ten numbers a port.

Of each port: its number, state of the valve, state of the chamber (1 closed, 3 closing, 2 opening, 0 open; -1 where the
port is not in use), five auxiliary sensors, voltage of the thermistor, air pressure in kPa. The log holds no gases: it
is a field sheet, one row a closure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink.contracts import Text
from halosink.read.instruments.format import InstrumentFormat, Opened
from halosink.read.instruments.parts import headings, lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

PORT = ("port", "valve", "state", "aux1", "aux2", "aux3", "aux4", "aux5", "volt", "pressure")
CLOSED = 1
EARLIEST, LATEST = 946_684_800, 4_102_444_800
"""Seconds of the years 2000 and 2100, between which the first number must lie."""
SUPPLY, SERIES = 5.0, 2150.0
"""Volt over the divider and ohm of its fixed resistor (rheault2024goflux)."""
STEINHART = (1.129138e-3, 2.34126e-4, 8.76656e-8)
"""Coefficients of the thermistor, K-1 (rheault2024goflux)."""
ZERO = 273.15


def recognise(opened: Opened) -> bool:
    first = next((line.split() for line in opened.lines if line.strip()), [])
    if len(first) < 11 or (len(first) - 1) % len(PORT):
        return False
    try:
        numbers = [float(x) for x in first]
    except ValueError:
        return False
    ports = numbers[1 :: len(PORT)]
    in_order = all(p in (-1, place) for place, p in enumerate(ports, 1))
    return EARLIEST <= numbers[0] <= LATEST and numbers[0] % 1 == 0 and in_order


def read(opened: Opened) -> pd.DataFrame:
    """One row a closure: `time` (UTC) of the first record that is closed, closure_end of the last."""
    import pandas as pd

    first = next(line.split() for line in opened.lines if line.strip())
    ports = range(1, (len(first) - 1) // len(PORT) + 1)
    names = ["epoch", *(f"{name}{p}" for p in ports for name in PORT)]
    wanted = ["epoch", *(f"{name}{p}" for p in ports for name in ("state", "volt", "pressure"))]
    kept = headings.DataLines(names, "")
    frame, problems = lines.table(opened, names, sep="", wanted=wanted, keep=kept)
    problems += kept.problems(opened.name)
    parts = []
    for port in ports:
        state = frame[f"state{port}"]
        run = (state != state.shift()).cumsum()
        shut = frame[state == CLOSED]
        one = pd.DataFrame(
            {
                "time": pd.to_datetime(shut["epoch"], unit="s").astype("datetime64[us]"),
                "chamber": f"cham{port:02d}",
                "chamber_temperature": celsius(shut[f"volt{port}"].to_numpy()),
                "chamber_pressure": shut[f"pressure{port}"],
                "source_row": shut["source_row"],
            }
        ).groupby(run[shut.index])
        parts.append(
            one.agg(
                time=("time", "first"),
                closure_end=("time", "last"),
                chamber=("chamber", "first"),
                chamber_temperature=("chamber_temperature", "mean"),
                chamber_pressure=("chamber_pressure", "mean"),
                source_row=("source_row", "first"),
            )
        )
    result = pd.concat([p for p in parts if len(p)] or parts[:1]).sort_values("time", ignore_index=True)
    result["closure_length"] = (result["closure_end"] - result["time"]).dt.total_seconds()
    result["closure"] = [f"{chamber}_{n}" for n, chamber in enumerate(result["chamber"], 1)]
    result.attrs |= {"analyser": "", "utc_offset": 0.0, "timezone": "UTC", "problems": problems}
    return result


def celsius(volt: np.ndarray) -> np.ndarray:
    """Temperature of the thermistor from the voltage over the fixed resistor: R = SERIES (SUPPLY / V - 1),
    1 / T = a + b ln R + c (ln R)^3 (Steinhart-Hart); NaN where the voltage is not between 0 and SUPPLY.
    """
    import numpy as np

    inside = (volt > 0) & (volt < SUPPLY)
    log = np.log(SERIES * (SUPPLY / np.where(inside, volt, np.nan) - 1))
    a, b, c = STEINHART
    return np.asarray(1 / (a + b * log + c * log**3) - ZERO)


FORMAT = InstrumentFormat(
    "eosmx12",
    Text("Eosense eosMX multiplexer log", "Eosense eosMX 多路器日志"),
    recognise,
    read,
    "rheault2024goflux",
    (".log",),
    "closures",
)
