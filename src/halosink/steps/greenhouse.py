"""Step: measured fluxes of CO2, CH4 and N2O in CO2-equivalents, per plot and per class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

PLACES = ("region", "site", "block", "plot", "treatment", "salinity_class", "light_condition")
LEFT = ("rows", "visits", "level", "table", "factor", "class")


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import numpy as np
    import pandas as pd

    from halosink.budget.greenhouse import greenhouse_balance
    from halosink.budget.means import FLUXES, mean_draws, mean_fluxes

    tables = {
        name.split("/")[-1]: frame
        for name, frame in workspace.frames("observations/").items()
        if any(f in frame and frame[f].notna().any() for f in FLUXES)
    }
    if not tables:
        return Skip(
            Text("no gas fluxes", "没有气体通量数据"),
            Text(
                "Add chamber measurements, or a table of kind fluxes with co2_flux, ch4_flux or n2o_flux.",
                "请添加箱法测定数据，或含 co2_flux、ch4_flux 或 n2o_flux 的 fluxes 类型数据表。",
            ),
        )
    settings = workspace.settings
    parts = []
    for table, frame in tables.items():
        by = [c for c in PLACES if c in frame and frame[c].notna().any()]
        parts.append(mean_fluxes(frame, by).assign(level="plot", table=table))
    if "effects/class_means.parquet" in workspace.outputs():
        parts.append(class_rows(workspace.frame("effects/class_means"), tables))
    means = pd.concat(parts, ignore_index=True)
    rng = np.random.default_rng(settings.study.seed)
    draws = mean_draws(means, settings.analysis.draws, rng)
    wanted = [c for c in (*LEFT, *PLACES) if c in means]
    balance = greenhouse_balance(
        means[[*wanted, *draws]],
        settings.greenhouse.metrics,
        per=settings.greenhouse.per,
        fossil=settings.greenhouse.fossil,
        draws=draws,
        confidence=settings.analysis.confidence,
    )
    balance["caution"] = cautions(balance, settings.greenhouse.per)
    return {"greenhouse/balance.parquet": balance}


def class_rows(found: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Class means of the fluxes, a column each, from the step that knows the design.

    Classes that average clear with dark chambers are left out: their CO2 flux means nothing.
    """
    import pandas as pd

    from halosink.budget.means import FLUXES

    mixed = {n for n, f in tables.items() if "light_condition" in f and f["light_condition"].nunique() > 1}
    use = found[found["quantity"].isin(FLUXES) & found["table"].isin(set(tables) - mixed)]
    key = ["table", "factor", "class"]
    parts = [use.groupby(key, sort=True)["rows"].max().to_frame()] if len(use) else []
    for name, part in use.groupby("quantity", sort=True):
        columns = {"mean": name, "standard_error": f"{name}_error", "df": f"{name}_df"}
        parts.append(part.set_index(key)[list(columns)].rename(columns=columns))
    return pd.concat(parts, axis=1).reset_index().assign(level="class") if parts else pd.DataFrame()


def cautions(balance: pd.DataFrame, per: str) -> list[str]:
    """What each row does not show, as codes worded in texts/greenhouse.toml, comma-joined."""
    import pandas as pd

    rows = zip(balance["gas"], balance["missing"], balance["visits"], balance["level"], strict=True)
    found = []
    for gas, missing, visits, level in rows:
        codes = ["carbon_kept"] if gas == "co2" or (gas == "sum" and "co2" not in missing.split(",")) else []
        codes += ["gas_missing"] if missing else []
        codes += ["one_visit"] if level == "plot" and pd.notna(visits) and visits < 2 else []
        found.append(",".join(codes + (["rate_not_sum"] if per == "year" else [])))
    return found


STEP = Step(
    name="greenhouse",
    label=Text("Greenhouse gases in CO2-equivalents", "温室气体的 CO2 当量"),
    about=Text(
        "Mean fluxes of CO2, CH4 and N2O of each plot and class in grams of CO2-equivalent, with intervals; gases that "
        "were not measured are named, and the carbon kept in plants and soil is not counted.",
        "各小区与类别的 CO2、CH4、N2O 平均通量换算为 CO2 当量（克）并给出区间；未测定的气体会列出，"
        "植物和土壤中保留的碳不计在内。",
    ),
    run=_run,
    needs=("observations",),
    after=("effects",),
    settings=("study", "analysis", "greenhouse"),
    sources=("ipcc1995", "ramaswamy2001", "forster2007", "myhre2013", "forster2021", "prohaska2022"),
)
