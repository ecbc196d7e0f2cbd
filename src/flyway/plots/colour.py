"""The course's colours, and the arithmetic that carries them to dark paper.

Every colour here passes three measurements, held by `tests/flyway/test_plots.py`: contrast of at
least 3:1 on white paper, at least 3:1 on dark paper after `to_dark`, and a clear difference between
each pair for normal sight and for three kinds of colour blindness, on both papers.

Source of the colour space: Ottosson B 2020, "A perceptual color space for image processing"
<https://bottosson.github.io/posts/oklab/>. Lightness L is 0 (black) to 1 (white); a and b hold hue
and strength.
"""

from __future__ import annotations

import numpy as np

SPECIES = {"BFS": "#c25411", "WNC": "#2f80e6", "HC": "#3b2163"}
"""The fixed colour of each species: Black-faced Spoonbill, White-naped Crane, Hooded Crane."""

SPECIES_NAMES = {
    "BFS": "Black-faced Spoonbill",
    "WNC": "White-naped Crane",
    "HC": "Hooded Crane",
}
SPECIES_MARKERS = {"BFS": "o", "WNC": "^", "HC": "s"}
"""Matplotlib markers: a species is never told by colour alone."""

COLOURS = (
    "#1f5dc2",  # blue
    "#d37812",  # orange
    "#33a182",  # green
    "#a02a83",  # magenta
    "#01394a",  # night blue
    "#986bf6",  # violet
    "#71640b",  # olive
    "#620b05",  # dark red
)
"""Eight colours for regions and other categories, in the order to use them."""

INK, GREY, PAPER, DARK_PAPER = "#1d2430", "#6b7480", "#ffffff", "#14181e"
SEQUENTIAL, DIVERGING = "cividis", "RdBu"
"""Colour maps: amounts (cividis reads the same with colour blindness), and below/above a middle."""

_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LIGHTEST = 0.95  # black ink turns to this lightness: pure white on dark paper glares
_BEND = 1.4  # above 1, middle tones stay bright enough on dark paper (contrast 3:1 and more)


def rgb(colours: str | list[str] | tuple[str, ...]) -> np.ndarray:
    """Turn `#rrggbb` text into an array of shape (n, 3), values 0 to 1."""
    texts = [colours] if isinstance(colours, str) else list(colours)
    return np.array([[int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)] for text in texts])


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """Undo the screen's brightness curve (sRGB, IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: np.ndarray) -> np.ndarray:
    """Apply the screen's brightness curve; values outside 0 to 1 are cut."""
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def oklab(srgb: np.ndarray) -> np.ndarray:
    """Turn screen colours (n, 3) into OKLab lightness, a and b (n, 3)."""
    return np.cbrt(to_linear(srgb) @ _LMS.T) @ _LAB.T


def _linear_from_oklab(lab: np.ndarray) -> np.ndarray:
    return (lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T


def to_dark(srgb: np.ndarray, paper: str = DARK_PAPER) -> np.ndarray:
    """Recolour for dark paper: light and dark change places, the hue stays.

    White becomes exactly `paper`. Where the screen cannot show a colour that strong, its strength
    is lowered until it can. Takes and gives sRGB, shape (n, 3), values 0 to 1.
    """
    floor = oklab(rgb(paper))[0]
    lab = oklab(np.asarray(srgb, dtype=float))
    light = np.clip(lab[:, 0], 0, 1) ** _BEND
    lab[:, 0] = _LIGHTEST - (_LIGHTEST - floor[0]) * light
    # The paper's own faint tint comes in with lightness, so that white lands on the paper.
    tint = np.outer(light**8, floor[1:])
    result, waiting = np.empty_like(lab), np.ones(len(lab), dtype=bool)
    for strength in np.linspace(1, 0, 41):
        trial = _linear_from_oklab(np.column_stack([lab[:, 0], lab[:, 1:] * strength + tint]))
        fits = waiting & (trial.min(axis=1) > -1e-3) & (trial.max(axis=1) < 1 + 1e-3)
        result[fits], waiting[fits] = trial[fits], False
    result[waiting] = trial[waiting]
    return to_srgb(result)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light = to_linear(rgb([first, second])) @ np.array([0.2126, 0.7152, 0.0722]) + 0.05
    return float(light.max() / light.min())


def dark_colour(colour: str, paper: str = DARK_PAPER) -> str:
    """Give the `#rrggbb` that `to_dark` makes of one colour."""
    values = np.round(to_dark(rgb(colour), paper)[0] * 255).astype(int)
    return "#{:02x}{:02x}{:02x}".format(*values)
