"""What the data tell of their own design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from halosink.drivers.computed_columns import computed_columns
from halosink.drivers.design import Design, level_keys, unit_values
from halosink.drivers.places_unnamed import infer_units
from halosink.drivers.sharing import shared_level


def _cores(rng: np.random.Generator) -> pd.DataFrame:
    core = np.repeat(np.arange(24), 2)
    return pd.DataFrame(
        {
            "site": np.repeat(["A", "B", "C"], 16),
            "plot": core // 2,
            "core": core,
            "layer": np.tile(["top", "sub"], 24),
            "flux": rng.normal(5, 1, 24)[core],
            "carbon": rng.normal(20, 3, 48),
            "climate": np.repeat([9.5, 11.25, 12.75], 16),
        }
    )


def test_shared_measurements_are_found_at_their_coarsest_level() -> None:
    frame = _cores(np.random.default_rng(1))
    keys = level_keys(frame, Design())
    assert shared_level(frame["flux"], keys) == "core"
    assert shared_level(frame["carbon"], keys) is None
    assert shared_level(frame["climate"], keys) == "site"


def test_labels_count_within_their_site() -> None:
    frame = pd.DataFrame({"site": ["A", "A", "B", "B"], "block": [1, 2, 1, 2]})
    assert level_keys(frame, Design())["block"].nunique() == 4


def test_units_are_inferred_from_shared_values_only_where_no_column_names_them() -> None:
    frame = _cores(np.random.default_rng(2))
    bare = frame.drop(columns=["plot", "core"])
    found = infer_units(bare, ["flux", "carbon"], level_keys(bare, Design()))
    assert found is not None
    assert (found.groupby(frame["core"]).nunique() == 1).all() and found.nunique() == 24
    assert infer_units(frame, ["flux"], level_keys(frame, Design())) is None
    assert infer_units(bare, ["carbon"], level_keys(bare, Design())) is None


def test_a_unit_without_a_deep_layer_is_not_mistaken_for_a_different_unit() -> None:
    """Two plots alike but for a missing subsoil: with the layer allowed for, their values agree."""
    rows = [("p1", "top", 10.0), ("p1", "sub", 4.0), ("p2", "top", 10.0), ("p3", "top", 12.0), ("p3", "sub", 6.0)]
    frame = pd.DataFrame(rows, columns=["plot", "layer", "y"])
    units, _ = unit_values(frame, "y", [], Design(), level_keys(frame, Design()))
    value = units["value"].to_numpy()
    assert value[0] == pytest.approx(value[1])
    assert value[2] - value[0] == pytest.approx(2.0)


def test_columns_computed_from_others() -> None:
    rng = np.random.default_rng(5)
    c, n, p, s = (np.round(rng.lognormal(m, 0.5, 60), 3) for m in (3, 1, 0.5, 2))
    frame = pd.DataFrame({"C": c, "N": n, "P": p, "salt": s, "pH": np.round(rng.normal(8, 0.5, 60), 2)})
    frame["CN"] = c / n
    frame["NP_molar"] = np.round(n / p * 30.974 / 14.007, 4)
    frame["ions"] = s + n
    frame["C_percent"] = c / 10
    frame["log_salt"] = np.log10(s)
    frame["stock"] = c * p * 0.2
    frame.loc[3:8, "CN"] = np.nan
    found = {f.column: f for f in computed_columns(frame)}
    assert {k: f.formula.split(" x ")[0] if "/" in f.formula else f.formula for k, f in found.items()} == {
        "CN": "C / N",
        "NP_molar": "N / P",
        "ions": found["ions"].formula,
        "C_percent": "C x 0.1",
        "log_salt": "log10(salt)",
        "stock": found["stock"].formula,
    }
    assert set(found["ions"].parts) == {"N", "salt"} and " + " in found["ions"].formula
    assert set(found["stock"].parts) == {"C", "P"} and found["stock"].factor == pytest.approx(0.2, rel=1e-3)
    assert found["NP_molar"].factor == pytest.approx(30.974 / 14.007, rel=1e-3)


def test_independent_columns_are_not_called_computed() -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(np.exp(rng.normal(0, 0.4, (40, 25))), columns=[f"v{i}" for i in range(25)])
    frame["nearly"] = frame["v0"] / frame["v1"] * rng.normal(1, 0.05, 40)
    assert computed_columns(frame) == []
