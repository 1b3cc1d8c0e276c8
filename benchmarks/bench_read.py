"""Reading a sensor table against plain pandas.read_csv of the same file: time and peak memory, each in a fresh process.

python benchmarks/bench_read.py [--rows 1000000] [--channels 12] [--repeats 3]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

CHANNELS = (
    "soil_temperature", "soil_moisture", "soil_ec_bulk", "battery_voltage", "air_temperature", "relative_humidity",
    "air_pressure", "precipitation", "shortwave_radiation", "wind_speed", "soil_redox_potential", "record_number",
)  # fmt: skip

PEAK = """
def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
"""

PANDAS = """
import json, sys, time
import pandas as pd
before = peak()
start = time.perf_counter()
frame = pd.read_csv(sys.argv[1])
took = time.perf_counter() - start
table = frame.memory_usage(deep=False).sum() / 2**20
print(json.dumps({"seconds": took, "peak": peak() - before, "table": table, "rows": len(frame)}))
"""

OURS = """
import json, sys, time
from pathlib import Path
import numpy, pandas, pyarrow, pyarrow.csv, pyarrow.compute
import halosink.read
from halosink.read import canonical
before = peak()
start = time.perf_counter()
reading = halosink.read.file(Path(sys.argv[1]), "sensors", constant={"plot": "P1"})
took = time.perf_counter() - start
assert reading.frame is not None, reading.problems
table = reading.frame.memory_usage(deep=True).sum() / 2**20
print(json.dumps({"seconds": took, "peak": peak() - before, "table": table, "rows": len(reading.frame)}))
"""


def write(path: Path, rows: int, channels: int, dirty: bool) -> None:
    """A table of plausible values with seeded noise; dirty: NAN, -9999 and empty cells in it."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(1)
    names = CHANNELS[:channels]
    centre = dict(zip(CHANNELS, (15, 0.3, 2, 12.8, 15, 60, 101, 1, 300, 3, 200, 0), strict=True))
    data = {n: (centre[n] + 0.05 * centre[n] * random.standard_normal(rows)).round(4) for n in names}
    if "record_number" in data:
        data["record_number"] = np.arange(rows)
    stamps = pd.date_range("2001-01-01", periods=rows, freq="10min").strftime("%Y-%m-%d %H:%M:%S")
    frame = pd.DataFrame({"time": stamps, **data})
    if dirty:
        for i, name in enumerate(names[:6]):
            frame[name] = frame[name].astype(object)
            frame.loc[frame.index[i::97], name] = ("NAN", "-9999", "")[i % 3]
    frame.to_csv(path, index=False)


def measure(code: str, path: Path, repeats: int) -> dict[str, float]:
    """Median time of fresh processes; peak is resident memory above that of the imports, MiB."""
    runs = []
    for _ in range(repeats):
        done = subprocess.run(
            [sys.executable, "-c", PEAK + code, str(path)], capture_output=True, text=True, check=True
        )
        runs.append(json.loads(done.stdout))
    return sorted(runs, key=lambda r: r["seconds"])[len(runs) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--channels", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for dirty in (False, True):
            path = Path(folder) / "sensors.csv"
            write(path, chosen.rows, chosen.channels, dirty)
            theirs, ours = measure(PANDAS, path, chosen.repeats), measure(OURS, path, chosen.repeats)
            print(
                f"{'with missing' if dirty else 'complete'}: {chosen.rows} rows x {chosen.channels}, "
                f"{path.stat().st_size / 2**20:.0f} MiB; pandas {theirs['seconds']:.2f} s, halosink "
                f"{ours['seconds']:.2f} s, ratio {ours['seconds'] / theirs['seconds']:.2f}; peak memory "
                f"{ours['peak']:.0f} MiB = {ours['peak'] / ours['table']:.2f} x its table of {ours['table']:.0f} MiB "
                f"(pandas {theirs['peak']:.0f} MiB)"
            )


if __name__ == "__main__":
    main()
