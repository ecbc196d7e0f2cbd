"""A count form as it arrives by e-mail: with slips of the pen, and a key that holds each of them.

A clean form is made first: six sites, several dates, two species. Then slips are planted, one kind after
the other, each in a row of its own. A few true records that look like slips are in it as well; the key
names them, so that nobody learns to delete what is odd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flyway.simulate.limits import whole

SPECIES = ("Red-crowned Crane", "White-naped Crane")
#: Invented sites: name, latitude, longitude, usual birds of each species.
SITES = (
    ("East Marsh", 38.42, 126.91, (160, 45)),
    ("Ice Bridge", 38.18, 127.34, (90, 120)),
    ("Long Dyke", 37.86, 126.62, (60, 30)),
    ("Old Ford", 38.05, 127.77, (220, 80)),
    ("River Island", 37.71, 127.12, (70, 150)),
    ("Salt Pond", 37.58, 126.48, (45, 60)),
)
KEY = ["row", "column", "kind", "written", "right", "error"]


@dataclass(frozen=True)
class MessySubmission:
    """`clean`: the form as it should be. `messy`: as it arrived. `key`: every slip, and true oddities.

    The key holds `row` (label in `messy`), `column`, `kind`, `written`, `right` (the true value; None
    for a row that must go) and `error` (False for a true record that only looks wrong).
    """

    clean: pd.DataFrame
    messy: pd.DataFrame
    key: pd.DataFrame


Slip = Callable[[pd.Series, np.random.Generator], tuple[str, object]]


def messy_submission(dates: int = 8, errors: int = 40, *, seed: int) -> MessySubmission:
    """Simulate a submission of winter counts with planted errors, and its key.

    Parameters
    ----------
    dates : visits of each of the six sites, 7 to 50 (a history shorter than that shows no outlier).
    errors : slips to plant, at most two of three rows. seed : any whole number.

    Returns
    -------
    MessySubmission: `clean` (6 × dates × 2 rows, the columns of the course's count form), `messy`
    (with doubled rows at its end), `key`. Three true oddities are in both tables: birds that came in
    great numbers, a site left for one day, and the same count twice running.

    Raises
    ------
    ValueError naming the argument that is out of range.
    """
    dates, errors = whole(dates, "dates", 7), whole(errors, "errors", 0)
    rng = np.random.default_rng(seed)
    if dates > 50:
        raise ValueError(f"dates is {dates}: give 50 or fewer, they are spread over one winter")
    clean = _clean(dates, rng)
    if errors > len(clean) * 2 // 3:
        raise ValueError(
            f"errors is {errors}: at most {len(clean) * 2 // 3} fit into {len(clean)} rows"
        )
    odd = _odd(clean, rng)
    rows = iter(rng.permutation([r for r in clean.index if r not in {o[0] for o in odd}]))
    messy, key, doubled = clean.astype(object).copy(), [], []
    waiting: list[int] = []
    for number in range(errors):
        slip = SLIPS[number % len(SLIPS)]
        row = _next_row(rows, waiting, clean, slip)
        column, written = slip(clean.loc[row], rng)
        if slip is _sent_twice:
            doubled.append(clean.loc[row].astype(object))
            row, right = len(clean) + len(doubled) - 1, None
        elif slip is _places_swapped:
            messy.loc[row, ["lat", "lon"]] = [clean.loc[row, "lon"], clean.loc[row, "lat"]]
            right = clean.loc[row, column]
        else:
            messy.loc[row, column] = written
            right = clean.loc[row, column]
        key.append((int(row), column, KINDS[slip], written, right, True))
    if doubled:
        messy = pd.concat([messy, pd.DataFrame(doubled)], ignore_index=True)
    key += [(row, "count", kind, clean.loc[row, "count"], clean.loc[row, "count"], False)
            for row, kind in odd]  # fmt: skip
    table = pd.DataFrame(key, columns=KEY).sort_values(["row", "column"], ignore_index=True)
    return MessySubmission(clean, messy, table)


def _clean(dates: int, rng: np.random.Generator) -> pd.DataFrame:
    days = pd.Timestamp("2024-11-04") + pd.to_timedelta(
        np.sort(rng.choice(120, dates, replace=False)), unit="D"
    )
    rows = []
    for day in days:
        weather = {
            "wind_bft": int(rng.integers(0, 5)),
            "visibility_km": float(rng.integers(2, 11)),
            "temperature_c": float(rng.integers(-12, 6)),
        }
        for name, lat, lon, usual in SITES:
            start = int(rng.integers(6 * 60 + 30, 8 * 60))
            effort = int(rng.integers(3, 10)) * 10
            for species, birds in zip(SPECIES, usual, strict=True):
                count = int(rng.negative_binomial(15, 15 / (15 + birds)))
                young = int(rng.binomial(count, 0.14))
                rows.append(
                    {
                        "site": name,
                        "date": str(day.date()),
                        "species": species,
                        "count": count,
                        "adults": count - young,
                        "juveniles": young,
                        "start_time": _clock(start),
                        "end_time": _clock(start + effort),
                        "effort_min": effort,
                        "observers": int(rng.integers(1, 4)),
                        "method": "roost count",
                        **weather,
                        "lat": lat,
                        "lon": lon,
                        "notes": "",
                    }
                )
    return pd.DataFrame(rows)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _odd(clean: pd.DataFrame, rng: np.random.Generator) -> list[tuple[int, str]]:
    """Write three true oddities into the clean form, with the note that explains each."""
    first = SPECIES[0]
    place = [clean.index[(clean["site"] == s[0]) & (clean["species"] == first)] for s in SITES]
    many, none, again = (
        int(place[0][rng.integers(1, len(place[0]))]),
        int(place[3][rng.integers(1, len(place[3]))]),
        int(place[4][rng.integers(1, len(place[4]))]),
    )
    before = int(place[4][list(place[4]).index(again) - 1])
    for row, count, note in (
        (many, 1640, "upriver frozen, all came here; counted by two teams apart"),
        (none, 0, "ice gone, nobody roosted; searched until dark"),
        (again, int(clean.loc[before, "count"]), "same number as last time, counted anew"),
    ):
        young = round(0.14 * count)
        clean.loc[row, ["count", "adults", "juveniles"]] = [count, count - young, young]
        clean.loc[row, "notes"] = note
    return [
        (many, "true: birds came in great numbers"),
        (none, "true: a site left for a day"),
        (again, "true: the same count twice running"),
    ]


def _next_row(rows: Iterator[int], waiting: list[int], clean: pd.DataFrame, slip: Slip) -> int:
    """Return the next free row that the slip can happen to: some need many birds."""
    needs = {_extra_zero: 20, _ages_above: 2, _half_birds: 1, _zero_blank: 0}.get(slip, 0)
    for k, row in enumerate(waiting):
        if clean.loc[row, "count"] >= needs:
            return waiting.pop(k)
    for row in rows:
        if clean.loc[row, "count"] >= needs:
            return int(row)
        waiting.append(int(row))
    raise ValueError("no row is left for another error: ask for fewer errors or more dates")


def _extra_zero(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "count", int(line["count"]) * 10


def _words(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "count", rng.choice(["about {}", "{}+", "ca. {}", "{} ?"]).format(line["count"])


def _negative(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "count", -int(line["count"]) - (line["count"] == 0)


def _half_birds(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "count", float(line["count"]) - 0.5


def _zero_blank(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "count", None


def _day_first(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    year, month, day = line["date"].split("-")
    return "date", f"{day}/{month}/{year}"


def _no_such_day(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "date", f"{line['date'][:4]}-02-3{rng.integers(0, 2)}"


def _year_turned(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    year = line["date"][:4]
    return "date", f"{year[:2]}{year[3]}{year[2]}{line['date'][4:]}"


def _site_spelt(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    change = (str.upper, lambda s: s.replace(" ", ""), lambda s: s.replace(" ", "-"))
    return "site", change[rng.integers(3)](line["site"])


def _species_spelt(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    change = (str.lower, lambda s: s.replace("-", " "), lambda s: f"{s} ")
    return "species", change[rng.integers(3)](line["species"])


def _places_swapped(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "lat", line["lon"]


def _point_moved(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "lat", round(line["lat"] / 10, 3)


def _ages_above(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "adults", int(line["count"]) + 1 + int(rng.integers(1, 9))


def _clock_back(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "end_time", f"0{int(line['start_time'][1]) - 2}:{line['end_time'][3:]}"


def _hours_for_minutes(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "effort_min", round(line["effort_min"] / 60, 1) + 1


def _wind_in_metres(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "wind_bft", int(rng.integers(13, 25))


def _own_word(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "method", str(rng.choice(["telescope", "roost", "by car"]))


def _sent_twice(line: pd.Series, rng: np.random.Generator) -> tuple[str, object]:
    return "site", line["site"]


KINDS: dict[Slip, str] = {
    _extra_zero: "one zero too many",
    _words: "words in a number",
    _negative: "negative count",
    _half_birds: "half birds",
    _zero_blank: "count left blank",
    _day_first: "day written first",
    _no_such_day: "no such day",
    _year_turned: "year with figures turned",
    _site_spelt: "site spelt another way",
    _species_spelt: "species spelt another way",
    _places_swapped: "lat and lon swapped",
    _point_moved: "decimal point moved",
    _ages_above: "more adults than birds",
    _clock_back: "end before start",
    _hours_for_minutes: "hours written for minutes",
    _wind_in_metres: "wind in metres per second",
    _own_word: "method in own words",
    _sent_twice: "row sent twice",
}
SLIPS = tuple(KINDS)
