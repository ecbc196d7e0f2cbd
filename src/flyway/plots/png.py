"""Figures as small pictures: a palette of 64 colours, and a twin for dark paper.

A chart needs few colours. A PNG with a palette of 64 is a quarter of the size of a full one, text
stays sharp, and recolouring is a change of the palette alone.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from flyway.plots.colour import DARK_PAPER, to_dark

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCALE = 2
"""Picture points per point on the page: sharp on phones."""


def _palette(pixels: np.ndarray, colours: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose a palette for `pixels` (h, w, 3) and give (indices (h, w), palette (k, 3)).

    The commonest colours (paper, lines, fills) are kept exactly; the soft edges of letters and
    lines share what is left, by median cut.
    """
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    keys, counts = np.unique(packed.ravel(), return_counts=True)
    place = np.zeros(keys[-1] + 1, dtype=np.uint8)  # from a colour to its place in the palette
    exact = np.column_stack([keys >> 16, keys >> 8 & 255, keys & 255]).astype(np.uint8)
    if len(keys) <= colours:
        place[keys] = np.arange(len(keys))
        return place[packed], exact
    kept = exact[np.argsort(-counts, kind="stable")[: colours // 2]]
    rest = Image.fromarray(exact[np.newaxis]).quantize(
        colours - len(kept), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    shared = np.array(rest.getpalette(), dtype=np.uint8).reshape(-1, 3)[: colours - len(kept)]
    palette = np.concatenate([kept, shared])
    nearest = np.empty(len(exact), dtype=np.intp)
    for start in range(0, len(exact), 4096):  # in parts, so that memory stays small
        part = exact[start : start + 4096, np.newaxis].astype(np.int32)
        nearest[start : start + 4096] = ((part - palette) ** 2).sum(axis=2).argmin(axis=1)
    place[keys] = nearest
    return place[packed], palette


def _write(indices: np.ndarray, palette: np.ndarray) -> bytes:
    image = Image.fromarray(indices.astype(np.uint8), mode="P")
    image.putpalette(palette.astype(np.uint8).ravel().tolist())
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def save_png(fig: Figure, colours: int = 64, scale: float = SCALE) -> bytes:
    """Draw a figure as a small PNG. The same figure always gives the same bytes.

    fig : a matplotlib figure. colours : colours in its palette, 2 to 256. scale : points of the picture
    for each point of the figure at 100 dots per inch.

    Returns the bytes of the PNG.
    Errors: ValueError for fewer than 2 or more than 256 colours.
    """
    if not 2 <= colours <= 256:
        raise ValueError(f"colours is {colours}: a PNG palette holds 2 to 256 colours.")
    raw = io.BytesIO()
    fig.savefig(raw, format="rgba", dpi=100 * scale)
    size = tuple(int(inches * 100 * scale) for inches in fig.get_size_inches())
    picture = Image.frombytes("RGBA", size, raw.getvalue())
    paper = Image.new("RGBA", picture.size, "white")  # see-through paper becomes white
    paper.alpha_composite(picture)
    return _write(*_palette(np.asarray(paper.convert("RGB")), colours))


def dark_twin(png_bytes: bytes, paper: str = DARK_PAPER) -> bytes:
    """Recolour a picture for dark paper: white paper turns dark, ink turns light, hues stay.

    A palette PNG keeps its pixels and gets a new palette; any other picture is brought to 256
    colours first. See-through parts stay see-through.

    png_bytes : the bytes of a picture. paper : colour of the dark paper.

    Returns the bytes of the new picture. Errors: ValueError if the bytes are not a picture.
    """
    try:
        picture = Image.open(io.BytesIO(png_bytes))
        picture.load()
    except OSError as error:
        raise ValueError("dark_twin needs the bytes of a PNG picture.") from error
    if picture.mode == "P" and picture.format == "PNG":
        return _with_recoloured_palette(png_bytes, paper)
    if "A" in picture.getbands() or "transparency" in picture.info:
        return _dark_with_alpha(picture.convert("RGBA"), paper)
    indices, palette = _palette(np.asarray(picture.convert("RGB")), 256)
    return _write(indices, _recolour(palette, paper))


def _with_recoloured_palette(png: bytes, paper: str) -> bytes:
    """The same file with another palette: pixels and see-through parts are not even unpacked."""
    parts, at = [png[:8]], 8
    while at < len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : end]
        if kind == b"PLTE":
            colours = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
            data = _recolour(colours, paper).tobytes()
        parts += [png[at : at + 4], kind, data, zlib.crc32(kind + data).to_bytes(4)]
        at = end + 4
    return b"".join(parts)


def _recolour(values: np.ndarray, paper: str) -> np.ndarray:
    return np.round(to_dark(values / 255, paper) * 255).astype(np.uint8)


def _dark_with_alpha(picture: Image.Image, paper: str) -> bytes:
    pixels = np.array(picture)
    indices, palette = _palette(pixels[..., :3], 256)
    pixels[..., :3] = _recolour(palette, paper)[indices]
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", optimize=True)
    return out.getvalue()
