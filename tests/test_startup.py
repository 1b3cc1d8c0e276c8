"""The quick verbs stay quick: they load no heavy library."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("pandas", "xarray", "jax", "scipy", "matplotlib", "altair", "pyarrow")
PROBE = """
import sys
from halosink.cli import app
sys.argv = ["halosink", *{arguments!r}]
try:
    app()
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", *sorted(set(sys.modules) & set({heavy!r})))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "ec_1_5"], ["explain", "E-STUDY-KEY"], ["new", "here"]])
def test_quick_verbs_load_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = PROBE.format(arguments=arguments, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "LOADED"


def test_import_is_light() -> None:
    code = f"import halosink, sys; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
