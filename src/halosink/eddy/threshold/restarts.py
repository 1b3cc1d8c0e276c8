"""The fixed stream of random numbers with which the search for a change point restarts.

REddyProc searches it with resamples of the records that begin anew from one seed for every class, so that its result is
one number. The same stream gives the same number: that of the default generator of R (rcore_random), the Mersenne
Twister with its state filled by the congruential generator x -> 69069 x + 1, fifty steps of which are thrown away.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SEED = 12345  # default of muggeo2008, version 1.6-2
SCRAMBLES, WORDS = 50, 624


@lru_cache(maxsize=4)
def stream(number: int) -> NDArray[np.float64]:
    """(number,) uniform values from 0 to 1, always the same."""
    word, words = SEED, []
    for at in range(SCRAMBLES + 1 + WORDS):
        word = (69069 * word + 1) & 0xFFFFFFFF
        if at > SCRAMBLES:
            words.append(word)
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": np.array(words, dtype=np.uint32), "pos": WORDS}}
    return np.asarray(twister.random_raw(number) * 2.3283064365386963e-10, dtype=np.float64)
