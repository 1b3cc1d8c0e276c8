"""Step: the response model, run on what is known before any calibration."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    from halosink.runner import Workspace

NO_JAX = Skip(
    Text("the response model needs JAX, which is not installed", "响应模型需要 JAX，尚未安装"),
    Text(
        "Install halosink with its part model: pip install 'halosink[model]'.",
        "请安装带 model 选项的 halosink：pip install 'halosink[model]'。",
    ),
)
OFF = Skip(
    Text("left out by run = false", "已由 run = false 关闭"),
    Text("Set run = true under [model] in study.toml.", "请在 study.toml 的 [model] 中设 run = true。"),
)
LACKING = {
    "carbon": Skip(
        Text("no soil table with soil organic carbon", "没有含土壤有机碳的土壤数据表"),
        Text(
            "Add a table of kind soil with soil_organic_carbon, and as far as measured depths, bulk density, salinity, "
            "sodium and pH.",
            "请添加 soil 类型的数据表，含 soil_organic_carbon，并尽量提供土层深度、容重、盐分、钠与 pH。",
        ),
    ),
    "climate": Skip(
        Text("no twelve months of temperature and precipitation", "没有完整十二个月的气温与降水"),
        Text(
            "Write temperature and precipitation of the twelve months under [model] in study.toml, or add a table of "
            "kind weather that covers a year.",
            "请在 study.toml 的 [model] 中写入十二个月的 temperature 与 precipitation，"
            "或添加覆盖全年的 weather 类型数据表。",
        ),
    ),
}


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    if not workspace.settings.model.run:
        return OFF
    from halosink.study_model.tables import world

    found = world(workspace)
    if isinstance(found, str):
        return LACKING[found]
    if find_spec("jax") is None:
        return NO_JAX
    from halosink.study_model.results import outputs

    return outputs(workspace, found)


STEP = Step(
    name="model",
    label=Text("Response model", "响应模型"),
    about=Text(
        "Carbon, water, salt and sodium of each class month by month under its climate, as it is and under "
        "interventions, with the ranges that published parameters allow; not calibrated to the site.",
        "按月模拟各类别土壤的碳、水、盐与钠，比较现状与各项措施；区间来自已发表参数的取值范围，未经本样地数据率定。",
    ),
    run=_run,
    needs=("tables", "quality"),
    after=("soil_salinity",),
    settings=("study", "tables", "design", "analysis", "model", "eddy"),
    sources=(
        *("lieth1975", "thornthwaite1948", "hargreaves1985", "allen1998", "clapp1978", "cosby1984", "jackson1996"),
        *("maas1977", "sparling1989", "vangenuchten1993", "mcneal1968", "wang2016biochar", "steppuhn2005"),
        *("coleman1996", "falloon1998", "parton1993", "metherell1993", "wieder2015", "pierson2022", "abramoff2022"),
    ),
)
