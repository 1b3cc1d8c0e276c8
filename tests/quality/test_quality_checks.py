"""What each check finds and what it must leave alone, on series whose truth is known by construction."""

import numpy as np
import pandas as pd
import pytest

from halosink import quality, vocabulary
from halosink.quality.check import NO_TIME
from halosink.quality.gap import missing_records
from halosink.quality.salinity_biased_moisture import saturation_extract

QUARTER = 900


def flagged(check, name, values, seconds=None, **more):
    values = np.asarray(values, float)
    clock = None if seconds is None else quality.Clock(np.asarray(seconds, np.int64))
    found = quality.check(check)
    return np.flatnonzero(
        found.flag(quality.Channel(vocabulary.field(name), values, clock=clock, **more), found.defaults())
    ).tolist()


def regular(size, step=QUARTER):
    return np.arange(size) * step


class TestTime:
    def test_one_wrong_future_time_does_not_blame_the_rest(self):
        seconds = regular(100)
        seconds[40] += 10**6
        assert flagged("time_order", "soil_temperature", np.ones(100), seconds) == [40]

    def test_one_wrong_past_time(self):
        seconds = regular(100)
        seconds[40] = 0
        assert flagged("time_order", "soil_temperature", np.ones(100), seconds) == [40]

    def test_both_in_one_series(self):
        seconds = regular(1000)
        seconds[100] += 10**7
        seconds[900] = -5
        assert flagged("time_order", "soil_temperature", np.ones(1000), seconds) == [100, 900]

    def test_older_file_appended(self):
        seconds = np.concatenate((regular(300) + 10**6, regular(50)))
        assert flagged("time_order", "soil_temperature", np.ones(350), seconds) == list(range(300, 350))

    def test_removing_the_flagged_leaves_order(self):
        seconds = np.random.default_rng(0).permutation(regular(500))
        late = flagged("time_order", "soil_temperature", np.ones(500), seconds)
        assert (np.diff(np.delete(seconds, late)) >= 0).all()

    def test_gap_flags_both_sides_and_counts(self):
        seconds = np.delete(regular(200), range(50, 60))
        assert flagged("gap", "soil_temperature", np.ones(190), seconds) == [49, 50]
        assert missing_records(quality.Clock(seconds)) == 10

    def test_gap_filled_out_of_order_is_none(self):
        seconds = np.concatenate((regular(50), regular(50) + 60 * QUARTER, regular(10) + 50 * QUARTER))
        assert flagged("gap", "soil_temperature", np.ones(110), seconds) == []

    def test_irregular_sampling_has_no_gaps(self):
        seconds = np.cumsum(np.random.default_rng(1).integers(1, 10**6, 100))
        assert flagged("gap", "co2_flux", np.ones(100), seconds) == []
        assert missing_records(quality.Clock(seconds)) == 0

    def test_duplicate_keeps_the_record_with_a_value(self):
        seconds = [0, 900, 900, 900, 1800]
        assert flagged("duplicate", "soil_temperature", [1, np.nan, 5, 5, 6], seconds) == [1, 3]
        assert flagged("duplicate", "soil_temperature", [1, 2, 2], [0, NO_TIME, NO_TIME]) == []


class TestSpike:
    day = np.sin(np.arange(3000) / 96 * 2 * np.pi)

    def test_rain_and_drainage_are_no_spike(self):
        values = 0.2 + 0.002 * self.day
        values[1000:] += 0.2 * np.exp(-np.arange(2000) / 200)
        assert flagged("spike", "soil_moisture", values, regular(3000)) == []

    def test_tide_front_and_ebb_are_no_spike(self):
        """Salt water arrives within one record and drains over two hours, twice a day."""
        hours = np.arange(3000) * 0.25 % 12.42
        values = 5.0 + 6.0 * np.exp(-hours / 2.0)
        assert flagged("spike", "soil_ec_bulk", values, regular(3000)) == []

    def test_step_is_no_spike(self):
        values = 5.0 + 0.1 * self.day
        values[1500:] += 8
        assert flagged("spike", "soil_ec_bulk", values, regular(3000)) == []
        assert flagged("step", "soil_ec_bulk", values, regular(3000)) == [1500]

    @pytest.mark.parametrize("width", [1, 2, 3])
    @pytest.mark.parametrize("sign", [1, -1])
    def test_width(self, width, sign):
        values = 5.0 + 0.1 * self.day
        values[1500 : 1500 + width] += sign * 3
        assert flagged("spike", "soil_ec_bulk", values, regular(3000)) == list(range(1500, 1500 + width))

    def test_jump_over_a_gap_is_no_spike(self):
        values = 5.0 + 0.1 * self.day
        values[1500] += 5
        seconds = regular(3000)
        seconds[1500:] += 10**5
        assert flagged("spike", "soil_ec_bulk", values, seconds) == []

    def test_shower_is_no_spike(self):
        values = np.zeros(3000)
        values[[100, 1200]] = 12.0
        assert flagged("spike", "precipitation", values, regular(3000)) == []

    def test_steps_of_the_resolution_are_no_spike(self):
        values = np.round(10 + 0.3 * self.day, 1)
        values[500] += 0.1
        assert flagged("spike", "soil_temperature", values, regular(3000)) == []

    def test_spike_in_quantised_temperature(self):
        values = np.round(10 + 0.3 * self.day, 1)
        values[500] += 5
        assert flagged("spike", "soil_temperature", values, regular(3000)) == [500]


class TestFlatLine:
    def test_quiet_deep_soil_at_a_tenth_of_a_degree(self):
        """A yearly wave of 4 degC repeats the same tenth for many hours, as real deep soil does."""
        values = np.round(12 + 4 * np.sin(np.arange(35040) / 35040 * 2 * np.pi), 1)
        longest = np.diff(np.flatnonzero(np.diff(values))).max() * 0.25
        assert longest > 24 * 14
        assert flagged("flat_line", "soil_temperature", values, regular(35040)) == []

    def test_freezing_soil_rests_at_zero(self):
        values = np.r_[np.linspace(5, 0, 960), np.zeros(96 * 40), np.linspace(0, -3, 960)]
        assert flagged("flat_line", "soil_temperature", values, regular(values.size)) == []

    def test_same_rest_at_five_degrees_is_dead(self):
        values = np.r_[np.linspace(9, 5, 960), np.full(96 * 40, 5.0), np.linspace(5, 2, 960)]
        hits = flagged("flat_line", "soil_temperature", values, regular(values.size))
        assert set(range(960, 960 + 96 * 40)) <= set(hits) and len(hits) <= 96 * 40 + 2

    @pytest.mark.parametrize("name", ["precipitation", "shortwave_radiation", "snow_depth"])
    def test_true_rest(self, name):
        assert flagged("flat_line", name, np.zeros(96 * 60), regular(96 * 60)) == []

    def test_humidity_stuck_below_saturation(self):
        day = np.sin(np.arange(9600) / 96 * 2 * np.pi)
        values = np.round(60 + 20 * day, 1)
        values[4000:4200] = 71.3
        assert flagged("flat_line", "relative_humidity", values, regular(9600)) == list(range(4000, 4200))

    def test_supply_voltage_may_be_constant(self):
        assert flagged("flat_line", "battery_voltage", np.full(9600, 13.7), regular(9600)) == []

    def test_plateau_with_noise_beyond_the_possible(self):
        values = 0.86 + np.random.default_rng(2).normal(0, 0.0003, 2000)
        assert len(flagged("flat_line", "soil_moisture", values, regular(2000))) == 2000

    def test_moving_values_beyond_the_possible_are_not_flat(self):
        values = 0.86 + 0.03 * np.sin(np.arange(2000) / 20)
        assert flagged("flat_line", "soil_moisture", values, regular(2000)) == []


class TestCombinations:
    def test_fractions(self):
        others = {"maoc": np.array([6.0, 6.0, np.nan]), "soil_organic_carbon": np.array([10.0, 7.0, 1.0])}
        assert flagged("impossible_combination", "poc", [4.0, 4.0, 9.0], others=others) == [1]

    def test_units_are_brought_together(self):
        """1200 mg nitrogen per kg exceed 1.0 g total nitrogen per kg; 900 mg do not."""
        others = {"ammonium_nitrogen": np.array([200.0, 200.0]), "total_nitrogen": np.array([1.0, 1.0])}
        assert flagged("impossible_combination", "nitrate_nitrogen", [1000.0, 700.0], others=others) == [0]

    def test_texture(self):
        others = {"silt": np.array([30.0, 30.0]), "clay": np.array([20.0, 20.0])}
        assert flagged("impossible_combination", "sand", [51.0, 70.0], others=others) == [1]

    def test_pores(self):
        others = {"bulk_density": np.array([1.325, 1.325])}
        assert flagged("impossible_combination", "soil_moisture", [0.55, 0.65], others=others) == [1]

    def test_all_parts_are_flagged(self):
        frame = pd.DataFrame({"soil_organic_carbon": [20.0, 30.0], "total_carbon": [25.0, 25.0]})
        marks = quality.flag_table(frame).frame
        assert (marks == quality.bits()["impossible_combination"]).to_numpy().tolist() == [[False, False], [True, True]]


def test_saturation_extract_by_hand():
    """Hilhorst with 0.30 m3 m-3: e_b = 3.03 + 2.79 + 13.14 - 2.0709 = 16.8891, e_p = 80.3 at 20 degC;
    s_p = 80.3 x 1 / 12.7891 = 6.2788; at porosity 0.5 the extract is 0.6 of that."""
    defaults = quality.check("salinity_biased_moisture").defaults()
    values = saturation_extract(np.array([0.30, 0.05]), np.array([1.0, 1.0]), np.array([20.0, 20.0]), defaults)
    assert values[0] == pytest.approx(0.6 * 80.3 / 12.7891, rel=1e-6)
    assert np.isnan(values[1])


def test_missing_codes_left_as_numbers():
    assert flagged("missing_code", "ph_water", [7.9, -9999, -999.0, 99999, 8.1]) == [1, 2, 3]
    assert flagged("missing_code", "delta_13c", [-25.0, -99.0]) == [1]
    assert flagged("missing_code", "soil_redox_potential", [-99.0]) == []


def test_missing_values_do_not_hide_a_stuck_sensor():
    values = 60 + 20 * np.sin(np.arange(9600) / 96 * 2 * np.pi)
    values[4000:4400] = 71.3
    values[4000:4400:3] = np.nan
    expected = [i for i in range(4000, 4400) if (i - 4000) % 3]
    assert flagged("flat_line", "relative_humidity", values, regular(9600)) == expected


def test_channel_that_never_changed():
    assert len(flagged("flat_line", "soil_moisture", np.full(96 * 8, 0.31), regular(96 * 8))) == 96 * 8
    assert flagged("flat_line", "soil_moisture", np.full(96 * 5, 0.31), regular(96 * 5)) == []


def test_infinite_values_are_out_of_range():
    assert flagged("range", "delta_13c", [np.inf, -np.inf, np.nan, -25]) == [0, 1]
