"""What does the text below a chart say, in whichever language of the flyway it is written?

For readers who cannot see the chart. A check asks only for what every good description has: enough
words, the bird, the years.
"""

from __future__ import annotations

import re
import unicodedata

UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
SPOONBILL = ("spoonbill", "колпиц", "халбага", "저어새", "ヘラサギ", "琵鷺", "琵鹭")
"""English, Russian, Mongolian, Korean, Japanese, Chinese; without the endings of a grammar."""


def is_long(text: str, words: int = 12) -> bool:
    """Return whether a text has so many words; of Japanese and Chinese, two signs stand for a word."""
    return len(text.split()) >= words or len(UNSPACED.findall(text)) >= 2 * words


def names_spoonbill(text: str) -> bool:
    """Return whether a text names spoonbills."""
    told = unicodedata.normalize("NFKC", text).casefold()
    return any(name in told for name in SPOONBILL)


def years_in(text: str) -> set[int]:
    """Return the years in a text, whatever digits it is written with."""
    return {int(year) for year in YEAR.findall(text)}
