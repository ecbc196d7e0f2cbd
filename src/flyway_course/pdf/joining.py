"""Make one TrueType font of the pieces into which a web font is cut, with the characters wanted."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

RULE = re.compile(r"@font-face \{(.*?)\}", re.S)
FILE = re.compile(r"url\(\./(files/[^)]*\.woff2)\)")
RANGES = re.compile(r"unicode-range: ([^;]*);")
ASCII = set(range(32, 127))


def join(css: Path, fonts: Path, text: str, weight: int | None = None) -> str:
    """Write the font that draws `text` into the folder `fonts`; return its name, or nothing.

    The name holds a hash of what went in, so that a font that is there is taken as it is.

    Parameters
    ----------
    css
        A style sheet of @fontsource, which names the pieces.
    weight
        The weight to take from a variable font; the pieces of others have one weight.
    """
    rules = css.read_text(encoding="utf-8")
    wanted = {ord(sign) for sign in text} | ASCII
    told = f"{rules}{weight}{sorted(wanted)}"
    name = f"{css.parent.name}-{css.stem}-{hashlib.sha256(told.encode()).hexdigest()[:10]}.ttf"
    if (fonts / name).is_file():
        return name
    for noisy in ("fontTools.merge", "fontTools.subset"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as scratch:
        parts: list[str] = []
        for piece, meant_for in _pieces(css.parent, rules):
            here = {code for code in wanted if any(code in each for each in meant_for)}
            font = _cut(piece, here, weight) if here else None
            if font is not None:
                wanted -= set(font.getBestCmap())
                parts.append(str(Path(scratch) / f"{len(parts)}.ttf"))
                font.save(parts[-1])
        if not parts:
            return ""
        whole = fonts / f"{name}.part"
        if len(parts) > 1:
            Merger().merge(parts).save(whole)
        else:
            shutil.copyfile(parts[0], whole)
        whole.replace(fonts / name)
    return name


def _pieces(folder: Path, rules: str) -> Iterator[tuple[Path, list[range]]]:
    """The files that a style sheet names, each with the characters that it is for."""
    for rule in RULE.findall(rules):
        given = RANGES.search(rule)
        ends = (
            [part.strip()[2:].split("-") for part in given[1].split(",")]
            if given
            else [["0", "10FFFF"]]
        )
        yield (
            folder / FILE.search(rule)[1],
            [range(int(e[0], 16), int(e[-1], 16) + 1) for e in ends],
        )


def _cut(piece: Path, wanted: set[int], weight: int | None) -> TTFont | None:
    """The piece with nothing but the characters wanted, or None where it has none of them."""
    font = TTFont(piece, recalcTimestamp=False)  # the same font from the same pieces
    wanted = wanted & set(font.getBestCmap())
    if not wanted:
        return None
    options = Options(hinting=False, notdef_outline=True, layout_features=["kern", "mark", "mkmk"])
    options.drop_tables += ["STAT", "BASE", "vhea", "vmtx", "VORG"]  # of no use to lines of text
    if weight:  # Han and Hangul are set on a fixed grid: nothing to kern
        options.drop_tables += ["GPOS", "GSUB", "GDEF"]
    cutter = Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font.flavor = None
    return instantiateVariableFont(font, {"wght": weight}) if weight else font
