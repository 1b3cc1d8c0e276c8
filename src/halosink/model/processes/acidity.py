"""pH of the layers: as measured, and higher or lower with exchangeable sodium and gypsum since then.

pH = pH of the site + slope (ESP - ESP when it was measured), held below 10.7 where soda buffers it (own choice); gypsum
turns soda to lime and pulls pH towards 7.9 (own choice: pure gypsum with lime at log pCO2 of -2.5 has 7.22 by
parkhurst2013, soils treated with it somewhat more). The rise of pH when neutral salt is leached off is not in it.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.arrays import Array, jnp
from halosink.model.flows import Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.functions.logarithm import softplus
from halosink.model.parameters import Parameter
from halosink.model.process import Conditions, Process, Values

HIGHEST, LOWEST = 10.7, 3.5
UNDER_GYPSUM = 7.9
HALF_GYPSUM = 1.0
"""molc m-2 of gypsum in a layer (86 g m-2) with half its effect. Own choice."""

PARAMETERS = (
    Parameter(
        "ph_per_esp",
        0.015,
        "1",
        0.0,
        0.08,
        "lognormal",
        0.015,
        0.5,
        Text("Rise of pH per per cent of exchangeable sodium", "交换性钠百分率每升高 1% 的 pH 增量"),
        Text(
            "Own choice: sodic soils of ESP 15 have pH near 8.5 (richards1954), of 80 and more near 9.5 to 10; no "
            "regression was found to cite. At 0 pH stays.",
            "自定：ESP 为 15 的碱化土 pH 约 8.5（richards1954），"
            "ESP 80 以上约 9.5 至 10；未找到可引用的回归方程。取 0 时 pH 不变。",
        ),
        "own_choice",
    ),
    Parameter(
        "reference_esp",
        15.0,
        "%",
        0.0,
        100.0,
        "fixed",
        15.0,
        0.0,
        Text("ESP when pH was measured", "测定 pH 时的 ESP"),
        Text(
            "A value for each plot or layer, not to be calibrated; where none is given, the limit of sodic soil "
            "(richards1954).",
            "应取各小区或土层的值，不参与标定；未给出时取碱化土的界限值（richards1954）。",
        ),
        "richards1954",
    ),
    Parameter(
        "gypsum_ph",
        0.5,
        "1",
        0.0,
        1.0,
        "beta",
        3.0,
        3.0,
        Text("Pull of gypsum on pH", "石膏对 pH 的降低作用"),
        Text(
            "Share of the way to pH 7.9 where gypsum is plenty. Own choice; at 0 none.",
            "石膏充足时 pH 向 7.9 趋近的比例。自定；取 0 时无作用。",
        ),
        "own_choice",
    ),
)


def conditions(stocks: Stocks, known: Conditions, now: Forcing, site: Site, values: Values) -> dict[str, Array]:
    """ph (layers, lanes)."""
    ph = site.ph + values["ph_per_esp"] * (known["esp"] - values["reference_esp"])
    ph = HIGHEST - 0.2 * softplus((HIGHEST - ph) / 0.2)
    ph = LOWEST + 0.2 * softplus((ph - LOWEST) / 0.2)
    if "gypsum" in stocks:
        there = stocks["gypsum"] / (stocks["gypsum"] + HALF_GYPSUM)
        ph = ph - values["gypsum_ph"] * there * 0.2 * softplus((ph - UNDER_GYPSUM) / 0.2)
    return {"ph": jnp.asarray(ph)}


PROCESS = Process(
    "acidity",
    "exchange",
    Text("pH", "酸碱度"),
    Text("pH by exchangeable sodium and gypsum.", "随交换性钠与石膏变化的 pH。"),
    PARAMETERS,
    conditions,
    None,
    ("ph",),
    ("esp",),
    ("richards1954", "parkhurst2013"),
)
