"""Time of bringing layers to a grid of 30 m: 4000 x 4000 cells, tile after tile; GDAL's warper beside it.

    python benchmarks/maps_layers.py

CPU seconds of this process (read, resampled, thrown away), memory at the highest.
"""

import atexit
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject

from halosink.maps.grid import Grid
from halosink.settings_region import Region
from halosink.study_region import layers

SIDE = 4000


def write(path, values, place, no_data=None):
    values = values if values.ndim == 3 else values[None]
    with rasterio.open(path, "w", driver="GTiff", height=values.shape[1], width=values.shape[2], count=len(values),
                       dtype=values.dtype, crs="EPSG:4326", transform=Affine(*place), nodata=no_data, tiled=True,
                       compress="deflate") as file:  # fmt: skip
        file.write(values)


def main() -> None:
    rng = np.random.default_rng(0)
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    grid = Grid("EPSG:32644", 500_000, 4_640_000, 30, 30, SIDE, SIDE)
    left, top = 80.9, 42.0
    write(folder / "temp.tif", rng.normal(10, 5, (12, 150, 210)).astype(np.float32), (0.01, 0, left, 0, -0.01, top))
    step = 0.0003
    shape = round(1.5 / step), round(1.7 / step)
    blocks = rng.choice([10, 20, 30, 60], (shape[0] // 8 + 1, shape[1] // 8 + 1)).astype(np.uint8)
    write(folder / "land.tif", np.kron(blocks, np.ones((8, 8), np.uint8))[: shape[0], : shape[1]],
          (step, 0, left, 0, -step, top))  # fmt: skip
    dem = rng.normal(0, 1, shape).astype(np.float32) + 1000
    write(folder / "dem.tif", dem, (step, 0, left, 0, -step, top))
    region = Region(
        crs="EPSG:32644",
        cell=30,
        layers={
            "land_use": {"file": "land.tif", "classes": "esa"},
            "elevation": "dem.tif",
            "temperature": {"file": "temp.tif", "lapse_rate": -6.5},
            "precipitation": {"file": "temp.tif", "valid": [0, 100]},
        },
    )
    start = time.process_time()
    sources, problems = layers.examine(folder, region)
    print(f"examine: {time.process_time() - start:.1f} CPU s, {len(problems)} problems")
    for source in sources.values():
        source.read(grid, next(grid.tiles(64)))
    total = 0.0
    for role, source in sources.items():
        start = time.process_time()
        for tile in grid.tiles():
            source.read(grid, tile)
        seconds = time.process_time() - start
        total += seconds
        print(f"{role:14} {source.bands:2} bands {source.method(grid):9} {seconds:6.2f} CPU s")
    for name, kind, bands in (
        ("land", Resampling.mode, 1),
        ("temp", Resampling.average, 12),
        ("dem", Resampling.average, 1),
    ):
        with rasterio.open(folder / f"{name}.tif") as file:
            start = time.process_time()
            for tile in grid.tiles():
                out = np.empty((bands, *tile.shape), file.dtypes[0])
                place = Affine(*grid.transform) * Affine.translation(tile.column0, tile.row0)
                reproject(rasterio.band(file, list(range(1, bands + 1))), out, dst_transform=place, dst_crs=grid.crs,
                          resampling=kind, tolerance=0.0)  # fmt: skip
            print(f"GDAL {kind.name:9} {name:9} {time.process_time() - start:6.2f} CPU s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"all layers {total:.1f} CPU s; memory at most {peak:.2f} GB; {SIDE * SIDE:.2g} cells")
    sys.exit(total > 60 or peak > 4)


main()
