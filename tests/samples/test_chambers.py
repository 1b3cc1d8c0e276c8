"""The example of raw files: what stands in examples/ is what the generator writes, and its truth is found again."""

from pathlib import Path

import pytest

import halosink as hs
from halosink.samples.chambers.generate import closures, generate

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "chambers"


def files(folder):
    kept = [f for f in folder.rglob("*") if f.is_file() and "results" not in f.relative_to(folder).parts]
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in kept}


def test_the_example_is_what_the_generator_writes(tmp_path):
    generate(tmp_path, 1)
    assert files(tmp_path) == files(EXAMPLE)


@pytest.mark.parametrize("seed", [41, 42, 43])
def test_the_truth_is_found_again_through_the_real_command(seed, tmp_path):
    generate(tmp_path, seed)
    study = hs.open(tmp_path)
    study.run()
    found = study["recovery/closures"]
    assert len(found) == 2 * len(closures())
    assert found["inside"].mean() >= 0.8
    whole = found[found["closure"] != "P4-2"]
    for _, part in whole.groupby("field"):
        assert part["estimate"].sum() / part["truth"].sum() == pytest.approx(1, abs=0.06)
    lifted = study["fluxes/chamber"].query("closure == 'P4-2' and gas != 'h2o'")
    assert lifted["flags"].str.contains("end_cut").all() and (lifted["window_end"] < 61).all()


def test_a_sheet_an_hour_off_is_named(tmp_path):
    generate(tmp_path, 5)
    text = (tmp_path / "study.toml").read_text("utf-8")
    (tmp_path / "study.toml").write_text(text.replace("deadband = 15", "deadband = 15\nclock_shift = 3600"), "utf-8")
    codes = {p.code for p in hs.open(tmp_path).check()}
    assert codes & {"E-CLOCK-SHEET", "E-CHAMBER-CLOCK"}
