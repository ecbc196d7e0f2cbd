"""How many steps does it take round a lost site? For many lost sites and many starts at once.

Each site carries one bit per start, which says whether it was reached from there; in each step it takes
over the bits of its neighbours, 64 starts in one operation. The lost site of a start never gets its bit.

Memory: about 8 · STARTS bits per site and step, at most HISTORY bytes.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

STARTS = 512  # worked on at a time
HISTORY = 100_000_000  # bytes of bits that are kept


def steps_round(
    links: csr_array,
    starts: np.ndarray,
    lost: np.ndarray,
    which: np.ndarray,
    target: np.ndarray,
) -> np.ndarray:
    """Return the number of steps of each pair, infinite where no route is left.

    links : n × n, every link one step. starts, lost : the start sites, and the site that is lost for
    each. which, target : the start (its place in `starts`) and the goal of each pair.
    """
    found = np.full(len(which), np.inf)
    into = csr_array(links.T)
    linked = np.flatnonzero(np.diff(into.indptr))
    for a in range(0, len(starts), STARTS):
        some = slice(a, min(a + STARTS, len(starts)))
        pairs = np.flatnonzero((which >= some.start) & (which < some.stop))
        # in steps of 64 bits, so that each row can be read as a few large numbers
        seen = np.zeros((links.shape[0], -(-(some.stop - a) // 64) * 8), dtype=np.uint8)
        place = np.arange(some.stop - a)
        bit = (1 << (place % 8)).astype(np.uint8)
        free = np.full_like(seen, 255)
        np.bitwise_and.at(free, (lost[some], place // 8), ~bit)
        np.bitwise_or.at(seen, (starts[some], place // 8), bit)
        free, now = free.view(np.uint64)[linked], seen.view(np.uint64)
        history, first, going = [now.copy()], 0, True
        while going:
            told = np.bitwise_or.reduceat(now[into.indices], into.indptr[linked], axis=0) & free
            told &= ~now[linked]
            going = bool(told.any())
            if going:
                now[linked] |= told
                history.append(now.copy())
            if not going or len(history) * now.nbytes > HISTORY:
                pairs = _look_up(found, pairs, history, first, which - a, target)
                first += len(history)
                history = []
    return found


def _look_up(
    found: np.ndarray,
    pairs: np.ndarray,
    history: list[np.ndarray],
    first: int,
    which: np.ndarray,
    target: np.ndarray,
) -> np.ndarray:
    """Write the steps of pairs that were reached in these levels; return the pairs that were not."""
    bits = np.array(history).view(np.uint8)
    column, goal = which[pairs], target[pairs]
    low, high = np.zeros(len(pairs), dtype=np.int64), np.full(len(pairs), len(bits))
    while (open_ := low < high).any():  # halve the levels: a bit that was set stays set
        middle = (low + high) // 2
        there = (
            bits[np.minimum(middle, len(bits) - 1), goal, column // 8] >> (column % 8)
        ) & 1 == 1
        high = np.where(open_ & there, middle, high)
        low = np.where(open_ & ~there, middle + 1, low)
    reached = low < len(bits)
    found[pairs[reached]] = first + low[reached]
    return pairs[~reached]
