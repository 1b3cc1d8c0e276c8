"""What holds for every step of a run."""

import inspect
import re
import subprocess
import sys

import pytest

from halosink import runner, vocabulary
from halosink.contracts import Step
from halosink.settings import Settings

STEPS = list(runner.discover().values())


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.name)
def test_a_step_says_what_it_is_in_both_languages(step: Step) -> None:
    for text in (step.label, step.about):
        assert text.en.strip() and re.search(r"[\u4e00-\u9fff]", text.zh)
    assert inspect.getmodule(step.run).__name__ == f"halosink.steps.{step.name}"  # type: ignore[union-attr]


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.name)
def test_a_step_refers_to_what_exists(step: Step) -> None:
    assert {*step.needs, *step.after} <= set(runner.discover())
    for name in step.settings:
        section, _, key = name.partition(".")
        record = Settings.model_fields[section].annotation
        assert not key or key in record.model_fields  # type: ignore[union-attr]
    assert set(step.sources) <= set(vocabulary.sources())


def test_the_report_waits_for_every_other_step() -> None:
    assert set(runner.discover()["report"].after) == set(runner.discover()) - {"report"}


def test_declaring_the_steps_loads_nothing_heavy() -> None:
    code = "import sys; from halosink import runner; runner.discover(); print({'pandas', 'numpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
