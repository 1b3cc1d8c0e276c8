"""Step: maps of the carbon sinks of a region."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace

NONE = Skip(
    Text("study.toml names no layers of a region", "study.toml 没有给出区域图层"),
    Text(
        "Add [region] with a boundary and layers: land_use, elevation, temperature, precipitation and as far as known "
        "npp, soil and vegetation (halosink explain region).",
        "请添加 [region]，给出 boundary 与各图层：land_use、elevation、temperature、precipitation，"
        "并尽量提供 npp、土壤与植被图层（halosink explain region）。",
    ),
)
OFF = Skip(
    Text("left out by run = false", "已由 run = false 关闭"),
    Text("Set run = true under [region] in study.toml.", "请在 study.toml 的 [region] 中设 run = true。"),
)
NO_LIBRARIES = Skip(
    Text(
        "maps need rasterio, geopandas and zarr, which are not installed",
        "制图需要 rasterio、geopandas 与 zarr，尚未安装",
    ),
    Text(
        "Install halosink with its part maps: pip install 'halosink[maps]'.",
        "请安装带 maps 选项的 halosink：pip install 'halosink[maps]'。",
    ),
)


def _run(workspace: Workspace) -> Iterator[tuple[str, Any]] | Skip:
    region = workspace.settings.region
    if not region.layers:
        return NONE
    if not region.run:
        return OFF
    if any(find_spec(name) is None for name in ("rasterio", "geopandas", "zarr")):
        return NO_LIBRARIES
    from halosink.study_region.region import outputs

    return outputs(workspace)


STEP = Step(
    name="region",
    label=Text("Regional maps", "区域制图"),
    about=Text(
        "Flow and stocks of each cell, their importance, primary, secondary and potential sinks, resistance and cost "
        "distance, typical land-use patterns with their measures, and how sure each of these is.",
        "逐像元的碳通量与碳储量、重要性分级、碳汇腹地、重要区与潜力带、阻力与最小累积阻力、"
        "典型土地利用空间模型及其措施，并给出各项结果的置信度。",
    ),
    run=_run,
    after=("tables",),
    settings=("study.seed", "region", "analysis.confidence"),
    reads_files=True,
    sources=("zhang_wensu",),
)
