"""The palette can be told apart by everyone, on both papers; figures carry words."""

import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from flyway import plots
from flyway.plots.colour import contrast, dark_colour, oklab, rgb, to_linear, to_srgb

# Machado, Oliveira & Fernandes 2009, doi:10.1109/TVCG.2009.113, severity 1, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_figure_left():
    plt.close("all")
    yield
    plt.close("all")


def difference(first, second, sight):
    """Distance in OKLab x 100, as seen by one kind of sight (2 is just noticeable)."""
    seen = to_srgb(to_linear(rgb([first, second])) @ SIGHT[sight].T)
    return 100 * np.linalg.norm(np.subtract(*oklab(seen)))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("paper", ["white", "dark"])
@pytest.mark.parametrize(
    ("palette", "least"), [(list(plots.SPECIES.values()), 18), (list(plots.COLOURS), 9.5)]
)
def test_each_pair_of_colours_differs_for_every_sight(palette, least, paper, sight):
    if paper == "dark":
        palette = [dark_colour(colour) for colour in palette]
    pairs = {pair: difference(*pair, sight) for pair in itertools.combinations(palette, 2)}
    closest = min(pairs, key=pairs.get)
    assert pairs[closest] >= least, f"{closest} differ by {pairs[closest]:.1f} for {sight} sight"


@pytest.mark.parametrize("colour", [*plots.SPECIES.values(), *plots.COLOURS, plots.GREY])
def test_colours_stand_out_from_both_papers(colour):
    assert contrast(colour, plots.PAPER) >= 3
    assert contrast(dark_colour(colour), plots.DARK_PAPER) >= 3


def test_text_is_readable_on_both_papers():
    assert contrast(plots.INK, plots.PAPER) >= 7
    assert contrast(dark_colour(plots.INK), plots.DARK_PAPER) >= 7


def test_white_becomes_the_dark_paper_and_hues_stay():
    assert dark_colour("#ffffff") == plots.DARK_PAPER
    assert dark_colour("#ffffff", paper="#222832") == "#222832"
    for colour in plots.SPECIES.values():
        a, b = oklab(rgb(colour))[0][1:], oklab(rgb(dark_colour(colour)))[0][1:]
        turn = np.degrees(np.arctan2(a[1], a[0]) - np.arctan2(b[1], b[0]))
        assert abs((turn + 180) % 360 - 180) < 8, colour


def chart():
    ax = plt.subplots()[1]
    ax.plot([2020, 2021, 2022], [10, 30, 20], color=plots.SPECIES["BFS"])
    ax.set(xlabel="Year", ylabel="Birds")
    return ax


def test_a_figure_is_a_small_palette_png_of_the_right_size():
    shown = plots.show(chart(), alt="Counts rise, then fall.")
    picture = Image.open(io.BytesIO(shown.png))
    assert picture.mode == "P" and picture.size == (1280, 760)
    assert len(picture.getcolors()) <= 64
    assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    assert tuple((rgb(plots.SPECIES["BFS"])[0] * 255).round().astype(int)) in {
        colour for _, colour in picture.convert("RGB").getcolors()
    }, "a line keeps its exact colour"
    assert len(shown.png) < 40_000


def test_the_same_figure_gives_the_same_bytes():
    assert plots.show(chart(), alt="a").png == plots.show(chart(), alt="a").png


def test_html_escapes_the_words_and_gives_the_size():
    html = plots.show(chart(), alt='More than "5" & < 9')._repr_html_()
    assert 'class="fw-figure"' in html and 'width="640" height="380"' in html
    assert 'alt="More than &quot;5&quot; &amp; &lt; 9"' in html
    assert 'src="data:image/png;base64,' in html


@pytest.mark.parametrize(
    "drawing",
    [
        lambda: plt.figure(),
        lambda: plt.subplots()[1],
        lambda: plt.subplots(2, 2)[1],
        lambda: list(plt.subplots(1, 2)[1]),
        lambda: pd.DataFrame({"a": [1, 2], "b": [2, 1]}).plot(subplots=True),
        lambda: __import__("seaborn").relplot(
            pd.DataFrame({"x": [1, 2], "y": [2, 3]}), x="x", y="y"
        ),
        lambda: __import__("seaborn").lineplot(x=[1, 2], y=[2, 3]),
    ],
)
def test_show_takes_every_kind_of_plot_and_closes_it(drawing):
    assert plots.show(drawing(), alt="A plot.").png.startswith(b"\x89PNG")
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_figure_without_words_is_refused(alt):
    with pytest.raises(ValueError, match="needs alt"):
        plots.show(chart(), alt=alt)


def test_something_that_is_no_figure_is_named():
    with pytest.raises(TypeError, match="this is DataFrame"):
        plots.show(pd.DataFrame({"a": [1]}), alt="A table.")


def test_the_dark_twin_keeps_the_pixels_and_changes_the_paper():
    light = plots.show(chart(), alt="a").png
    dark = plots.dark_twin(light)
    first, second = Image.open(io.BytesIO(light)), Image.open(io.BytesIO(dark))
    assert np.array_equal(np.asarray(first), np.asarray(second))
    assert second.convert("RGB").getpixel((2, 2)) == tuple(
        (rgb(plots.DARK_PAPER)[0] * 255).round().astype(int)
    )
    assert abs(len(dark) - len(light)) < 500


def test_the_dark_twin_takes_full_colour_and_see_through_pictures():
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, "PNG")
    assert Image.open(io.BytesIO(plots.dark_twin(out.getvalue()))).convert("RGB").getpixel(
        (0, 0)
    ) == (20, 24, 30)
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(plots.dark_twin(out.getvalue()))).getpixel((0, 0))[3] == 0
    with pytest.raises(ValueError, match="PNG picture"):
        plots.dark_twin(b"not a picture")


COUNTS = pd.DataFrame(
    {
        "species": ["BFS"] * 3 + ["HC"] * 3,
        "year": [2021, 2022, 2023] * 2,
        "count": [5222, 6162, 6633, 15511, None, 7686],
    }
)


def test_line_counts_labels_lines_in_their_fixed_colours():
    ax = plots.line_counts(COUNTS, "year", "count", "species")
    labels = {text.get_text(): text.get_color() for text in ax.texts}
    assert labels == {
        "Black-faced Spoonbill": plots.SPECIES["BFS"],
        "Hooded Crane": plots.SPECIES["HC"],
    }
    assert np.isnan(ax.get_lines()[1].get_ydata()[1]), "a missing count is a gap, not a zero"
    ax.figure.draw_without_rendering()
    assert "6,000" in [tick.get_text() for tick in ax.get_yticklabels()]


def test_labels_of_lines_that_end_together_do_not_touch():
    data = pd.DataFrame({"site": list("abcd") * 2, "year": [1] * 4 + [2] * 4, "count": [5] * 8})
    ax = plots.line_counts(data, "year", "count", "site")
    heights = sorted(text.get_position()[1] for text in ax.texts)
    assert min(np.diff(heights)) >= plt.rcParams["legend.fontsize"]


def test_line_counts_names_a_wrong_column_a_zero_and_too_many_groups():
    with pytest.raises(KeyError, match=r"no column 'cuont'.*species, year, count"):
        plots.line_counts(COUNTS, "year", "cuont")
    with pytest.raises(ValueError, match="count is 0 in row 7"):
        plots.line_counts(
            pd.DataFrame({"year": [1], "count": [0]}, index=[7]), "year", "count", log=True
        )
    many = pd.DataFrame({"g": range(9), "year": 1, "count": 1})
    with pytest.raises(ValueError, match="9 groups, but only 8 colours"):
        plots.line_counts(many, "year", "count", "g")
