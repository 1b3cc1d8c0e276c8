"""Write the twin: a complete synthetic study with its truth."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from halosink.samples.twin import parameters as p
from halosink.samples.twin.draw import tables
from halosink.samples.twin.truth import truth
from halosink.samples.twin.write import csv_text, xlsx_bytes

UNITS = {
    **{name: q.unit for name, q in p.QUANTITIES.items()},
    "latitude": "degree",
    "longitude": "degree",
    "elevation": "m",
    "depth_top": "cm",
    "depth_bottom": "cm",
    "sensor_depth": "cm",
    "elapsed_time": "s",
    "co2_mole_fraction": "umol mol-1",
    "ch4_mole_fraction": "nmol mol-1",
    "chamber_temperature": "degC",
    "chamber_pressure": "kPa",
    "chamber_volume": "L",
    "chamber_area": "m2",
    "count": "count",
}
AS_XLSX = ("plants",)


def generate(folder: Path, seed: int) -> None:
    """Write study.toml, data/* and truth.json into the folder (made if it is not there); same seed, same bytes."""
    found, drawn = tables(seed)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for name, frame in found.items():
        if name in AS_XLSX:
            (data / f"{name}.xlsx").write_bytes(xlsx_bytes(frame, UNITS, name))
        else:
            text = csv_text(frame, UNITS)
            (data / f"{name}.csv").write_bytes(text.encode("utf-8"))
    known = json.dumps(truth(seed, drawn), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_bytes(known.encode("utf-8"))
    form = (resources.files("halosink.samples.twin") / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_bytes(form.replace("seed = 1\n", f"seed = {seed}\n").encode("utf-8"))
