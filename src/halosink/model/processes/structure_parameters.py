"""Parameters of the process structure."""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.parameters import Parameter

PARAMETERS = (
    Parameter(
        "swelling_clay",
        0.1,
        "1",
        0.005,
        0.6,
        "lognormal",
        0.1,
        0.5,
        Text("Share of swelling clay in the soil", "土壤中膨胀性黏粒的比例"),
        Text(
            "0.1 in sodic_model; the spread is an own choice. At the low end sodium hardly harms structure.",
            "sodic_model 取 0.1；离散程度为自定。取下限时钠对结构几乎无影响。",
        ),
        "sodic_model",
    ),
    Parameter(
        "structure_fall",
        0.5,
        "month",
        0.05,
        12.0,
        "lognormal",
        0.5,
        0.7,
        Text("Time in which structure is lost", "结构破坏的时间常数"),
        Text(
            "Conductivity of columns falls within days of sodic water; own choice, as fields have fewer wettings.",
            "土柱试验中钠质水使导水率在数天内下降；田间湿润次数较少，故为自定。",
        ),
        "own_choice",
    ),
    Parameter(
        "structure_recovery",
        36.0,
        "month",
        3.0,
        400.0,
        "lognormal",
        36.0,
        0.8,
        Text("Time in which structure comes back", "结构恢复的时间常数"),
        Text("Own choice: reclaimed land needs years.", "自定：改良土壤的结构恢复需数年。"),
        "own_choice",
    ),
    Parameter(
        "aggregate_recovery",
        1.0,
        "1",
        0.0,
        10.0,
        "lognormal",
        1.0,
        0.7,
        Text("Help of aggregates to recovery", "团聚体对结构恢复的促进"),
        Text(
            "Rate of recovery times 1 + a A / (A + 500 g C m-2), A carbon in aggregates. Own choice; at 0 none.",
            "恢复速率乘以 1 + a A / (A + 500 g C m-2)，A 为团聚体碳。自定；取 0 时无作用。",
        ),
        "own_choice",
    ),
    Parameter(
        "alkaline_weight",
        0.5,
        "1",
        0.0,
        1.0,
        "beta",
        3.0,
        3.0,
        Text("Weight of pH in the loss of conductivity", "pH 对导水率下降的权重"),
        Text(
            "Power on the factor of pH; own choice between none and full: calcareous soils of pH 8 often drain well.",
            "pH 因子的幂；在无影响与完全影响之间自定，因 pH 8 的石灰性土壤往往排水良好。",
        ),
        "own_choice",
    ),
)
