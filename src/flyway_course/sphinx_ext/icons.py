"""The theme's icons: fonts cut down to the icons that the book shows (152 KB become about 2 KB)."""

from __future__ import annotations

import logging
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it reports every table it cuts

FACES = {
    "fa-solid-900": ("Font Awesome 6 Free", 900),
    "fa-regular-400": ("Font Awesome 6 Free", 400),
    "fa-brands-400": ("Font Awesome 6 Brands", 400),
}
"""File name -> (family, weight). A face is written only if the solid one lacks an icon."""


def cut_fonts(icons: set[int], source: Path, target: Path) -> str:
    """Write the fonts that `icons` (code points) need into `target`; give their `@font-face` rules.

    `source` holds the theme's `.woff2` files. Raises ValueError if no font has one of the icons.
    """
    missing, rules = set(icons), []
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("icons-*.woff2"):
        old.unlink()
    for name, (family, weight) in FACES.items():
        place = source / f"{name}.woff2"
        if not missing or not place.is_file():
            continue
        font = TTFont(place)
        inside = missing & set(font.getBestCmap())
        if not inside:
            continue
        options = subset.Options(
            flavor="woff2", layout_features=[], hinting=False, notdef_outline=True
        )
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=inside)
        cutter.subset(font)
        font.flavor = "woff2"
        font["head"].modified = font["head"].created  # the same icons give the same bytes
        font.recalcTimestamp = False
        written = target / f"icons-{name}.woff2"
        font.save(written)
        missing -= inside
        rules.append(
            f'@font-face{{font-family:"{family}";font-style:normal;font-weight:{weight};'
            f"font-display:block;src:url({written.name}) format('woff2')}}\n"
        )
    if missing:
        names = ", ".join(f"U+{code:04X}" for code in sorted(missing))
        raise ValueError(f"no icon font has the icons {names}: use another icon in the template.")
    return "".join(rules)
