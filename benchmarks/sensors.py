"""A sensor table of 1,000,000 rows x 12 channels: read, checked and stored against a plain pandas.read_csv of it.

Each in a fresh process, in turn; time and peak memory as ratios. Memory counts what the process holds beyond its
imports, in multiples of the table (rows x (12 channels + time stamp) x 8 bytes).
"""

import json
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
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
print(json.dumps([seconds, memory("VmHWM") - before]))
"""
PANDAS = MEASURE.format(imports="import pandas as pd", work='pd.read_csv(folder / "data.csv", skiprows=[1])')
OURS = MEASURE.format(
    imports="import pandas, pyarrow.parquet, pyarrow.csv, numpy, scipy.stats\n"
    "from halosink import runner, settings, quality, read, vocabulary\nfrom halosink.vocabulary import units\n"
    "runner.discover(); quality.checks(); vocabulary.fields()",
    work="work = runner.Workspace(folder, settings.load(folder))\n"
    'done = runner.run(work, only=["quality"])\nassert all(o.status == "done" for o in done.values()), done',
)
CHANNELS = ("soil_temperature", "soil_moisture", "soil_ec_bulk")


def write(folder: Path) -> None:
    """A logger file of 4 probes with daily courses, noise of the sensors' resolution, faults and missing codes."""
    draws = np.random.default_rng(11)
    hours = np.arange(ROWS) / 60
    time = pd.date_range("2023-01-01", periods=ROWS, freq="1min").strftime("%Y-%m-%d %H:%M:%S")
    columns, units, mapping = {"time": time}, [""], []
    for sensor in range(SENSORS):
        slow = np.cumsum(draws.normal(0, 0.002, ROWS))
        values = {
            "soil_temperature": (15 + 6 * np.sin(hours * 2 * np.pi / 24) + slow, "degC", 1),
            "soil_moisture": (np.clip(0.3 + 0.01 * slow + draws.normal(0, 0.002, ROWS), 0.05, 0.5), "m3 m-3", 3),
            "soil_ec_bulk": (np.clip(2 + 0.2 * slow + draws.normal(0, 0.02, ROWS), 0.1, 9), "dS m-1", 2),
        }
        for field, (value, unit, digits) in values.items():
            text = np.round(value, digits)
            text[draws.integers(0, ROWS, 500)] = -9999
            text[draws.integers(0, ROWS, 20)] = 400
            columns[f"{field}_{sensor}"] = text
            units.append(unit)
            mapping.append(f'"{field}_{sensor}" = {{ field = "{field}", sensor = "p{sensor}" }}')
    frame = pd.DataFrame(columns)
    with (folder / "data.csv").open("w") as stream:
        stream.write(",".join(frame) + "\n" + ",".join(units) + "\n")
        frame.to_csv(stream, index=False, header=False)
    head = '[study]\ntitle = "bench"\n[tables.logger]\nfile = "data.csv"\nkind = "sensors"\n[tables.logger.columns]\n'
    (folder / "study.toml").write_text(head + "\n".join(mapping) + "\n")


def measure(code: str, folder: Path) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes


def main(rounds: int = 3) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        print(f"{ROWS} rows x 12 channels, {(folder / 'data.csv').stat().st_size / 2**20:.0f} MB of text")
        plain, ours = [], []
        for _ in range(rounds):
            plain.append(measure(PANDAS, folder))
            subprocess.run(["rm", "-rf", str(folder / "results")], check=True)
            ours.append(measure(OURS, folder))
    seconds = [statistics.median(t for t, _ in found) for found in (plain, ours)]
    memory = [max(m for _, m in found) / TABLE_MB for found in (plain, ours)]
    print(f"pandas.read_csv: {seconds[0]:.2f} s, peak memory {memory[0]:.1f} x the table")
    print(f"read, checked and stored: {seconds[1]:.2f} s, peak memory {memory[1]:.1f} x the table (at most 4 x)")
    print(f"ratio of times: {seconds[1] / seconds[0]:.2f} (at most 4)")
    return int(seconds[1] > 4 * seconds[0] or memory[1] > 4)


if __name__ == "__main__":
    sys.exit(main())
