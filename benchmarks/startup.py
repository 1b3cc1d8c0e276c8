"""Startup of the quick verbs against a trivial Typer program, in one run: median of 10, as ratios."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRIVIAL = '''
import typer
app = typer.Typer()
@app.command()
def hello(name: str) -> None:
    """Say hello."""
app()
'''
LIMITS = {"--help": 2, "explain ec_1_5": 6, "explain E-STUDY-KEY": 6, "new": 6}


def seconds(command: list[str], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(rounds: int = 10) -> int:
    halosink = str(Path(sys.executable).with_name("halosink"))
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "trivial.py"
        program.write_text(TRIVIAL)
        trivial = [sys.executable, str(program), "--help"]
        times: dict[str, list[float]] = {name: [] for name in ["trivial", *LIMITS]}
        for n in range(rounds + 1):
            for name, found in times.items():
                words = ["new", f"study{n}"] if name == "new" else name.split()
                found.append(seconds(trivial if name == "trivial" else [halosink, *words], folder))
    base = statistics.median(times["trivial"][1:])
    print(f"trivial Typer --help: {base:.3f} s (median of {rounds})")
    worst = 0
    for name, limit in LIMITS.items():
        ratio = statistics.median(times[name][1:]) / base
        print(f"halosink {name}: {ratio:.2f}x (at most {limit}x)")
        worst |= ratio > limit
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
