"""Whether the classes in the data are those that the design declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halosink.problems import Problem, did_you_mean
from halosink.read.records import at

if TYPE_CHECKING:
    import pandas as pd

    from halosink.settings import Factor


def text(classes: pd.Series) -> pd.Series:
    """Classes as text; numbers as study.toml writes them, 1 and not 1.0."""
    import pandas as pd

    if not pd.api.types.is_float_dtype(classes):
        return classes
    return classes.map(lambda c: f"{c:.15g}", na_action="ignore").astype("str")


def check(frame: pd.DataFrame, factor: Factor) -> list[Problem]:
    """Problems E-CLASS-UNDECLARED (one per class) and E-CLASS-REFERENCE; none if the frame lacks the field."""
    if factor.field not in frame or frame.empty:
        return []
    classes = text(frame[factor.field]).astype("string")
    found = classes.dropna().unique().tolist()
    rows = frame["source_row"].to_numpy()
    file = str(frame["source_file"].iloc[0])
    problems = []
    for name in found if factor.order else ():
        if name not in factor.order:
            mask = (classes == name).fillna(False).to_numpy(dtype=bool)
            where, count = at(rows, mask)
            near = did_you_mean(name, factor.order) or "-"
            values = {"value": name, "meant": near, "declared": ", ".join(factor.order)}
            here = str(frame["source_file"].to_numpy()[mask][0])
            problems.append(Problem("E-CLASS-UNDECLARED", here, "", factor.field, tuple(where), count, values))
    if found and factor.reference not in found:
        near = did_you_mean(factor.reference, found) or "-"
        values = {"reference": factor.reference, "meant": near, "found": ", ".join(found[:20])}
        problems.append(Problem("E-CLASS-REFERENCE", file, "", factor.field, (), 0, values))
    return problems
