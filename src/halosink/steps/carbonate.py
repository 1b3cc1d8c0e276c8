"""Step: whether long series of soil CO2 flux need an abiotic part beside respiration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

NEEDED = ("time", "co2_flux", "soil_temperature", "soil_moisture")
DAYS = 56
"""Eight weeks, as carbonate.two_part asks."""


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink import quality
    from halosink.chamber.carbonate.flux_series import TooShort
    from halosink.chamber.carbonate.two_part import two_part

    parts: dict[str, list[pd.DataFrame]] = {}
    for name in (n for n, t in workspace.settings.tables.items() if t.kind == "fluxes"):
        frame = workspace.frame(f"tables/{name}")
        if not _long(frame):
            continue
        frame = quality.masked(frame, workspace.frame(f"quality/flags_{name}"))
        analysis, study = workspace.settings.analysis, workspace.settings.study
        try:
            found = two_part(frame, seed=study.seed, confidence=analysis.confidence)
        except TooShort:
            continue
        for part in ("comparison", "models", "parameters", "left_out"):
            parts.setdefault(part, []).append(getattr(found, part).assign(table=name))
    if not parts:
        return Skip(
            Text(
                "no CO2 flux series of eight weeks with soil temperature and moisture",
                "没有满八周且带土壤温度与水分的 CO2 通量序列",
            ),
            Text(
                "Add a table of kind fluxes with time, co2_flux, soil_temperature and soil_moisture, several readings "
                "a day for at least eight weeks.",
                "请添加 fluxes 类型的数据表，含 time、co2_flux、soil_temperature 与 soil_moisture，"
                "每天多次读数，至少八周。",
            ),
        )
    return {f"carbonate/{part}.parquet": pd.concat(tables, ignore_index=True) for part, tables in parts.items()}


def _long(frame: pd.DataFrame) -> bool:
    """Whether a table has all columns, filled together over eight weeks or more."""
    if not set(NEEDED) <= set(frame):
        return False
    time = frame.dropna(subset=list(NEEDED))["time"]
    return len(time) > 0 and bool((time.max() - time.min()).days >= DAYS)


STEP = Step(
    name="carbonate",
    label=Text("Abiotic CO2 exchange", "非生物 CO2 交换"),
    about=Text(
        "Soil CO2 flux as respiration alone and as respiration with an abiotic part that follows the warming of the "
        "soil, compared by their error on weeks that neither has seen. Negative fluxes are kept.",
        "分别以单纯呼吸、以及呼吸加上随土壤升温变化的非生物部分拟合土壤 CO2 通量，"
        "用两者均未见过的各周的误差作比较；保留负通量。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("study", "tables", "analysis"),
    sources=(
        "lloyd1994",
        "reichstein2003",
        "golub1973",
        "ma2013",
        "wang2020abiotic",
        "xie2009",
        "hamerlynck2013",
        "roberts2017",
    ),
)
