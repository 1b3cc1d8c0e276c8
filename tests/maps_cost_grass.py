"""Least accumulated cost by GRASS r.cost, run as a program of its own; the oracle of the tests and the validation."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

GRASS = shutil.which("grass")
NULL = -1.0


def r_cost(
    cases: list[tuple[np.ndarray, np.ndarray]], width: float = 1.0, height: float = 1.0
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Distance (NaN where there is none) and nearest source for each (resistance, sources), in one session."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = ["set -e"]
        for i, (resistance, sources) in enumerate(cases):
            rows, columns = resistance.shape
            np.where(np.isnan(resistance), NULL, resistance).astype("<f8").tofile(folder / f"r{i}")
            np.where(np.isnan(resistance), 0, sources).astype("<i4").tofile(folder / f"s{i}")
            box = f"north={rows * height!r} south=0 west=0 east={columns * width!r} rows={rows} cols={columns}"
            lines += [
                f"r.in.bin -d --q --o input={folder}/r{i} output=r {box} anull={NULL}",
                f"r.in.bin -s --q --o input={folder}/s{i} output=s bytes=4 {box} anull=0",
                "g.region raster=r",
                "r.cost --q --o input=r output=d start_raster=s nearest=n",
                f"r.out.bin --q input=d output={folder}/d{i} bytes=8 null=-1",
                f"r.out.bin -i --q input=n output={folder}/n{i} bytes=4 null=0",
            ]
        (folder / "work.sh").write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            ["grass", "--tmp-location", "XY", "--exec", "sh", str(folder / "work.sh")], capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        found = []
        for i, (resistance, _) in enumerate(cases):
            distance = np.fromfile(folder / f"d{i}", "<f8").reshape(resistance.shape)
            distance[distance < 0] = np.nan
            found.append((distance, np.fromfile(folder / f"n{i}", "<i4").reshape(resistance.shape)))
        return found
