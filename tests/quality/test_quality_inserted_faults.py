"""Hit and false-alarm rates on made-up series with faults put in: tides, rain, daily waves, noise, resolution.

The series share no number with the real sets; the thresholds asserted are what a user may rely on.
"""

import numpy as np
import pytest

from halosink import quality, vocabulary

SIZE = 96 * 120
SECONDS = np.arange(SIZE, dtype=np.int64) * 900
HOURS = np.arange(SIZE) / 4


def noise(rng, scale, memory=0.9):
    white = rng.normal(0, scale * np.sqrt(1 - memory**2), SIZE)
    out = np.empty(SIZE)
    last = 0.0
    for i, w in enumerate(white.tolist()):
        last = memory * last + w
        out[i] = last
    return out


def pulses(rng, count, size, hours):
    out = np.zeros(SIZE)
    for start in rng.integers(0, SIZE, count):
        out[start:] += (
            rng.uniform(0.2, 1) * size * np.exp(-(HOURS[start:] - HOURS[start]) / rng.uniform(0.5, 1.5) / hours)
        )
    return out


def moisture(rng):
    return 0.22 + 0.003 * np.sin(HOURS / 24 * 2 * np.pi) + pulses(rng, 15, 0.2, 30) + noise(rng, 0.001)


def salt(rng):
    phase = HOURS % 12.42
    height = np.interp(HOURS, np.arange(0, HOURS[-1] + 13, 12.42), rng.uniform(0, 4, int(HOURS[-1] / 12.42) + 2))
    tide = height * np.exp(-phase / 1.5)
    return np.maximum(
        0.2, 6 + tide + np.cumsum(rng.normal(0, 0.005, SIZE)) + noise(rng, 0.03) + rng.normal(0, 0.02, SIZE)
    )


def temperature(rng):
    wave = 4 * np.sin(HOURS / 24 * 2 * np.pi) + 6 * np.sin(HOURS / 24 / 365 * 2 * np.pi)
    return np.round(15 + wave + noise(rng, 1.0, 0.999), 1)


def humidity(rng):
    return np.clip(np.round(75 + 20 * np.sin(HOURS / 24 * 2 * np.pi) + noise(rng, 8, 0.98), 1), 5, 100)


FIELDS = {
    "soil_moisture": (moisture, 0.2),
    "soil_ec_bulk": (salt, 3.0),
    "soil_temperature": (temperature, 5.0),
    "relative_humidity": (humidity, 40.0),
}
OWN = ("range", "spike", "flat_line", "step")


def hits(check, name, values):
    found = quality.check(check)
    channel = quality.Channel(vocabulary.field(name), values, clock=quality.Clock(SECONDS))
    return found.flag(channel, found.defaults())


def apart(rng, count, width):
    return np.sort(rng.choice(np.arange(200, SIZE - 200, width + 20), count, replace=False))


@pytest.mark.parametrize("name", FIELDS)
def test_false_alarms(name):
    make, _ = FIELDS[name]
    total = np.zeros(len(OWN))
    for seed in range(6):
        values = make(np.random.default_rng(seed))
        total += [hits(check, name, values).sum() for check in OWN]
    rates = dict(zip(OWN, total / (6 * SIZE), strict=True))
    assert rates["range"] == 0 and rates["flat_line"] == 0 and rates["spike"] <= 0.0005, rates
    assert rates["step"] <= 0.002, rates  # sudden rain that stays for half a day is a step; it only warns


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("name", FIELDS)
def test_spikes_are_found(name, width):
    make, size = FIELDS[name]
    found = put = 0
    for seed in range(4):
        rng = np.random.default_rng(100 + seed)
        values = make(rng)
        starts = apart(rng, 40, width)
        sign = rng.choice([-1, 1], 40) if name == "soil_temperature" else np.ones(40)
        where = (starts[:, None] + np.arange(width)).ravel()
        values[where] += np.repeat(sign * size * rng.uniform(1, 2, 40), width)
        caught = hits("spike", name, values)
        found += caught[where].sum()
        put += where.size
    assert found / put >= 0.9, found / put


@pytest.mark.parametrize("name", FIELDS)
def test_stuck_sensor_is_found(name):
    """Stuck for 16 days; the first and last record may look alive."""
    make, _ = FIELDS[name]
    for seed in range(4):
        rng = np.random.default_rng(200 + seed)
        values = make(rng)
        start = int(rng.integers(500, SIZE - 96 * 16 - 500))
        values[start : start + 96 * 16] = values[start]
        caught = hits("flat_line", name, values)
        assert caught[start : start + 96 * 16].all()
        assert caught.sum() <= 96 * 16 + 20


@pytest.mark.parametrize("name", ["soil_moisture", "soil_ec_bulk"])
def test_steps_are_found(name):
    make, size = FIELDS[name]
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(300 + seed)
        values = make(rng)
        start = int(rng.integers(500, SIZE - 500))
        values[start:] += size
        found += bool(hits("step", name, values)[start])
    assert found >= 18
