"""Find out in which encoding a program wrote its letters, where it was not UTF-8.

Trainees' notebooks and the names in their zip files are a few words in one of the scripts of the
flyway, between much English. charset-normalizer, which is among our locked packages, needs more text
than that: of 25 names and answers it took 8 for another script. So each encoding is tried, and the
one counts whose letters are those of everyday writing: first-level signs of Chinese, Japanese and
Korean, or words of one alphabet, with their capitals in front. Where two fit alike, the first of the
list counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The codes in which each standard put the everyday letters: ranges of the first byte of two.
EVERYDAY = {
    "cp949": [(0xB0, 0xC8)],
    "gb18030": [(0xB0, 0xD7)],
    "big5": [(0xA4, 0xC6)],
    "cp932": [(0x82, 0x83), (0x88, 0x98)],
    "euc_jp": [(0xA4, 0xA5), (0xB0, 0xCF)],
}
SECOND_BYTE_FROM = {"cp949": 0xA1, "gb18030": 0xA1}  # below it are letters that were added later
NAMES = {
    "cp949": "CP949 (Korean)",
    "gb18030": "GB18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp932": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "iso2022_jp_2": "ISO-2022-JP (Japanese)",
    "cp1252": "Windows-1252",
    "cp1251": "Windows-1251 (Cyrillic)",
    "mac_cyrillic": "Mac Cyrillic",
    "koi8_r": "KOI8-R (Cyrillic)",
    "utf-7": "UTF-7",
}
OF_FILES = [*EVERYDAY, "cp1252", "cp1251", "mac_cyrillic", "koi8_r"]
OF_ZIP_NAMES = [*EVERYDAY, "cp437", "cp850", "cp1252", "cp866", "cp1251"]
USUAL_SIGNS = set(
    "–—―‐“”„‘’«»…·•×÷±°²³µ§©®€£→←↑↓≤≥≈−、。，．：；？！（）「」『』【】《》〈〉・～〜％＝＋－／＿＆　\xa0々ーヶ№"
)
ENOUGH = 0.5
MOST_LOOKED_AT = 50_000
# Bytes beyond ASCII and what stands after them: two bytes that are one letter are never parted.
STRANGE = re.compile(rb"[\x80-\xff](?:[\x00-\x7f]{0,40}[\x80-\xff]){0,50000}[\x00-\x7f]{0,10}")
WORD = re.compile(r"[^\W\d_]+")


def likeliest(data: bytes, candidates: Iterable[str]) -> str | None:
    """Return the encoding that makes everyday words of bytes that are not UTF-8.

    None means that none of the candidates does.
    """
    sample = _sample(data)
    scores = {code: _everyday(sample.decode(code, "replace"), code) for code in candidates}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= ENOUGH else None


def mostly_utf8(data: bytes) -> bool:
    """Say whether bytes are UTF-8 with a few that were damaged, and not another encoding."""
    beyond = re.sub(r"[\x00-\x7f]+", "", _sample(data).decode("utf-8", "replace"))
    return 2 * beyond.count("\ufffd") <= len(beyond)


def _sample(data: bytes) -> bytes:
    """Return the first bytes beyond ASCII with what stands around them; long English says nothing."""
    pieces, size = [], 0
    for piece in STRANGE.finditer(data):
        pieces.append(data[max(0, piece.start() - 10) : piece.end()])
        size += len(pieces[-1])
        if size > MOST_LOOKED_AT:
            break
    return b"\n".join(pieces)[:MOST_LOOKED_AT]


def _everyday(text: str, encoding: str) -> float:
    """Return which part of the letters and signs beyond ASCII is everyday writing, from 0 to 1."""
    text = re.sub(r"\\[nrt]", " ", text)  # JSON's line ends are no letters of the next word
    beyond = [c for c in text if c > "\x7f" and c not in USUAL_SIGNS and not c.isnumeric()]
    if not beyond:
        return ENOUGH
    if encoding in EVERYDAY:
        good = sum(_is_first_level(c, encoding) for c in beyond)
    else:
        good = sum(_spelled(word) for word in WORD.findall(text) if not word.isascii())
    return good / len(beyond)


def _is_first_level(letter: str, encoding: str) -> bool:
    code = b"" if letter == "\ufffd" else letter.encode(encoding)
    return (
        len(code) == 2
        and any(low <= code[0] <= high for low, high in EVERYDAY[encoding])
        and code[1] >= SECOND_BYTE_FROM.get(encoding, 0)
    )


def _spelled(word: str) -> float:
    """Return how many letters beyond ASCII a word holds that are written as words are."""
    beyond = sum(c > "\x7f" for c in word)
    cyrillic = all("\u0400" <= c <= "\u04ff" for c in word)
    # é and ñ stand among plain letters; a word without any is another script, read wrongly
    latin = all(c < "\u0250" for c in word) and (2 * (len(word) - beyond) >= beyond)
    if len(word) == 1:
        return 0.5 if word.isalpha() else 0.0
    if not (word.isalpha() and (cyrillic or latin)):
        return 0.0
    if word[1:].islower():
        return beyond
    return 0.9 * beyond if word.isupper() else 0.0
