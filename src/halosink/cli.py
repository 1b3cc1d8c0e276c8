"""The verbs of the command line; no science."""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from halosink.contracts import Language
from halosink.problems import UserError
from halosink.vocabulary import say

DATA_WRONG, OUR_FAULT = 1, 2


def language() -> Language:
    """Language of the terminal: HALOSINK_LANG if set, else that of the system."""
    chosen = os.environ.get("HALOSINK_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if (chosen or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _help(key: str) -> str:
    return say(f"cli.{key}", language())


app = typer.Typer(
    name="halosink", help=_help("help"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
Folder = Annotated[Path, typer.Argument(metavar="STUDY", help=_help("help_study"))]
Json = Annotated[bool, typer.Option("--json", help=_help("help_json"))]
Lang = Annotated[str, typer.Option("--lang", help=_help("help_lang"))]


def _lang(value: str) -> Language:
    if value not in ("", "en", "zh"):
        raise typer.BadParameter("en, zh", param_hint="--lang")
    return language() if value == "" else "zh" if value == "zh" else "en"


def _out(text: str = "") -> None:
    typer.echo(text)


def _json(data: Any) -> None:
    _out(json.dumps(data, ensure_ascii=False, indent=1))


def _guarded(work: Callable[[], int], lang: Language, as_json: bool, folder: Path) -> None:
    """Run a verb. A user's mistake gives its problems and exit code 1; anything else is our fault: a line and a log."""
    from halosink import render

    try:
        code = work()
    except UserError as error:
        found = render.arranged(error.problems)
        if as_json:
            _json({"problems": [p.record() for p in found]})
        else:
            for p in found:
                typer.secho(render.problem(p, lang), fg=render.COLOURS[p.level], err=True)
            typer.echo(render.count(found, lang), err=True)
        code = DATA_WRONG
    except (KeyboardInterrupt, BrokenPipeError):
        code = 130
    except Exception:
        log = _log(folder)
        typer.secho(say("cli.our_fault", lang, log=log), fg="red", err=True)
        code = OUR_FAULT
    raise typer.Exit(code)


def _log(folder: Path) -> Path:
    """Keep the traceback beside the results, or in the system's temporary folder where that is closed to us."""
    import tempfile
    import traceback

    for home in (folder / "results" / "log", Path(tempfile.gettempdir())):
        try:
            if home.parent.is_dir():
                home.mkdir(exist_ok=True)
                log = home / "halosink-error.txt"
                log.write_text(traceback.format_exc(), "utf-8")
                return log
        except OSError:
            continue
    return Path(os.devnull)


@app.command(help=_help("help_new"))
def new(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=_help("help_new_study"))],
    tables: Annotated[list[str] | None, typer.Option("--table", help=_help("help_table"))] = None,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    def work() -> int:
        from halosink.new import new as make

        made = make(study, tables or None, _lang(lang))
        if as_json:
            _json({"files": [str(p) for p in made]})
        else:
            for path in made:
                _out(str(path))
            _out(say("cli.new_done", _lang(lang), study=study))
        return 0

    _guarded(work, _lang(lang), as_json, study)


@app.command(help=_help("help_check"))
def check(study: Folder = Path("."), lang: Lang = "", as_json: Json = False) -> None:
    def work() -> int:
        from halosink import render
        from halosink.study import open as open_study

        found = render.arranged(open_study(study).check())
        if as_json:
            _json({"problems": [p.record() for p in found]})
        else:
            for p in found:
                typer.secho(render.problem(p, _lang(lang)), fg=render.COLOURS[p.level])
            _out(render.count(found, _lang(lang)))
        return DATA_WRONG if any(p.level == "error" for p in found) else 0

    _guarded(work, _lang(lang), as_json, study)


@app.command(help=_help("help_run"))
def run(
    study: Folder = Path("."),
    only: Annotated[list[str] | None, typer.Option("--only", metavar="STEP", help=_help("help_only"))] = None,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    _guarded(lambda: _run(study, only or [], _lang(lang), as_json), _lang(lang), as_json, study)


def _run(study: Path, only: list[str], lang: Language, as_json: bool) -> int:
    from halosink import render, runner
    from halosink.study import open as open_study

    steps = runner.discover()

    def tell(found: runner.Outcome) -> None:
        if not as_json and (found.status != "skipped" or found.add.en):
            _out(render.outcome(found, lang, steps[found.step].label.to(lang)))

    opened = open_study(study)
    with render.progress_bar({n: s.label.to(lang) for n, s in steps.items()}, hidden=as_json) as progress:
        outcomes = opened.run(only, tell, progress)
    reports = sorted(str(study / "results" / p) for o in outcomes.values() for p in o.outputs if p.endswith(".html"))
    worked = any(o.status in ("done", "failed") for o in outcomes.values())
    if as_json:
        _json({"steps": [render.outcome_record(o) for o in outcomes.values()], "worked": worked, "reports": reports})
    else:
        if not worked:
            _out(say("cli.nothing_to_do", lang))
        doubts = [p for p in opened.doubts() if p.level != "note"]
        if doubts:
            _out(say("cli.doubts", lang, count=len(doubts), codes=", ".join(sorted({p.code for p in doubts}))))
        for path in reports:
            _out(path)
    return OUR_FAULT if any(o.status == "failed" for o in outcomes.values()) else 0


@app.command(help=_help("help_report"))
def report(
    study: Folder = Path("."),
    lang: Lang = "",
    show: Annotated[bool, typer.Option("--open", help=_help("help_open"))] = False,
    as_json: Json = False,
) -> None:
    def work() -> int:
        from halosink.study import open as open_study

        path = open_study(study).report(_lang(lang))
        _json({"report": str(path)}) if as_json else _out(str(path))
        if show:
            typer.launch(str(path))
        return 0

    _guarded(work, _lang(lang), as_json, study)


@app.command(help=_help("help_explain"))
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help=_help("help_explain_name"))],
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    def work() -> int:
        path = Path(name)
        if path.is_file() and "results" in path.resolve().parts:
            from halosink.provenance import explain_file

            if (text := explain_file(path, _lang(lang))) is not None:
                _json({"name": name, "text": text}) if as_json else _out(text)
                return 0
        from halosink.explain import explain as find

        found = find(name, _lang(lang))
        _json(found.record()) if as_json else _out(found.text(_lang(lang)))
        return 0

    _guarded(work, _lang(lang), as_json, Path("."))


@app.command(help=_help("help_demo"))
def demo(
    sample: Annotated[list[str] | None, typer.Option("--sample", metavar="NAME", help=_help("help_sample"))] = None,
    folder: Annotated[Path, typer.Option("--folder", help=_help("help_folder"))] = Path("halosink-demo"),
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    def work() -> int:
        from halosink import samples

        worst = 0
        for name in sample or ["evidence", "twin"]:
            place = folder / name
            if not as_json:
                _out(say("cli.demo_sample", _lang(lang), name=name, folder=place))
            samples.prepare(name, place)
            worst = max(worst, _run(place, [], _lang(lang), as_json))
        return worst

    _guarded(work, _lang(lang), as_json, folder)


def main() -> None:
    """Entry point; makes the terminal's output UTF-8 so that no Chinese character stops it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
