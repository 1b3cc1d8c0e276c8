"""What tests share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder with data/ (real sets) and oracles/ (reference outputs)."""
    folder = os.environ.get("HALOSINK_REFERENCE")
    if not folder:
        pytest.skip("HALOSINK_REFERENCE is not set: real data and reference outputs are not here")
    return Path(folder)
