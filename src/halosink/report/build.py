"""One self-contained HTML file from the results of a study."""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import count
from typing import Any

from markupsafe import Markup

from halosink import vocabulary
from halosink.contracts import Language
from halosink.report import basis, citations, method, published, trust
from halosink.report.answers import answers
from halosink.report.carbonate import carbonate
from halosink.report.chamber import chamber
from halosink.report.contents import Contents
from halosink.report.eddy import eddy
from halosink.report.greenhouse import greenhouse
from halosink.report.labels import localised
from halosink.report.model import model
from halosink.report.recovered import recovered
from halosink.report.region import region
from halosink.report.soil import soil

__all__ = ["Contents", "render"]

PRINTED = 120  # own choice: a searchable table of more rows (some five pages) is left out in print


def render(contents: Contents, language: Language) -> str:
    """The report in one language. Any subset of frames renders; the same contents give the same bytes."""
    contents = localised(contents, language)
    study = contents.settings.study
    figure_numbers, table_numbers = count(1), count(1)
    values: dict[str, Any] = {
        "say": lambda key, **said: vocabulary.say(f"report.{key}", language, **said),
        "language": language,
        "figure_number": lambda: next(figure_numbers),
        "table_number": lambda: next(table_numbers),
        "svg": Markup,
        "style": Markup(_file("style.css")),
        "script": Markup(_file("table.js")),
        "title": getattr(study.title, language),
        "about": getattr(study.about, language),
        "study": study,
        "study_tables": bool(contents.settings.tables),
        "version": contents.version or contents.provenance.get("halosink", ""),
        "percent": f"{contents.settings.analysis.confidence * 100:g}",
        "power": f"{contents.settings.analysis.power * 100:g}",
        "answers": answers(contents, language),
        "blocks": basis.headline_blocks(contents, language),
        "forest": basis.forest(contents, language),
        "others": basis.other_tables(contents, language),
        "other_count": basis.other_count(contents),
        "checks": trust.checks(contents, language),
        "overview": trust.overview(contents, language),
        "series": trust.flagged_series(contents, language),
        "chamber": chamber(contents, language),
        "greenhouse": greenhouse(contents, language),
        "carbonate": carbonate(contents, language),
        "soil": soil(contents, language),
        "eddy": eddy(contents, language),
        "model": model(contents, language),
        "region": region(contents, language),
        "recovered": recovered(contents, language),
        "forests": published.forests(contents, language),
        "pooled": published.pooled_table(contents, language),
        "published": published.number_table(contents, language),
        "seen": published.seen(contents, language),
        "reasons": published.reason_table(contents, language),
        "published_sources": published.sources(contents),
        "tables": method.tables(contents, language),
        "models": method.models(contents, language),
        "design": method.design(contents, language),
        "assumptions": method.assumptions(contents, language),
        "notes": method.notes(contents, language),
        "steps": method.steps(contents, language),
        "done": method.done(contents, language),
        "more": method.more(contents, language),
        "print_most": PRINTED,
        "inputs": method.inputs(contents, language),
        "record": method.record(contents),
        "cited": citations.cited(contents),
        "data_citations": [citations.linked(c) for c in study.citation],
    }
    page: str = _environment().get_template("report.html").render(values)
    return page


@cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("halosink.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _file(name: str) -> str:
    return (resources.files("halosink.report") / name).read_text("utf-8")
