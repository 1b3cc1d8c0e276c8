from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pandas as pd
import pytest

from halosink.contracts import LANGUAGES
from halosink.report.build import Contents, render
from halosink.settings import Settings

ATTACK = '<script>alert("x")</script><img src=x onerror=alert(1)>'
TEXTS = (
    "class", "reference", "loso_site", "subject", "comment_en", "comment_zh", "intervention", "place", "citation",
    "label_en", "label_zh", "variable_en", "variable_zh", "method",
)  # fmt: skip


class Text(HTMLParser):
    """What a reader sees: text outside style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = 0
        self.seen: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.seen.append(data)


def read(page: str) -> Text:
    parser = Text()
    parser.feed(page)
    return parser


@pytest.fixture(scope="module")
def pages(contents: Contents) -> dict[str, str]:
    return {language: render(contents, language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_well_formed(pages: dict[str, str], language: str) -> None:
    tree = ElementTree.fromstring(pages[language].split("\n", 1)[1])
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    links = {e.get("href", "")[1:] for e in tree.iter("a") if e.get("href", "").startswith("#")}
    assert links <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_loads_nothing(pages: dict[str, str], language: str) -> None:
    page = pages[language]
    assert len(page.encode()) < 1_500_000
    for tag, attributes in read(page).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "image")
        assert not {"src", "srcset", "xlink:href"} & set(attributes)
        if "href" in attributes:
            assert tag == "a"
    assert "@import" not in page and not re.search(r"url\((?!#)", page)
    script = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(script) == 1 and len(script[0].encode()) < 4096


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_machine_words_are_visible(pages: dict[str, str], language: str) -> None:
    seen = " ".join(read(pages[language]).seen)
    assert not re.search(r"\b(nan|NaN|None|NaT|inf|True|False|Undefined)\b", seen)
    assert not re.search(r"[{}]", seen)


def test_every_figure_has_a_caption_and_a_description(pages: dict[str, str]) -> None:
    tree = ElementTree.fromstring(pages["en"].split("\n", 1)[1])
    figures = list(tree.iter("figure"))
    assert len(figures) >= 10
    for figure in figures:
        drawing = next(e for e in figure.iter() if e.tag.endswith("svg"))
        assert drawing.get("role") == "img" and drawing.get("aria-label")
        assert len("".join(figure.find("figcaption").itertext())) > 60  # type: ignore[union-attr]


def test_chinese_page_falls_back_to_fonts_of_the_reader(pages: dict[str, str]) -> None:
    fonts = re.findall(r'<svg[^>]*font-family="([^"]*)"', pages["zh"])
    assert fonts and all("CJK SC" in f and "Microsoft YaHei" in f and "PingFang SC" in f for f in fonts)
    assert 'lang="zh-CN"' in pages["zh"] and "@font-face" not in pages["zh"]


def test_same_contents_same_bytes(contents: Contents, pages: dict[str, str]) -> None:
    assert render(contents, "zh") == pages["zh"]


def test_how_long_a_step_took_and_whether_it_was_cached_do_not_change_the_page(
    contents: Contents, pages: dict[str, str]
) -> None:
    steps = [
        {**s, "seconds": 99.0, "status": "done" if s["status"] == "cached" else s["status"]} for s in contents.steps
    ]
    assert render(dataclasses.replace(contents, steps=steps), "en") == pages["en"]


def test_synthetic_data_are_said_first(pages: dict[str, str]) -> None:
    seen = [t.strip() for t in read(pages["en"].split("<body>")[1]).seen if t.strip()]
    assert seen[0].startswith("Synthetic study")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_user_becomes_markup(contents: Contents, language: str) -> None:
    frames = {}
    for name, frame in contents.frames.items():
        hostile = frame.copy()
        for column in TEXTS:
            if column in hostile:
                hostile[column] = hostile[column].astype(str) + ATTACK
        if "sensor" in hostile and "field" in hostile:
            hostile["table"] = ATTACK
        frames[name] = hostile
    settings = contents.settings.model_dump()
    settings["study"] |= {"title": {"en": ATTACK, "zh": ATTACK}, "about": {"en": ATTACK, "zh": ATTACK}}
    settings["study"] |= {"licence": ATTACK, "citation": (ATTACK, 'https://a.b/"onmouseover="x')}
    page = render(
        dataclasses.replace(
            contents,
            frames=frames,
            settings=Settings.model_validate(settings),
            provenance={"inputs": {ATTACK: ATTACK}, ATTACK: ATTACK},
            sources=(ATTACK,),
        ),
        language,
    )
    assert "<img" not in page and page.count("<script") == 1
    assert not any(a.startswith("on") for _, attributes in read(page).tags for a in attributes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_study_without_results_renders_and_says_what_to_add(language: str) -> None:
    empty = Contents(Settings.model_validate({"study": {"title": "x"}}))
    page = render(empty, language)
    ElementTree.fromstring(page.split("\n", 1)[1])
    assert page.count('class="lacks"') >= 4


def test_any_single_frame_renders(contents: Contents) -> None:
    for name in contents.frames:
        alone = dataclasses.replace(contents, frames={name: contents.frames[name]})
        page = ElementTree.fromstring(render(alone, "en").split("\n", 1)[1])
        assert page.find("body") is not None


def test_empty_frames_render(contents: Contents) -> None:
    hollow = {name: frame.iloc[:0] for name, frame in contents.frames.items()}
    page = render(dataclasses.replace(contents, frames=hollow), "en")
    assert "There is no result yet" in page


def test_skipped_steps_are_said_only_where_the_study_could_add_something(contents: Contents) -> None:
    from halosink.report import method

    assert method.more(contents, "en") == ["Chamber fluxes: add one"]
    assert method.steps(contents, "en") is None and method.done(contents, "en") == "Read tables"
    other = [{**contents.steps[1], "name": "evidence"}, {**contents.steps[1], "status": "failed"}]
    changed = dataclasses.replace(contents, steps=other)
    assert method.more(changed, "en") == [] and method.steps(changed, "en") is not None


def test_a_long_searchable_table_is_left_out_in_print(contents: Contents, pages: dict[str, str]) -> None:
    assert 'class="printed"' not in pages["en"]
    many = pd.concat([contents.frames["evidence/numbers"]] * 3, ignore_index=True)
    page = render(dataclasses.replace(contents, frames={**contents.frames, "evidence/numbers": many}), "en")
    assert 'class="printed"' in page and "tall screen" in page and f"The table of {len(many)} rows" in page


def test_the_script_parses() -> None:
    import shutil
    import subprocess
    from importlib import resources

    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the script is only syntax-checked with it")
    script = (resources.files("halosink.report") / "table.js").read_text("utf-8")
    subprocess.run([node, "--check", "-"], input=script, text=True, check=True, timeout=60)


def test_every_published_number_is_in_the_table(contents: Contents, pages: dict[str, str]) -> None:
    ids = contents.frames["evidence/numbers"]["id"]
    assert all(f">{i}</td>" in pages["en"] for i in ids)


def test_all_checks_stand_on_the_page_failed_ones_first(pages: dict[str, str]) -> None:
    page = pages["en"]
    assert page.index("it counts once per core") < page.index("No depth known") < page.index("Enough.")


def test_citations_only_of_what_was_used(contents: Contents) -> None:
    from halosink.report import citations

    frame = pd.DataFrame([{"check": "a", "source": "hedges1999"}])
    few = dataclasses.replace(contents, frames={"effects/checks": frame}, sources=("own_choice",))
    assert citations.used(few) == ["hedges1999", "own_choice"]


def test_recovery_counts_the_intervals_that_hold_the_truth(contents: Contents) -> None:
    from halosink.report.recovered import recovered

    found = recovered(contents, "en")
    frame = contents.frames["recovery/recovery"]
    held = int(((frame["low"] <= frame["truth"]) & (frame["truth"] <= frame["high"])).sum())
    assert found is not None and found.lead.startswith(f"{held} of {len(frame)} intervals")
    assert sum(int(row[1].split(" / ")[0]) for row in found.summary.cells) == held


def test_many_failed_checks_are_folded_and_none_is_lost(contents: Contents) -> None:
    from halosink.report import trust

    one = contents.frames["effects/checks"].iloc[[0]]
    many = pd.concat([one.assign(subject=f"soil · probe {i}", check=f"check {i % 3}") for i in range(60)])
    found = trust.checks(dataclasses.replace(contents, frames={"quality/checks": many}), "en")
    assert found is not None and found.failed is not None and found.more is not None
    assert len(found.failed.cells) == 3 * trust.PER_CHECK
    assert len(found.failed.cells) + len(found.more.cells) == 60
