"""The step hands each table the levels that study.toml declares for it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from halosink.settings import Settings
from halosink.steps.effects import STEP


def test_declared_levels_reach_the_analysis_and_the_points() -> None:
    frame = pd.DataFrame({"site": np.repeat(list("ABCDEF"), 4), "plot": np.tile(["1", "1", "2", "2"], 6)})
    frame["salinity_class"] = np.where(frame["site"] < "D", "none", "strong")
    frame["treatment"] = np.where(frame["plot"] == "1", "control", "gypsum")
    frame["clay"] = np.repeat([20.0, 20, 30, 30, 20, 30], 4)
    frame["soil_organic_carbon"] = np.random.default_rng(1).lognormal(2, 0.2, 24)
    settings = Settings.model_validate(
        {
            "study": {"title": "t"},
            "design": {
                "factors": [
                    {"field": "salinity_class", "reference": "none"},
                    {"field": "treatment", "reference": "control"},
                ]
            },
        }
    )
    workspace = SimpleNamespace(
        settings=settings,
        frames=lambda _: {"observations/soil": frame},
        data=lambda _: {"per": {"soil": {"clay": "site"}}},
    )
    out = STEP.run(workspace)
    clay = out["effects/class_means.parquet"].query("quantity == 'clay'")
    assert clay["factor"].unique().tolist() == ["salinity_class"] and clay["units"].tolist() == [3, 3]
    points = out["effects/points.parquet"].query("quantity == 'clay'")
    assert points["factor"].unique().tolist() == ["salinity_class"] and len(points) == 6
    assert "cannot_differ" in set(out["effects/checks.parquet"]["check"])
    wrong = frame.assign(clay=frame["clay"] + frame.index)
    workspace = SimpleNamespace(
        settings=settings,
        frames=lambda _: {"observations/soil": wrong},
        data=lambda _: {"per": {"soil": {"clay": "plot"}}},
    )
    said = STEP.run(workspace)["effects/checks.parquet"].query("check == 'declared_sharing'")
    assert said["subject"].tolist() == ["clay"] and said["value"].tolist() == [12.0]
