"""Sphinx: hand-written pages in en/ and zh/, reference pages generated from the package before each build."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generate

project = "halosink"
author = "The halosink developers"
copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "halosink"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"

generate.write(Path(__file__).parent / "_generated")


def setup(app):
    app.connect("autodoc-process-docstring", generate.plain_docstring)
