"""Straw, manure, compost, biochar and gypsum, brought in some months."""

from __future__ import annotations

from collections.abc import Callable

from halosink.contracts import Text
from halosink.model.interventions.record import (
    START,
    Amounts,
    Intervention,
    World,
    added,
    every,
    months_of,
    on_months,
    option,
)


def _into(field: str) -> Callable[[World, Amounts], World]:
    def change(world: World, amounts: Amounts) -> World:
        mask = on_months(months_of(world), amounts)
        series = added(getattr(world.forcing, field), mask, amounts["amount"])
        return world._replace(forcing=world.forcing._replace(**{field: series}))

    return change


def _bringing(
    name: str,
    field: str,
    label: Text,
    about: Text,
    amount: tuple[float, float],
    amount_about: Text,
    interval: float,
    evidence: tuple[str, ...],
    sources: tuple[str, ...] = ("own_choice",),
) -> Intervention:
    unit = "g m-2"
    what = (
        Text("Gypsum in one application", "单次石膏用量")
        if field == "gypsum"
        else Text("Carbon in one application", "单次施碳量")
    )
    return Intervention(
        name,
        label,
        about,
        (option("amount", amount[0], unit, 0.0, amount[1], what, amount_about), START, every(interval)),
        _into(field),
        evidence=evidence,
        sources=sources,
    )


BROUGHT = (
    _bringing(
        "straw_return",
        "residue",
        Text("Straw return", "秸秆还田"),
        Text(
            "Straw from elsewhere. For straw grown on the plot lower the harvest instead, or its carbon counts twice.",
            "指外来秸秆。若为本地块所产，应减少收获比例，以免碳重复计入。",
        ),
        (250.0, 2000.0),
        Text("6 t/ha of dry straw (row A0174) at 42 % carbon.", "每公顷 6 t 干秸秆（证据表 A0174），含碳 42 %。"),
        12,
        ("A0145", "A0174", "A0175", "A0176", "A0177", "A0178", "A0179", "A0208"),
    ),
    _bringing(
        "manure",
        "manure",
        Text("Manure", "施用厩肥"),
        Text("Carbon of manure; its salt is not counted.", "厩肥中的碳；未计其盐分。"),
        (180.0, 2000.0),
        Text("6 t/ha of chicken manure (row A0097) at 30 % carbon.", "每公顷 6 t 鸡粪（证据表 A0097），含碳 30 %。"),
        12,
        ("A0094", "A0097", "A0100", "A0103", "A0106", "A0109", "A0143", "A0144"),
    ),
    _bringing(
        "compost",
        "compost",
        Text("Compost", "施用堆肥"),
        Text("Carbon of compost; its salt is not counted.", "堆肥中的碳；未计其盐分。"),
        (200.0, 2000.0),
        Text("10 t/ha at 20 % carbon.", "每公顷 10 t，含碳 20 %。"),
        12,
        (),
    ),
    _bringing(
        "biochar",
        "biochar",
        Text("Biochar", "施用生物炭"),
        Text(
            "Carbon of biochar, most of which stays. Carbon lost in making it is not counted.",
            "生物炭中的碳，大部分可长期留存；未计制炭过程的碳损失。",
        ),
        (1400.0, 20000.0),
        Text(
            "20 t/ha at 70 % carbon; 20 to 30 t/ha lowered salinity best (rows D0024, D0025).",
            "每公顷 20 t，含碳 70 %；20 至 30 t 降盐效果最好（证据表 D0024、D0025）。",
        ),
        0,
        ("D0001", "D0002", "D0010", "D0022", "D0023", "D0024", "D0025", "A0218", "A0219"),
        ("wang2016biochar",),
    ),
    _bringing(
        "gypsum",
        "gypsum",
        Text("Gypsum", "施用石膏"),
        Text(
            "Calcium that takes the place of sodium; needs water to carry the sodium away, so combine it with "
            "leaching.",
            "以钙置换钠；被置换的钠需随水排出，宜与淋洗结合。",
        ),
        (3000.0, 20000.0),
        Text(
            "30 t/ha, below the 40 and 60 t/ha of trials (rows A0328, A0089).",
            "每公顷 30 t，低于试验用量 40 与 60 t（证据表 A0328、A0089）。",
        ),
        0,
        ("A0089", "A0090", "A0213", "A0326", "A0327", "A0328"),
    ),
)
