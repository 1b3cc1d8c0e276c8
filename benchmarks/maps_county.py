"""A county at 30 m, all layers, deterministic; and draws on cells ten times as wide.

    python benchmarks/maps_county.py [SIDE] [DRAWS] [FOLDER]

SIDE (default 4000) cells along each side of the county, DRAWS (default 100). Synthetic layers are written to FOLDER
(default: a temporary one) as real downloads come: land use in an Albers system at 30 m, elevation in degrees at one
second, population at 100 m, production in the sinusoidal system at 463 m, climate and soil in degrees at 1 km.
The county at full size has to end within 60 s of wall clock and 4 GB, the draws within 20 minutes; a limit missed ends
with exit code 1. Each run is a process of its own; its peak is that of resident memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CRS = "EPSG:32644"
LEFT, TOP = 450_000.0, 4_640_000.0
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=krass +units=m"
SINUSOIDAL = "+proj=sinu +lon_0=0 +R=6371007.181 +units=m"
MONTHS = (-8.0, -3.0, 6.0, 14.0, 19.0, 23.0, 25.0, 24.0, 18.5, 10.5, 1.5, -6.0)
RAIN = (2, 2, 3, 5, 11, 20, 24, 16, 8, 4, 2, 3)
SOIL = {"organic_carbon": 1.2, "inorganic_carbon": 9.0, "bulk_density": 1.4, "gravel": 12.0}
WALL, MEMORY, DRAWN = 60.0, 4e9, 1200.0

STUDY = """
[study]
utc_offset = 6.0
[study.title]
en = "benchmark"
zh = "基准测试"
[region]
name = "benchmark"
boundary = "data/boundary.geojson"
crs = "EPSG:32644"
cell = {cell}
year = 2020
[region.layers]
elevation = "data/dem.tif"
population = "data/population.tif"
vegetation = {{ file = "data/vegetation.tif", no_data = [0] }}
land_use = {{ file = "data/land_{{year}}.tif", years = [2000, 2020], classes = "cnlucc" }}
temperature = {{ file = "data/temperature.tif", scale = 0.1, lapse_rate = -6.5 }}
precipitation = {{ file = "data/precipitation.tif", scale = 0.1 }}
npp = {{ file = "data/npp.tif", unit = "kg C m-2 a-1", scale = 0.0001, valid = [-30000, 32700] }}
{soil}
[region.soil]
inorganic_as = "carbonate"
[region.uncertainty]
draws = {draws}
{more}
"""


class World:
    """Noise over the county, read off at any place."""

    def __init__(self, side: float) -> None:
        self.side = side
        rng = np.random.default_rng(5)
        size = 2048
        wave = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.rfftfreq(size), indexing="ij"))
        wave[0, 0] = 1
        self.noise = []
        for power in (1.9, 1.5, 1.5, 1.5, 1.2):
            field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((size, size))) * wave**-power)
            self.noise.append(((field - field.mean()) / field.std()).astype(np.float32))

    def at(self, k: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        from scipy.ndimage import map_coordinates

        step = 1.2 * self.side / 2048
        places = np.array([(TOP + 0.1 * self.side - y) / step, (x - LEFT + 0.1 * self.side) / step], np.float32)
        return map_coordinates(self.noise[k], places, order=1, mode="nearest")

    def height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        north = np.clip((y - TOP) / self.side + 1, 0, 1)
        return 1000 + 3500 * north**2 + 250 * self.at(0, x, y)

    def land(self, x: np.ndarray, y: np.ndarray, year: int) -> np.ndarray:
        z, wet, rough = self.height(x, y), self.at(1, x, y), self.at(4, x, y)
        wet = wet + (0.12 if year > 2010 else 0) * (rough > 0)
        low = np.select([wet > 1.9, wet > 1.2, wet > 0.7, wet > 0.3, wet > -0.3, wet > -0.8],
                        [41, 51, 11, 12, 33, 63], 62)  # fmt: skip
        high = np.select([z > 4100, z > 3600, wet > 0.8, wet > 0.2, wet > -0.6], [44, 66, 21, 31, 32], 33)
        return np.where(z < 1700 + 100 * rough, low, high).astype(np.uint8)


def layer(path: Path, world: World, crs: str, cell: float, dtype: str, make, no_data=None) -> None:
    """make(x, y) in the county's system gives bands x rows x columns."""
    import rasterio
    from pyproj import Transformer
    from rasterio.transform import Affine

    t = np.linspace(-0.02, 1.02, 101)
    x, y = (
        LEFT + np.concatenate([t, t, 0 * t - 0.02, 0 * t + 1.02]) * world.side,
        (TOP - np.concatenate([0 * t - 0.02, 0 * t + 1.02, t, t]) * world.side),
    )
    u, v = Transformer.from_crs(CRS, crs, always_xy=True).transform(x, y)
    left, top = np.floor(u.min() / cell) * cell, np.ceil(v.max() / cell) * cell
    columns, rows = int((u.max() - left) / cell) + 1, int((top - v.min()) / cell) + 1
    back = Transformer.from_crs(crs, CRS, always_xy=True)
    step = 64
    nodes = np.meshgrid(left + cell * (np.arange(-(-columns // step) + 1) * step + 0.5),
                        top - cell * (np.arange(-(-rows // step) + 1) * step + 0.5))  # fmt: skip
    places = back.transform(*nodes)
    strips = []
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=make(np.zeros((1, 1)), np.zeros((1, 1))).shape[0],
        dtype=dtype, crs=crs, transform=Affine(cell, 0, left, 0, -cell, top), nodata=no_data, tiled=True,
        blockxsize=256, blockysize=256, compress="deflate",
    ) as file:  # fmt: skip
        from rasterio.windows import Window

        down = np.arange(step) / step
        across = np.arange(columns) / step
        j = np.minimum(across.astype(int), places[0].shape[1] - 2)
        right = across - j
        for i in range(places[0].shape[0] - 1):
            x, y = (
                sum(w[:, None] * ((1 - right) * p[i + k, j] + right * p[i + k, j + 1])
                    for k, w in ((0, 1 - down), (1, down)))
                for p in places
            )  # fmt: skip
            strips.append(make(x, y).astype(dtype))
            if len(strips) == 8 or i == places[0].shape[0] - 2:
                block = np.concatenate(strips, axis=1)
                row = (i + 1 - len(strips)) * step
                block = block[:, : rows - row]
                file.write(block, window=Window(0, row, columns, block.shape[1]))
                strips = []


def write(folder: Path, cells: int) -> None:
    world = World(cells * 30.0)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    second = 1 / 3600
    for year in (2000, 2020):
        layer(data / f"land_{year}.tif", world, ALBERS, 30.0, "uint8",
              lambda x, y, year=year: world.land(x, y, year)[None], 0)  # fmt: skip
    layer(data / "dem.tif", world, "EPSG:4326", second, "int16", lambda x, y: world.height(x, y)[None], -32768)
    layer(data / "population.tif", world, "EPSG:4326", 3 * second, "float32",
          lambda x, y: np.exp(1.5 + 1.2 * world.at(1, x, y) - world.height(x, y) / 1500)[None], -99999)  # fmt: skip
    layer(data / "vegetation.tif", world, CRS, 500.0, "uint8",
          lambda x, y: (1 + np.clip(8 + 4 * world.at(3, x, y), 0, 15)).astype(np.uint8)[None], 0)  # fmt: skip
    layer(data / "npp.tif", world, SINUSOIDAL, 463.3127165, "int16",
          lambda x, y:
              (2200 + 900 * world.at(1, x, y) - 0.3 * world.height(x, y)).clip(0, 9000)[None], 32767)  # fmt: skip
    kilometre = 30 * second
    layer(data / "temperature.tif", world, "EPSG:4326", kilometre, "int16",
          lambda x, y: 10 * np.reshape(MONTHS, (12, 1, 1)) - 0.065 * (world.height(x, y) - 1100), -32768)  # fmt: skip
    layer(data / "precipitation.tif", world, "EPSG:4326", kilometre, "int16",
          lambda x, y: np.reshape(RAIN, (12, 1, 1)) / 10 * (60 + 0.1 * world.height(x, y)), -32768)  # fmt: skip
    for depth in ("topsoil", "subsoil"):
        for k, (name, mean) in enumerate(SOIL.items()):
            layer(data / f"{depth}_{name}.tif", world, "EPSG:4326", kilometre, "float32",
                  lambda x, y, m=mean, k=k: m * (1 + 0.2 * world.at(k + 1, x, y).clip(-3, 3))[None], -9999)  # fmt: skip
    outline(folder, cells * 30.0)


def outline(folder: Path, side: float) -> None:
    from pyproj import Transformer

    t = np.arange(0, 1, 0.05)
    ring = np.concatenate([np.stack(p, 1) for p in ((t, 0 * t), (0 * t + 1, t), (1 - t, 0 * t + 1), (0 * t, 1 - t))])
    east, north = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(
        LEFT + ring[:, 0] * side, TOP - ring[:, 1] * side
    )
    points = [[float(a), float(b)] for a, b in zip(east, north, strict=True)]
    shape = {"type": "Polygon", "coordinates": [[*points, points[0]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    (folder / "data" / "boundary.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))


def study(folder: Path, cell: float, draws: int, more: str = "") -> None:
    units = {"organic_carbon": "%", "inorganic_carbon": "%", "bulk_density": "g cm-3", "gravel": "%"}
    soil = "\n".join(
        f'{depth}_{name} = {{ file = "data/{depth}_{name}.tif", unit = "{unit}" }}'
        for depth in ("topsoil", "subsoil")
        for name, unit in units.items()
    )
    (folder / "study.toml").write_text(STUDY.format(cell=cell, draws=draws, soil=soil, more=more), encoding="utf-8")


def once(folder: str) -> None:
    """Every output of the region, kept in results/; says seconds of wall clock and processor, and the peak."""
    from halosink import runner, settings, storage
    from halosink.study_region import region

    begun = time.perf_counter()
    place = Path(folder).resolve()
    workspace = runner.Workspace(place, settings.load(place))
    for name, value in region.outputs(workspace):
        storage.write(workspace.results / name, value)
    wall = time.perf_counter() - begun
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def measured(folder: Path, what: str, cell: float, draws: int, more: str = "") -> dict[str, float]:
    study(folder, cell, draws, more)
    load = os.getloadavg()[0]
    command = [sys.executable, __file__, "--once", str(folder)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1])
    print(f"{what:45} {found['wall']:8.1f} s wall {found['cpu']:8.1f} s CPU {found['peak'] / 1e9:6.2f} GB peak"
          f"   load before {load:.1f}")  # fmt: skip
    return found


def main(side: int, draws: int, folder: Path) -> int:
    if not (folder / "data" / "boundary.geojson").exists():
        begun = time.perf_counter()
        write(folder, side)
        print(f"layers written in {time.perf_counter() - begun:.0f} s")
    measured(folder, "2 km cells, to compile", 2000, 0)
    whole = measured(folder, f"{side**2:.2g} cells of 30 m, no draws", 30, 0)
    fine = whole["wall"] <= WALL and whole["peak"] <= MEMORY
    if draws:
        drawn = measured(folder, f"with {draws} draws on cells of 300 m", 30, draws, "coarser = 10")
        fine &= drawn["wall"] <= DRAWN
    print("ok" if fine else "MISSED")
    return 0 if fine else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2])
        sys.exit()
    arguments = sys.argv[1:]
    cells = int(float(arguments[0])) if arguments else 4000
    number = int(arguments[1]) if len(arguments) > 1 else 100
    if len(arguments) > 2:
        Path(arguments[2]).mkdir(parents=True, exist_ok=True)
        sys.exit(main(cells, number, Path(arguments[2])))
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(cells, number, Path(scratch)))
