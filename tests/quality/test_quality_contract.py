"""Every check, whatever it is: bilingual, sourced, with units, and its own example holds."""

import dataclasses
import re

import numpy as np
import pytest

from halosink import quality, vocabulary
from halosink.quality import flat_line, robust, spike
from halosink.quality.combinations import RULES

CHECKS = list(quality.checks().values())
CHINESE = re.compile("[\u4e00-\u9fff]")


def both(text):
    return bool(text.en.strip()) and not CHINESE.search(text.en) and bool(CHINESE.search(text.zh))


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
def test_declaration(check):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", check.name)
    assert 0 <= check.bit < 16
    assert both(check.label) and both(check.about)
    assert check.source in vocabulary.sources()
    assert 0 <= check.allowed < 1
    for name, parameter in check.parameters.items():
        assert re.fullmatch(r"[a-z_]+", name)
        assert parameter.unit and np.isfinite(parameter.value)
        assert parameter.source in vocabulary.sources(), name
        assert both(parameter.about), name


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
def test_example(check):
    channel, expected = check.example()
    before = channel.values.copy()
    hits = check.flag(channel, check.defaults())
    assert hits.dtype == bool and hits.shape == channel.values.shape
    assert tuple(np.flatnonzero(hits)) == expected
    np.testing.assert_array_equal(channel.values, before)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
@pytest.mark.parametrize("size", [0, 1, 2])
def test_short_and_empty_channels(check, size):
    channel, _ = check.example()
    clock = quality.Clock(np.arange(size, dtype=np.int64) * 900)
    bare = quality.Channel(channel.field, np.full(size, np.nan), clock=clock)
    assert not check.flag(bare, check.defaults()).any()
    assert not check.flag(dataclasses.replace(bare, clock=None), check.defaults()).any()


def test_bits_are_stable():
    """Flag files written earlier stay readable: a bit is never reassigned."""
    assert dict(quality.bits()) == {
        "range": 1,
        "missing_code": 2,
        "time_order": 4,
        "duplicate": 8,
        "gap": 16,
        "spike": 32,
        "step": 64,
        "flat_line": 128,
        "impossible_combination": 256,
        "salinity_biased_moisture": 512,
        "repeated_key": 1024,
    }


def test_names_invert_bits():
    assert quality.names(0) == ()
    assert quality.names(1 | 32) == ("range", "spike")
    assert set(quality.excluding()) == {"range", "missing_code", "duplicate", "spike", "flat_line"}


def test_unknown_check_names_the_nearest():
    with pytest.raises(KeyError, match="flat_line"):
        quality.check("flatline")


def test_named_fields_exist():
    known = vocabulary.fields()
    named = {n for rule in RULES for n in rule.fields}
    named |= flat_line.SLOW | set(flat_line.RESTS) | spike.INTERMITTENT | robust.HOUSEKEEPING
    assert named <= set(known)
    assert {f.group for f in known.values()} >= flat_line.SLOW_GROUPS | robust.NOT_MEASURED


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_rule_declaration(rule):
    assert both(rule.about) and rule.source in vocabulary.sources()
    assert len(set(rule.fields)) == len(rule.fields) >= 2
