"""A sensor table of 1,000,000 rows x 12 channels: read, checked and stored against a plain pandas.read_csv of it.

Two layouts: twelve fields of one station, and four probes of three fields, which become four rows per record.

Each in a fresh process, in turn; medians of wall and processor time, and the highest peak of memory beyond the
imports. Memory counts in multiples of the table as it is in the file (rows x (12 channels + time stamp) x 8 bytes)
and as it is stored (with place, probe, file and row of each record; more rows in the second layout).

python benchmarks/sensors.py [ROUNDS]
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

ROWS, SENSORS = 1_000_000, 4
TABLE_MB = ROWS * 13 * 8 / 2**20
MEASURE = """
import json, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
{imports}
def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
before = memory("VmRSS")
start, busy = time.perf_counter(), time.process_time()
{work}
seconds, busy, peak = time.perf_counter() - start, time.process_time() - busy, memory("VmHWM") - before
print(json.dumps([seconds, busy, peak, int({table}.memory_usage(deep=True).sum()) / 2**20]))
"""
PANDAS = MEASURE.format(
    imports="import pandas as pd", work='table = pd.read_csv(folder / "data.csv", skiprows=[1])', table="table"
)
OURS = MEASURE.format(
    imports="from halosink import runner, settings, quality, read, vocabulary\nfrom halosink.vocabulary import units\n"
    "import pandas, pyarrow.parquet, pyarrow.csv, numpy, scipy.linalg, filelock, threadpoolctl\n"
    "runner.discover(); quality.checks(); vocabulary.fields()",
    work="work = runner.Workspace(folder, settings.load(folder))\n"
    'done = runner.run(work, only=["quality"])\nassert all(o.status == "done" for o in done.values()), done',
    table='work.frame("tables/logger", categories=True)',
)
STATION = {  # field: (middle, daily swing, noise, digits)
    "soil_temperature": (15, 6, 0.02, 1),
    "soil_moisture": (0.3, 0.01, 0.002, 3),
    "soil_ec_bulk": (2, 0.2, 0.02, 2),
    "air_temperature": (14, 9, 0.1, 1),
    "relative_humidity": (55, -20, 0.5, 1),
    "air_pressure": (98, 0.1, 0.01, 2),
    "wind_speed": (3, 1, 0.3, 1),
    "net_radiation": (120, 300, 5, 1),
    "soil_heat_flux": (5, 30, 1, 1),
    "vapour_pressure_deficit": (1.2, 0.8, 0.02, 2),
    "groundwater_depth": (1.5, 0.02, 0.002, 3),
    "battery_voltage": (12.6, 0.2, 0.01, 2),
}


def write(folder: Path, probes: bool) -> None:
    """A logger file with daily courses, noise at the sensors' resolution, outliers and missing codes."""
    from halosink import vocabulary

    draws = np.random.default_rng(11)
    day = np.sin(np.arange(ROWS) / 60 * 2 * np.pi / 24)
    time = pd.date_range("2023-01-01", periods=ROWS, freq="1min").strftime("%Y-%m-%d %H:%M:%S")
    fields = [f for f in STATION if f in vocabulary.fields()]
    names = [(f, n) for n in range(4) for f in fields[:3]] if probes else [(f, 0) for f in fields]
    if len(names) != 12:
        raise SystemExit(f"{len(names)} channels: a field of STATION is not in the vocabulary")
    columns, units, mapping = {"time": time}, [""], []
    for field, sensor in names:
        middle, swing, noise, digits = STATION[field]
        values = np.round(middle + swing * day + draws.normal(0, noise, ROWS), digits)
        values[draws.integers(0, ROWS, 500)] = -9999
        values[draws.integers(0, ROWS, 20)] *= 3
        columns[f"{field}_{sensor}"] = values
        units.append(vocabulary.fields()[field].unit)
        sensor_key = f', sensor = "p{sensor}"' if probes else ""
        mapping.append(f'"{field}_{sensor}" = {{ field = "{field}"{sensor_key} }}')
    frame = pd.DataFrame(columns)
    with (folder / "data.csv").open("w") as stream:
        stream.write(",".join(frame) + "\n" + ",".join(units) + "\n")
        frame.to_csv(stream, index=False, header=False)
    head = '[study]\ntitle = "bench"\n[tables.logger]\nfile = "data.csv"\nkind = "sensors"\n'
    place = '[tables.logger.constant]\nplot = "A"\n[tables.logger.columns]\n'
    (folder / "study.toml").write_text(head + place + "\n".join(mapping) + "\n")


def measure(code: str, folder: Path) -> list[float]:
    """Wall and processor time in s, peak memory and size of the finished table in MiB."""
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(probes: bool, rounds: int) -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, probes)
        size = (folder / "data.csv").stat().st_size / 2**20
        print(f"{ROWS} rows x 12 channels, {'four probes of three fields' if probes else 'one station'}, {size:.0f} MB")
        plain, ours = [], []
        for _ in range(rounds):
            plain.append(measure(PANDAS, folder))
            shutil.rmtree(folder / "results", ignore_errors=True)
            ours.append(measure(OURS, folder))
    ratio = statistics.median(one[0] / other[0] for one, other in zip(ours, plain, strict=True))
    peaks = []
    for label, found in (("pandas.read_csv", plain), ("halosink", ours)):
        wall, busy, _, own = (statistics.median(column) for column in zip(*found, strict=True))
        peak = max(one[2] for one in found)
        peaks.append(peak / TABLE_MB)
        print(
            f"  {label}: {wall:.2f} s ({busy:.2f} s of processor time), peak memory {peak:.0f} MB "
            f"= {peaks[-1]:.1f} x the table, {peak / own:.1f} x the table as stored"
        )
    print(f"  ratio of times {ratio:.2f} (at most 4), peak memory {peaks[1]:.1f} x the table (at most 4)")
    return ratio <= 4 and peaks[1] <= 4


def main(rounds: int = 5) -> int:
    return int(sum(compare(probes, rounds) for probes in (False, True)) < 2)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
