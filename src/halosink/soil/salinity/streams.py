"""Random numbers by named streams, so that each quantity keeps its draws whatever else is computed."""

from __future__ import annotations

from zlib import crc32

import numpy as np

Seed = int | np.random.Generator


def generator(seed: Seed, *names: str) -> np.random.Generator:
    """The generator of the stream `names` under a seed; a Generator is handed back as it is.

    ValueError for a negative seed.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(np.random.SeedSequence([seed, *(crc32(name.encode()) for name in names)]))
