"""Which cells must be hidden so that subtraction cannot bring the small ones back?

A table with totals is a set of sums. Hide one cell, and its row total minus the other cells gives it
back; so further cells are hidden (complementary suppression) until what the published numbers allow
for each hidden cell is an interval at least `protection` wide. The interval an attacker can work out
is found exactly, with whole people, by integer programming (HiGHS in scipy):

    lower, upper = min, max of the cell over all tables of whole numbers with the published sums

Sources: Cox (1980) Journal of the American Statistical Association 75:377-385; Fischetti & Salazar
(2001) Management Science 47:1008-1027; Hundepool et al. (2012) Statistical Disclosure Control, Wiley,
ch. 4. No published case is in the tests: small tables are compared with every table there can be.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

FAR = 1e5  # a hidden cell that no published sum bounds may be as large as this


@dataclass(frozen=True)
class Lattice:
    """All cells of a table with its totals. Each is a sum of base cells: `sums` is cells × base.

    `cells` holds one position per column; a position equal to the number of levels means "all".
    `depth` counts the "all" of each cell.
    """

    shape: tuple[int, ...]
    cells: list[tuple[int, ...]]
    sums: np.ndarray
    depth: np.ndarray

    @property
    def base(self) -> np.ndarray:
        """Positions of the base cells among all cells, in the order of the columns of `sums`."""
        return np.flatnonzero(self.depth == 0)


def lattice(shape: tuple[int, ...]) -> Lattice:
    """Return the cells of a table with `shape` levels per column, and all its totals."""
    cells = list(itertools.product(*[range(k + 1) for k in shape]))
    base = list(itertools.product(*[range(k) for k in shape]))
    sums = np.array(
        [
            [all(c in (b, k) for c, b, k in zip(cell, at, shape, strict=True)) for at in base]
            for cell in cells
        ],
        dtype=float,
    )
    depth = np.array([sum(c == k for c, k in zip(cell, shape, strict=True)) for cell in cells])
    return Lattice(shape, cells, sums, depth)


class Attack:
    """What can be worked out from the published numbers of a table, cell by cell.

    Only published numbers are used: `counts` (and `scores`, sums of values scaled to 0 to 1 a
    person) are never looked at where `hidden`. Zeros are always published, so a hidden base cell
    holds at least one person.
    """

    def __init__(
        self,
        table: Lattice,
        counts: np.ndarray,
        hidden: np.ndarray,
        scores: np.ndarray | None = None,
    ) -> None:
        shown, n = ~hidden, table.sums.shape[1]
        B = table.sums[shown]
        most = counts[-1] if shown[-1] else FAR  # the last cell is the total of all
        low, high = np.ones(n), np.full(n, most)
        fixed = shown[table.base]
        low[fixed] = high[fixed] = counts[table.base][fixed]
        whole = np.ones(n)
        rules = [LinearConstraint(_pad(B, scores), counts[shown], counts[shown])]
        if scores is not None:
            slack = 1e-6 * np.maximum(
                np.abs(scores[shown]), 1
            )  # published means are rounded a little
            rules += [
                LinearConstraint(
                    np.hstack([np.zeros_like(B), B]), scores[shown] - slack, scores[shown] + slack
                ),
                LinearConstraint(np.hstack([-np.eye(n), np.eye(n)]), -np.inf, 0),  # at most 1 each
            ]
            whole, low, high = np.r_[whole, np.zeros(n)], np.r_[low, np.zeros(n)], np.r_[high, high]
        self.sums, self.n = table.sums, n
        self.rest = {"integrality": whole, "bounds": Bounds(low, high), "constraints": rules}

    def range(self, cell: int) -> tuple[float, float]:
        """Return the smallest and largest number the cell can hold (infinite if nothing bounds it)."""
        aim = np.zeros(len(self.rest["integrality"]))
        aim[: self.n] = self.sums[cell]
        ends = []
        for sign in (1, -1):
            found = milp(sign * aim, **self.rest)
            if found.x is None:  # the solver's shortcuts can fail on tight tables: go the long way
                found = milp(sign * aim, **self.rest, options={"presolve": False})
            if found.x is None:
                raise RuntimeError(f"the hidden cells could not be checked ({found.message})")
            ends.append(float(round(sign * found.fun)))
        return ends[0], ends[1] if ends[1] < FAR else float("inf")

    def width(self, cell: int) -> float:
        """Return the width of the cell's range."""
        low, high = self.range(cell)
        return high - low


def hide(
    table: Lattice,
    counts: np.ndarray,
    threshold: float,
    protection: float,
    scores: np.ndarray | None = None,
) -> np.ndarray:
    """Return which cells to hide: the small ones, and those that keep them from being worked out.

    Small: 1 to threshold − 1 people. Further cells are added for one unprotected cell at a time, at
    least cost (few cells, few people, totals last); then each is shown again that is not needed.

    Errors: ValueError when even hiding everything does not protect a cell.
    """
    small = (counts > 0) & (counts < threshold)
    hidden = small.copy()
    queue = sorted(np.flatnonzero(hidden), key=lambda c: (counts[c], c))
    while queue:
        cell = queue.pop(0)
        # whole people only where fractions of people did not settle it: much slower
        for whole in (False, True):
            if Attack(table, counts, hidden, scores).width(cell) >= protection:
                break
            more = _protect(table, counts, hidden, cell, protection, scores, whole)
            queue += sorted(np.flatnonzero(more & ~hidden), key=lambda c: (counts[c], c))
            hidden = more
    cost = _cost(table, counts)
    first = list(np.flatnonzero(small))  # the cells that fail first are asked first
    for cell in sorted(np.flatnonzero(hidden & ~small), key=lambda c: -cost[c]):
        fewer = hidden.copy()
        fewer[cell] = False
        attack = Attack(table, counts, fewer, scores)
        failed = next(
            (
                c
                for c in dict.fromkeys([*first, *np.flatnonzero(fewer)])
                if fewer[c] and attack.width(c) < protection
            ),
            None,
        )
        if failed is None:
            hidden = fewer
        else:
            first = [failed, *first]
    return hidden


def _protect(
    table: Lattice,
    counts: np.ndarray,
    hidden: np.ndarray,
    cell: int,
    protection: float,
    scores: np.ndarray | None,
    whole: bool,
) -> np.ndarray:
    """Hide the cheapest further cells that leave two tables, `protection` apart in `cell`."""
    for room in (
        protection,
        counts.max() + 2 * protection + 1,
    ):  # small moves nearly always suffice
        found = _two_tables(table, counts, hidden, cell, protection, scores, whole, room)
        if found is not None:
            return found
    raise ValueError(
        "the small groups cannot be hidden safely, not even by hiding the totals: join classes "
        "(such as wider age groups), or publish the overall number only"
    )


def _two_tables(
    table: Lattice,
    counts: np.ndarray,
    hidden: np.ndarray,
    cell: int,
    protection: float,
    scores: np.ndarray | None,
    whole: bool,
    room: float,
) -> np.ndarray | None:
    # unknowns: hide each cell (0 or 1), then the base counts of two tables (and their scores)
    B = table.sums
    m, n = B.shape
    width = 2 * n if scores is None else 4 * n
    own = np.zeros((1, m + width))
    own[0, m : m + n], own[0, m + n : m + 2 * n] = B[cell], -B[cell]
    rules = [LinearConstraint(own, protection, np.inf)]
    for k, (offset, value) in itertools.product(range(2), ((0, counts), (2 * n, scores))):
        if value is None:
            continue
        block = np.zeros((m, m + width))
        at = m + offset + k * n
        block[:, at : at + n] = B
        block[:, :m] = -room * np.eye(m)  # a shown cell keeps its value, a hidden one may move
        rules.append(LinearConstraint(csr_array(block), -np.inf, value))
        block[:, :m] = room * np.eye(m)
        rules.append(LinearConstraint(csr_array(block), value, np.inf))
        if offset:  # nobody scores more than 1
            most = np.zeros((n, m + width))
            most[:, m + k * n : m + (k + 1) * n] = -np.eye(n)
            most[:, at : at + n] = np.eye(n)
            rules.append(LinearConstraint(csr_array(most), -np.inf, 0))
    base = counts[table.base]
    low = np.r_[hidden.astype(float), np.tile(np.where(base > 0, 1.0, 0.0), 2)]
    high = np.r_[(counts > 0).astype(float), np.tile(np.where(base > 0, base + room, 0.0), 2)]
    integer = np.r_[np.ones(m), np.full(2 * n, float(whole))]
    if scores is not None:
        low, high = np.r_[low, np.zeros(2 * n)], np.r_[high, np.tile(base + room, 2)]
        integer = np.r_[integer, np.zeros(2 * n)]
    price = np.r_[np.where(hidden, 0.0, _cost(table, counts)), np.zeros(width)]
    found = milp(
        price,
        integrality=integer,
        bounds=Bounds(low, high),
        constraints=rules,
        options={"time_limit": 20, "mip_rel_gap": 0.02},
    )
    return None if found.x is None else np.round(found.x[:m]) == 1


def _cost(table: Lattice, counts: np.ndarray) -> np.ndarray:
    """Return what hiding each cell loses: a cell first, then its people; totals weigh much more."""
    size = 1 + counts / max(counts.max(), 1)
    order = 1e-4 * np.arange(len(counts)) / len(counts)  # the same choice on every machine
    return 30.0**table.depth * size + order


def _pad(B: np.ndarray, scores: np.ndarray | None) -> np.ndarray:
    return B if scores is None else np.hstack([B, np.zeros_like(B)])
