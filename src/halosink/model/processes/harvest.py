"""Harvest: the month's share of the shoots is taken away, and the salt in them.

Done after growth and litter fall of the month, exactly the share that the forcing states.
"""

from __future__ import annotations

from halosink.contracts import Text
from halosink.model.flows import Flow, Stocks
from halosink.model.forcing import Forcing, Site
from halosink.model.process import Conditions, Process, Values


def _flows(stocks: Stocks, now: Conditions, forcing: Forcing, site: Site, parameters: Values) -> list[Flow]:
    return [
        Flow("harvest", held, "taken", amount=forcing.harvest * stocks[held])
        for held in ("shoot", "shoot_salt", "shoot_sodium")
        if held in stocks
    ]


PROCESS = Process(
    name="harvest",
    turn="amendment",
    label=Text("Harvest", "收获"),
    about=Text(
        "A share of the shoots is mown, grazed or reaped and leaves with its carbon, salt and sodium.",
        "按比例刈割、放牧或收获地上部，其碳、盐分和钠随之移出。",
    ),
    flows=_flows,
    sources=("own_choice",),
)
