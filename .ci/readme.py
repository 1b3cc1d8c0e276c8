"""Run everything that README.md shows, in order, from the root of the checkout; both READMEs show the same.

Shell blocks run with bash, Python blocks with the interpreter that the README's own commands installed.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.M | re.S)
RUNNERS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [".venv/bin/python", "-c"]}


def blocks(readme: str) -> list[tuple[str, str]]:
    return [(language, block.strip()) for language, block in BLOCK.findall((ROOT / readme).read_text("utf-8"))]


def main() -> int:
    shown = blocks("README.md")
    if not shown or shown != blocks("README.zh.md"):
        sys.stderr.write("README.md and README.zh.md must show the same commands\n")
        return 1
    place = os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ["PATH"]])
    shutil.rmtree(ROOT / "my_study", ignore_errors=True)
    for language, block in shown:
        sys.stdout.write(f"\n$ {block}\n")
        sys.stdout.flush()
        done = subprocess.run([*RUNNERS[language], block], cwd=ROOT, env={**os.environ, "PATH": place})
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
