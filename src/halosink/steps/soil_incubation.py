"""Step: carbon released by incubated soil, and what of it the readings determine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.problems import Problem
    from halosink.runner import Workspace
    from halosink.soil.incubation.table import Incubations

PARTS = {"series": "incubations", "parameters": "incubation_parameters", "models": "incubation_models",
         "rows": "incubation_rows"}  # fmt: skip
PLACES = ("region", "site", "block", "plot", "core", "sample", "layer", "depth_top", "depth_bottom", "treatment")
BESIDE = ("incubation_group", "incubation_temperature")
ALONG = ("incubation_temperature", "ec_saturated_paste", "ec_1_5", "soil_salt_content", "salinity_ppt")
"""What the speed of release may follow, where it differs between series."""


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    import pandas as pd

    from halosink.soil.incubation.table import incubations
    from halosink.soil_tables import classes, tables

    found = tables(workspace, ("incubations",), ("incubation_time",))
    if not found:
        return Skip(
            Text("no incubations", "没有室内培养数据"),
            Text(
                "Add a table of kind incubations with incubation, incubation_time and the carbon released.",
                "请添加 incubations 类型的数据表，含 incubation、incubation_time 与碳释放量。",
            ),
        )
    settings = workspace.settings
    parts: dict[str, list[pd.DataFrame]] = {part: [] for part in PARTS}
    answers: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, frame in found.items():
        made, told = incubations(frame, draws=settings.soil.draws, seed=settings.study.seed)
        problems += told
        whole = {part: getattr(made, part) for part in PARTS}
        whole["series"] = _placed(made.series, frame, classes(workspace))
        whole["parameters"] = _bounded(made, settings.analysis.confidence)
        answers += [t.assign(table=name) for t in _answers(made, frame, workspace)]
        for part, table in whole.items():
            parts[part].append(table.assign(table=name))
    outputs: dict[str, Any] = {
        f"soil/{PARTS[part]}.parquet": pd.concat(tables, ignore_index=True) for part, tables in parts.items()
    }
    if answers:
        outputs["soil/incubation_responses.parquet"] = pd.concat(answers, ignore_index=True)
    return outputs | {"soil/incubation_problems.json": {"problems": [p.record() for p in problems]}}


def _placed(series: pd.DataFrame, frame: pd.DataFrame, factors: list[str]) -> pd.DataFrame:
    """The series with what all their readings share of place, class and conditions."""
    wanted = [c for c in dict.fromkeys((*PLACES, *BESIDE, *factors)) if c in frame]
    if not wanted or "incubation" not in frame:
        return series
    named = frame.assign(incubation=frame["incubation"].astype("str"))
    grouped = named.groupby("incubation", sort=False)
    shared = grouped[wanted].first().where(grouped[wanted].nunique() <= 1)
    return series.merge(shared, left_on="incubation", right_index=True, how="left")


def _answers(made: Incubations, frame: pd.DataFrame, workspace: Workspace) -> Iterator[pd.DataFrame]:
    """How the speed of release follows temperature and salt, the draws as an interval."""
    import numpy as np

    from halosink.soil.incubation.responses import responses

    settings = workspace.settings
    tails = ((1 - settings.analysis.confidence) / 2, (1 + settings.analysis.confidence) / 2)
    for along in (c for c in ALONG if c in frame and "incubation" in frame and frame[c].nunique() > 1):
        found = responses(made, frame, along, settings.soil.draws, settings.study.seed)
        ends = [np.quantile(d, tails) if isinstance(d, np.ndarray) else (np.nan, np.nan) for d in found["draws"]]
        low, high = np.array(ends, dtype=float).reshape(-1, 2).T
        yield found.drop(columns="draws").assign(along=along, low=low, high=high)


def _bounded(made: Incubations, confidence: float) -> pd.DataFrame:
    """The parameters with the interval of their draws, NaN for those without draws."""
    import numpy as np

    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    table = made.parameters.copy()
    low, high = np.full(len(table), np.nan), np.full(len(table), np.nan)
    place = table.groupby("incubation", sort=False).cumcount().to_numpy()
    for i, (name, column) in enumerate(zip(table["incubation"], place, strict=True)):
        drawn = made.draws[name].values if name in made.draws else np.empty((0, 0))
        if drawn.size and np.isfinite(drawn[:, column]).all():
            low[i], high[i] = np.quantile(drawn[:, column], tails)
    return table.assign(low=low, high=high)


STEP = Step(
    name="soil_incubation",
    label=Text("Incubations", "室内培养"),
    about=Text(
        "Carbon released by each incubated soil: models of one to three pools compared, the one the readings support, "
        "its parameters with intervals and whether the readings determine them.",
        "各培养土样的碳释放：比较一至三库模型，选用读数所支持者，给出其参数、区间以及读数能否确定这些参数。",
    ),
    run=_run,
    needs=("tables", "quality"),
    settings=("study", "tables", "design", "analysis", "soil"),
    sources=("schadel2020",),
)
