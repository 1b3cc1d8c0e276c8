"""What README and docs show exists: links, files, verbs, options, names."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def _soil_tables(page: str, first: str) -> set[str]:
    """Names in the first column of the tables that begin with this heading."""
    rows = re.findall(rf"^\| {first} \|.*\n\|---.*\n((?:\|.*\n)+)", page, re.M)
    cells = [line.split("|")[1] for body in rows for line in body.splitlines()]
    return {name for cell in cells for name in re.findall(r"`([a-z]\w*)`", cell)}


def test_examples_of_the_soil_page_give_what_it_says() -> None:
    import numpy as np
    import pandas as pd

    from halosink import soil, vocabulary

    english, chinese = ((ROOT / "docs" / language / "soil.md").read_text("utf-8") for language in ("en", "zh"))
    examples = [body for kind, body in FENCE.findall(english) if kind == "python"]
    assert examples == [body for kind, body in FENCE.findall(chinese) if kind == "python"]
    made: list[dict[str, Any]] = []
    for body in examples:
        made.append({})
        exec(compile(body, "soil.md", "exec"), made[-1])
    salt, water, stocks, fractions, jars = made
    assert np.quantile(salt["ece"], [0.025, 0.5, 0.975]) == pytest.approx([3.0, 5.4, 9.9], abs=0.05)
    balance = [np.median(getattr(water["balance"], n)) for n in ("stock_change", "uptake_here", "uptake_with_sources")]
    assert balance == pytest.approx([601, -513, 44], abs=0.6)
    change = stocks["change"].set_index("method")["estimate"]
    assert change["fixed_depth"] == pytest.approx(12.375) and change["equal_mass"] == pytest.approx(0, abs=1e-9)
    assert stocks["tier1"].change == pytest.approx(0.65, abs=0.005)
    assert stocks["burial"]["carbon_burial_rate"].to_numpy() == pytest.approx(np.full(2, 60.0), abs=0.5)
    no_radium, _ = soil.carbon_burial(stocks["core"].drop(columns="radium_226"), seed=1)
    assert no_radium["carbon_burial_rate"].iloc[0] == pytest.approx(54, abs=0.5)
    assert list(fractions["closure"]["verdict"]) == ["closed"] * 6 + ["refused"]
    assert fractions["closure"]["total"].iloc[-1] == pytest.approx(47.2)
    q10 = jars["response"].set_index("form").loc["q10"]
    assert (q10["value"], q10["error"]) == pytest.approx((1.9, 0.2), abs=0.05)

    porewater, _ = soil.porewater_carbonate(pd.DataFrame({"porewater_ph": [8.0]}))
    found = jars["found"]
    shown = [salt["classes"], porewater, stocks["stocks"].table, *(stocks[n] for n in ("change", "burial"))]
    shown += [fractions["closure"], fractions["stability"], found.series, found.parameters, found.models]
    results = {column for frame in (*shown, jars["response"]) for column in frame}
    for page, columns, result in ((english, "column", "result"), (chinese, "列", "结果列")):
        assert _soil_tables(page, columns) and _soil_tables(page, columns) <= set(vocabulary.fields())
        assert _soil_tables(page, result) and _soil_tables(page, result) <= results


def test_files_of_the_soil_page_are_written() -> None:
    steps = "".join(p.read_text("utf-8") for p in (ROOT / "src" / "halosink" / "steps").glob("soil_*.py"))
    for language in ("en", "zh"):
        page = (ROOT / "docs" / language / "soil.md").read_text("utf-8")
        for name in re.findall(r"`soil/(\w+)\.parquet`", page):
            assert f"soil/{name}.parquet" in steps or f'"{name}"' in steps, name


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
