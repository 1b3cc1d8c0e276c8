"""What a reader of the region's report adds up by hand."""

import pandas as pd
import pytest

from halosink.contracts import LANGUAGES
from halosink.figures.map_words import say
from halosink.report.contents import Contents
from halosink.report.region_answer import flow as answer
from halosink.report.region_maps import flow, stock
from halosink.settings import Settings
from region_frames import frames

SETTINGS = Settings.model_validate({"study": {"title": {"en": "County", "zh": "县"}}})


def contents(found):
    return Contents(settings=SETTINGS, frames=found)


def totals(**values):
    rows = [{"quantity": "area", "unit": "km2", "value": 1000.0}]
    rows += [{"quantity": name, "unit": "t C a-1", "value": value} for name, value in values.items()]
    return pd.DataFrame(rows)


def lines(values, language):
    return flow(contents(frames() | {"region/totals": totals(**values)}), language).lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_that_do_not_add_up_are_explained_and_others_are_not(language):
    sentence = say("flow.apart", language, beyond="#").split("#")[0]
    assert not any(sentence in line for line in lines({"npp": 4e6, "respiration": 5e6, "nep": -1e6}, language))
    found = [line for line in lines({"npp": 4e6, "respiration": 5e6, "nep": -8e5}, language) if sentence in line]
    assert len(found) == 1
    assert ("200\xa0kt" if language == "en" else "20.0\xa0万") in found[0]


def test_mean_flow_is_of_the_land_that_has_one():
    half = totals(npp=4e4, respiration=2e4, nep=2e4).assign(low=1e4, high=3e4)
    half["area_km2"] = [1000.0, 500.0, 1000.0, 500.0]
    assert "40 g C" in answer(contents({"region/totals": half}), "en")


def test_a_corrected_map_stands_once():
    found = frames()
    name = "soil_organic_carbon"
    pictures = found["region/pictures"], found["region/picture_index"]
    own = [p[p["layer"] == "soil_carbon"] for p in pictures]
    for one in (name, f"corrected_{name}"):
        pictures = tuple(
            pd.concat([p, o.assign(layer=one)], ignore_index=True) for p, o in zip(pictures, own, strict=True)
        )
    found |= {"region/pictures": pictures[0], "region/picture_index": pictures[1]}
    texts = [f.caption for f in stock(contents(found), "en").figures]
    assert sum("rganic carbon of the soil" in t for t in texts) == 1
    assert any("corrected by plots" in t for t in texts)
