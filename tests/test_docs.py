"""What README and docs show exists: links, files, verbs, options, names."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    p for p in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if not {"_generated", "_build"} & set(p.parts)
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
SHELL = ("sh", "bash", "console")


def shell_lines(text: str) -> list[str]:
    blocks = [body for kind, body in FENCE.findall(text) if kind in SHELL]
    inline = re.findall(r"`(halosink [^`]+)`", FENCE.sub("", text))
    return [line for block in blocks for line in block.splitlines() if line.strip()] + inline


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if not re.match(r"https?:", target) and "_generated" not in target:
            assert (page.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_are_those_the_program_knows(page: Path) -> None:
    from halosink.cli import app

    group = typer.main.get_command(app)
    verbs = group.commands  # type: ignore[attr-defined]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in shell_lines(page.read_text("utf-8")):
        words = shlex.split(line.split("#")[0])
        if words[:1] == ["make"]:
            assert re.search(rf"^{words[1]}:", makefile, re.M), line
        if words[:1] == ["halosink"]:
            verb = verbs[words[1]]
            known = {option for parameter in verb.params for option in parameter.opts} | {"--help"}
            assert {w for w in words if w.startswith("--")} <= known, line


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (FENCE.findall((ROOT / name).read_text("utf-8")) for name in ("README.md", "README.zh.md"))
    assert english == chinese and english


def test_what_pages_ask_explain_for_exists() -> None:
    from halosink.explain import explain

    for page in PAGES:
        for name in re.findall(r"halosink explain ([^\s`]+)", page.read_text("utf-8")):
            if "/" not in name and name != "NAME" and not name.startswith("my_"):
                assert explain(name)


def test_python_in_the_readme_uses_public_names() -> None:
    import halosink as hs
    from halosink.study import Study

    for page in PAGES:
        for kind, body in FENCE.findall(page.read_text("utf-8")):
            if kind == "python":
                compile(body, page.name, "exec")
                assert all(hasattr(hs, name) for name in re.findall(r"\bhs\.(\w+)", body))
                assert all(hasattr(Study, name) for name in re.findall(r"\bstudy\.(\w+)\(", body))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_column_of_chamber_fluxes_is_explained(language: str) -> None:
    from halosink.chamber.checks import checks
    from halosink.chamber.flux.fluxes import COLUMNS

    said = (ROOT / "docs" / language / "chambers.md").read_text("utf-8")
    assert not [c for c in COLUMNS if f"`{c}`" not in said]
    assert re.search(rf"\[{len(checks())} ", said)


def test_no_paths_of_a_machine() -> None:
    for page in (*PAGES, ROOT / "CITATION.cff", ROOT / "docs" / "conf.py", ROOT / "docs" / "generate.py"):
        assert not re.search(r"(?<![\w.])/(work|tmp|home|root)/", page.read_text("utf-8")), page


def test_docs_build_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="the docs extra is not installed")
    pytest.importorskip("myst_parser", reason="the docs extra is not installed")
    pytest.importorskip("furo", reason="the docs extra is not installed")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(tmp_path / "trees")]
    done = subprocess.run([*command, str(ROOT / "docs"), str(tmp_path / "html")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
