"""Write the county: layers, boundary, field plots, truth."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from halosink.samples.county import layers, truth
from halosink.samples.county.world import CELL, CRS, LEFT, SIDE, TOP, Array, Waves, World

PLOTS = 60


def generate(folder: Path, seed: int) -> None:
    """Write study.toml, data/* and truth.json into the folder (made if it is not there); same seed, same bytes."""
    rng = np.random.default_rng([seed, 17])
    world = World(rng)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    ring = _outline(rng)
    layers.write(world, data)
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    (data / "boundary.geojson").write_bytes(_boundary(ring, to_degrees))
    inside = _within(ring, *truth.centres())
    (data / "plots.csv").write_bytes(_plots(world, inside, to_degrees, rng))
    found = truth.found(world, inside)
    (folder / "truth.json").write_bytes(json.dumps(found, indent=1, ensure_ascii=False).encode())
    form = (resources.files("halosink.samples") / "county" / "study.toml").read_bytes()
    (folder / "study.toml").write_bytes(form.replace(b"seed = 1\n", f"seed = {seed}\n".encode()))


def _outline(rng: np.random.Generator) -> Array:
    """Corners of the county, metres, (240, 2)."""
    turn = np.arange(240) * 2 * np.pi / 240
    noise = Waves.drawn(rng, 15, 40)
    middle = np.array([LEFT, TOP]) + SIDE * CELL / 2 * np.array([1, -1])
    round_ = middle + 33_500 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    reach = np.clip(33_500 + 1_300 * noise.at(round_[:, 0], round_[:, 1]), 28_000, 36_500)
    return np.asarray(middle + reach[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1))


def _boundary(ring: Array, to_degrees: Transformer) -> bytes:
    east, north = to_degrees.transform(ring[:, 0], ring[:, 1])
    corners = [[round(float(a), 6), round(float(b), 6)] for a, b in zip(east, north, strict=True)]
    feature = {
        "type": "Feature",
        "properties": {"name": "synthetic county", "name_zh": "虚构县"},
        "geometry": {"type": "Polygon", "coordinates": [[*corners, corners[0]]]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False).encode()


def _within(ring: Array, x: Array, y: Array) -> NDArray[np.bool_]:
    """Whether points lie in the polygon: a ray to the east crosses its edges an odd number of times."""
    odd = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return odd


def _plots(world: World, inside: NDArray[np.bool_], to_degrees: Transformer, rng: np.random.Generator) -> bytes:
    """Organic and inorganic carbon to 100 cm on plots chosen at random on dry land, with 8 % of error."""
    x, y = truth.centres()
    dry = np.flatnonzero(inside & ~np.isin(truth.county(world.land[2020]), (41, 42, 43, 44, 51)))
    here = np.sort(rng.choice(dry, PLOTS, replace=False))
    px, py = (v.ravel()[here] + rng.uniform(-200, 200, PLOTS) for v in (x, y))
    east, north = to_degrees.transform(px, py)
    organic, inorganic = truth.soil(world, px, py, measured=True)
    error = np.exp(0.08 * rng.normal(size=(2, PLOTS)))
    lines = ["plot,latitude,longitude,depth_bottom,soil_organic_carbon_stock,soil_inorganic_carbon_stock"]
    for i in range(PLOTS):
        stocks = f"{organic[i] * error[0, i]:.1f},{inorganic[i] * error[1, i]:.1f}"
        lines.append(f"P{i + 1:02d},{north[i]:.5f},{east[i]:.5f},100,{stocks}")
    return ("\n".join(lines) + "\n").encode()
