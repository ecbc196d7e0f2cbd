"""The fonts of the PDF: one small file for each script, made of what npm brings.

A borrowed laptop has no font for Hangul, Han or Kana, so the PDF carries its own. The packages cut
a font into a hundred pieces by Unicode range. A browser that prints from such pieces puts a seam
into the words of a text, so that nobody can search for them, and writes variable fonts as
drawings. So fontTools takes the characters that the book uses out of the pieces, at one weight, and
joins them into one TrueType font. Noto (OFL 1.1) serves the words; DejaVu (Bitstream Vera licence)
serves code and signs. They are for paper only: no web page loads them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from .errors import PdfError
from .joining import join

NOTO = "@fontsource/noto-sans"
DEJAVU = "dejavu-fonts-ttf/ttf"
WORDS = {("normal", 400): "400", ("italic", 400): "400-italic",
         ("normal", 700): "700", ("italic", 700): "700-italic"}  # fmt: skip
CODE = {("normal", 400): "DejaVuSansMono", ("italic", 400): "DejaVuSansMono-Oblique",
        ("normal", 700): "DejaVuSansMono-Bold", ("italic", 700): "DejaVuSansMono-BoldOblique"}  # fmt: skip
SIGNS = {("normal", 400): "DejaVuSans", ("normal", 700): "DejaVuSans-Bold"}
SCRIPTS = {"ko": "kr", "ja": "jp", "zh-Hans": "sc", "zh-Hant": "tc"}
"""Language of a text, and the package that draws its characters as its readers write them."""
FACE = (
    '@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: {weight}; '
    'src: url("fonts/{file}"); }}\n'
)


def write_fonts(modules: Path, folder: Path, texts: Mapping[str, str]) -> str:
    """Write the fonts into `folder/fonts` and return the style sheet that names them.

    Parameters
    ----------
    modules
        npm's `node_modules`, with the packages of `package.json`.
    folder
        Where the page to be printed lies. Fonts that are there and serve the same text stay.
    texts
        The characters to be drawn, by language; those of unmarked text under "".

    Raises
    ------
    PdfError
        The packages are not there.
    """
    if not (modules / NOTO).is_dir():
        raise PdfError(
            "The fonts of the PDF are not here: run `python3 course.py pdf`, which fetches them "
            "(it needs the internet once)."
        )
    fonts = folder / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    css = []

    def face(family: str, style: str, weight: int, file: str) -> None:
        css.append(FACE.format(family=family, style=style, weight=weight, file=file))

    everything = "".join(texts.values())
    for (style, weight), name in WORDS.items():
        face("Book", style, weight, join(modules / NOTO / f"{name}.css", fonts, everything))
    for family, faces in {"Book code": CODE, "Book signs": SIGNS}.items():
        for (style, weight), name in faces.items():
            shutil.copyfile(modules / DEJAVU / f"{name}.ttf", fonts / f"{name}.ttf")
            face(family, style, weight, f"{name}.ttf")
    families = ['"Book"', '"Book signs"']
    for language, name in SCRIPTS.items():
        own = _east_asian(texts.get(language, "") + texts.get("", ""))
        package = modules / f"@fontsource-variable/noto-sans-{name}" / "index.css"
        if own and (file := join(package, fonts, own, weight=400)):
            face(f"Book {name}", "normal", 400, file)
            families.append(f'"Book {name}"')
            rule = f'"Book", "Book {name}", "Book signs"'
            css.append(f":lang({language}) {{ font-family: {rule}, sans-serif !important; }}\n")
    stack = ", ".join(families)
    css.append(
        f":root {{ --words: {stack}, sans-serif; --code: 'Book code', {stack}, monospace; }}\n"
    )
    return "".join(css)


def _east_asian(text: str) -> str:
    """The characters of a text that Noto Sans itself does not have."""
    return "".join(sorted({sign for sign in text if ord(sign) >= 0x2E80}))
