"""Mechanism ledger against stocks and flows worked by hand, and the split of the salt response."""

import numpy as np
import pytest

import model_monthly_worlds as worlds
from halosink.model import ledger
from halosink.model.arrays import jnp
from halosink.model.tier import Run


def _by_hand(months=24):
    """pom of 100 and 50 in two layers, 30 a month in, 10 to doc and 20 on the way out of it; nothing changes."""
    even = jnp.ones((months, 1))
    stocks = {"pom": jnp.tile(jnp.array([[100.0], [50.0]]), (months, 1, 1)), "doc": jnp.ones((months, 2, 1)) * 5.0}
    moved = {
        ("plants", "air", "pom"): 30.0 * even,
        ("decay", "pom", "doc"): 10.0 * even,
        ("decay", "pom", "air"): 20.0 * even,
        ("uptake", "doc", "air"): 7.0 * even,
        ("leaching", "doc", "doc"): 4.0 * even,
        ("leaching", "doc", "below"): 3.0 * even,
    }
    return Run(stocks, {}, moved)


def test_residence_is_stock_over_what_leaves():
    found = ledger.residence(_by_hand())
    assert float(found["pom"][0]) == pytest.approx(150.0 / 30.0 / 12.0)
    assert float(found["doc"][0]) == pytest.approx(10.0 / 10.0 / 12.0)


def test_closure_is_nought_and_sees_what_is_lost():
    done = _by_hand()
    before = {n: v[0] for n, v in done.stocks.items()}
    assert float(ledger.closure(done, before)["carbon"][0]) == pytest.approx(0.0, abs=1e-15)
    lacking = {k: v for k, v in done.moved.items() if k != ("uptake", "doc", "air")}
    assert float(ledger.closure(Run(done.stocks, {}, lacking), before)["carbon"][0]) > 0.01


def test_shares_of_stability():
    found = ledger.shares(_by_hand())
    assert float(found["pom"][0]) == pytest.approx(150.0 / 160.0)
    assert float(found["free"][0]) == pytest.approx(1.0)
    assert float(found["bound"]) == 0.0


def test_entries_name_the_kind():
    found = {(e.process, e.source, e.target): e for e in ledger.entries(_by_hand())}
    assert float(found["decay", "pom", "air"].amount[0]) == pytest.approx(480.0)
    assert {e.kind for e in found.values()} == {"carbon"}


@pytest.fixture(scope="module")
def split():
    work = worlds.jit(lambda s: ledger.salt_response(worlds.weather(10), worlds.soil(), worlds.values(), s))
    fresh = {**worlds.MEASURED, "ec_saturated_paste": 0.0}
    both = [worlds.stocks(1, m) for m in (worlds.MEASURED, fresh)]
    return work({n: jnp.concatenate([one[n] for one in both], axis=-1) for n in both[0]})


def test_parts_of_the_salt_response_add_up(split):
    np.testing.assert_allclose(split.less_input + split.slower_decay, split.whole, rtol=1e-12, atol=1e-9)


def test_salt_lowers_input_and_slows_decay(split):
    assert bool((split.less_input < 0.0).all())
    assert bool((split.slower_decay > 0.0).all())


def test_more_salt_costs_more_input(split):
    assert float(split.less_input[0]) < float(split.less_input[1])
