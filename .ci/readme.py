"""Run every command that README.md shows, in order, from the root of the checkout; both READMEs show the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)


def commands(readme: str) -> list[str]:
    return [block.strip() for block in BLOCK.findall((ROOT / readme).read_text("utf-8"))]


def main() -> int:
    shown = commands("README.md")
    if not shown or shown != commands("README.zh.md"):
        sys.stderr.write("README.md and README.zh.md must show the same commands\n")
        return 1
    place = os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ["PATH"]])
    for block in shown:
        sys.stdout.write(f"$ {block}\n")
        sys.stdout.flush()
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=ROOT, env={**os.environ, "PATH": place})
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
