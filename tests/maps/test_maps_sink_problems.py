"""Sinks that are missing or rest on too little say so in both languages."""

import pandas as pd
import pytest

from halosink.maps.rules import Rules
from halosink.maps.sink_problems import sink_problems


def codes(categories, cell_area=1e4, **more):
    table = pd.DataFrame({"category": categories})
    return [p.code for p in sink_problems(table, 5, 7, Rules(**more), cell_area)]


def test_what_is_said_when():
    assert codes([1, 2, 3]) == ["N-REGION-SINK-RULES"]
    assert codes([1, 3]) == ["N-REGION-SINK-RULES", "W-REGION-NO-SINK"]
    assert codes([]) == ["N-REGION-SINK-RULES", "W-REGION-NO-SOURCE"]
    assert codes([1, 2, 3], cell_area=23e6).count("W-REGION-SMALL-MINIMUM") == 3
    assert codes([1, 2, 3], minimum_primary_km2=0.01).count("W-REGION-SMALL-MINIMUM") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_can_be_filled(language):
    for categories in ([], [1]):
        for problem in sink_problems(pd.DataFrame({"category": categories}), 5, 7, Rules(), 23e6):
            for part in ("what", "why", "fix"):
                assert "{" not in problem.say(part, language)
    (missing,) = [p for p in sink_problems(pd.DataFrame({"category": [1, 2]}), 0, 0, Rules(), 1.0) if p.code[0] == "W"]
    assert ("碳汇潜力带" if language == "zh" else "potential sink") in missing.say("what", language)
