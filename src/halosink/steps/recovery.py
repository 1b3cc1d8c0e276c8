"""Step: how much of the known truth of a synthetic study was recovered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from halosink.contracts import Skip, Step, Text

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Workspace

CHECK_OF_FAULT = {"spike": "spike", "flat": "flat_line", "missing_code": "missing_code", "gap": "gap"}


def recovered(truth: dict[str, Any], means: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Every class mean and response beside its true value: ln ratios, differences where no ratio exists.

    Columns: quantity, table, unit, factor, class, kind, label_en, label_zh, truth, estimate, low, high, inside.
    """
    import pandas as pd

    key = ["quantity", "table", "factor", "class"]
    parts = []
    no_ratio = ratios["log_ratio"].isna()
    for kind, true, found in (
        ("mean", "class_means", means),
        ("log_ratio", "response_ratios", ratios[~no_ratio]),
        ("difference", "response_ratios", ratios[no_ratio]),
    ):
        known = pd.DataFrame(truth[true])[[*key, kind]].rename(columns={kind: "truth"})
        part = known.merge(found, on=key).rename(columns={kind: "estimate"}).dropna(subset=["truth", "low", "high"])
        part = part.assign(kind=kind, unit="1" if kind == "log_ratio" else part["unit"])
        prefix = part["class"] if kind == "mean" else part["class"] + " / " + part["reference"]
        parts.append(part.assign(label_en=prefix, label_zh=prefix))
    both = pd.concat(parts, ignore_index=True)
    both["inside"] = (both["low"] <= both["truth"]) & (both["truth"] <= both["high"])
    columns = [*key, "kind", "unit", "label_en", "label_zh", "truth", "estimate", "low", "high", "inside"]
    return both[columns]


def closures(truth: dict[str, Any], fluxes: pd.DataFrame) -> pd.DataFrame:
    """The flux of every closure that has one beside its true value.

    Columns: closure, field, unit, truth, estimate, low, high, inside.
    """
    import pandas as pd

    known = pd.DataFrame(truth["closure_fluxes"]).rename(columns={"flux": "truth"})
    both = known.merge(fluxes, on=["closure", "field"]).rename(columns={"flux": "estimate"})
    both = both.dropna(subset=["estimate", "low", "high"])
    both["inside"] = (both["low"] <= both["truth"]) & (both["truth"] <= both["high"])
    return both[["closure", "field", "unit", "truth", "estimate", "low", "high", "inside"]]


def faults(truth: dict[str, Any], workspace: Workspace) -> pd.DataFrame:
    """Every fault that was put in, with how many of its records the check that looks for it flagged."""
    import numpy as np
    import pandas as pd

    bits = workspace.frame("quality/bits").set_index("check")["bit"]
    rows = []
    for fault in truth["faults"]:
        frame, flags = workspace.frame(f"tables/{fault['table']}"), workspace.frame(f"quality/flags_{fault['table']}")
        here = (frame["sensor"] == fault["sensor"]).to_numpy()
        times = frame["time"].to_numpy()
        check = CHECK_OF_FAULT[fault["kind"]]
        field = fault["field"] or next(c for c in flags)
        flagged = (flags[field].to_numpy() >> bits[check] & 1).astype(bool)
        if fault["kind"] == "gap":
            start, end = np.datetime64(fault["start"]), np.datetime64(fault["end"])
            near = here & (times >= start - np.timedelta64(1, "D")) & (times <= end + np.timedelta64(1, "D"))
            records, found = 1, int(flagged[near].any())
        else:
            inside = here & np.isin(times, np.array(fault["times"], "datetime64[ns]"))
            records, found = int(inside.sum()), int(flagged[inside].sum())
        kept = {k: fault[k] for k in ("table", "kind", "field", "sensor", "start", "end")}
        rows.append({**kept, "check": check, "records": records, "found": found})
    return pd.DataFrame(rows)


def _run(workspace: Workspace) -> dict[str, Any] | Skip:
    if not workspace.settings.truth:
        return Skip(
            Text("the truth is not known (only synthetic studies have one)", "真值未知（仅合成研究具有真值）"),
            Text("", ""),
        )
    truth = json.loads((workspace.folder / workspace.settings.truth).read_text("utf-8"))
    outputs: dict[str, Any] = {
        "recovery/recovery.parquet": recovered(
            truth, workspace.frame("effects/class_means"), workspace.frame("effects/response_ratios")
        ),
        "recovery/faults.parquet": faults(truth, workspace),
    }
    if "fluxes/chamber.parquet" in workspace.outputs():
        outputs["recovery/closures.parquet"] = closures(truth, workspace.frame("fluxes/chamber"))
    return outputs


STEP = Step(
    name="recovery",
    label=Text("Comparing with the truth", "与真值对比"),
    about=Text(
        "For synthetic studies: every estimate beside the true value it should have found.",
        "用于合成研究：把每个估计值与其应当得到的真值并列比较。",
    ),
    run=_run,
    needs=("effects", "quality"),
    after=("chamber_flux",),
    settings=("truth",),
    reads_files=True,
)
