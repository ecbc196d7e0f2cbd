"""Widgets: the same call is live with a kernel and plain HTML on the page."""

import base64
import functools
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from flyway.detection.observer import observer_ratio
from flyway.simulate.flocks import NEAREST, flock
from flyway.widgets import ExploreError, explore, flock_game, guess_flocks
from flyway.widgets.guess_live import GuessFlocks

GUESS_JS = Path(__file__).parents[2] / "book" / "_static" / "guess.js"


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("FLYWAY_STATIC", "1")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("FLYWAY_STATIC", raising=False)


@pytest.fixture(autouse=True)
def no_figure_left():
    plt.close("all")
    yield
    assert plt.get_fignums() == [], "a widget left a figure open"


def draw(month=1, bird="HC"):
    ax = plt.subplots()[1]
    ax.plot([0, month], label=bird)
    ax.set_title(f"{bird} {month}")
    return ax


def words(month=1, bird="HC"):
    return f"{bird} in month {month}."


class Tags(HTMLParser):
    """The tags of a page as (name, attributes), and what stays open."""

    VOID = ("img", "input", "br", "meta", "link")

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def make(**given):
    return explore(draw, alt=words, **given)


# --- explore on the page -------------------------------------------------------------------------


def test_the_page_holds_each_state_with_its_own_words(static):
    widget = make(
        month=[1, 2, 3], bird=["HC", "BFS"], labels={"month": "Month <b>"}, caption="A & B"
    )
    page = Tags(widget.html)
    assert page.open == []
    figure = page.all("figure")[0]
    assert "data-fw-explore" in figure and figure["aria-labelledby"] == figure["id"] + "-caption"
    states = [img for img in page.all("img") if "data-state" in img]
    assert [img["data-state"] for img in states] == ["0,0", "0,1", "1,0", "1,1", "2,0", "2,1"]
    assert [img["alt"] for img in states][:2] == ["HC in month 1.", "BFS in month 1."]
    assert len({img["src"] for img in states}) == 6, "each state has its own picture"
    first = page.all("img")[0]
    assert first["class"] == "fw-figure fw-first" and first["src"] == states[0]["src"]
    assert first["width"] == "640" and first["height"] == "380"
    slider = page.all("input")[0]
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "2", "0")
    assert json.loads(slider["data-values"]) == ["1", "2", "3"] and slider["aria-valuetext"] == "1"
    assert [option["value"] for option in page.all("option")] == ["0", "1"]
    labels = [label["for"] for label in page.all("label")]
    assert labels == [slider["id"], page.all("select")[0]["id"]]
    assert "Month &lt;b&gt;" in widget.html and "A &amp; B" in widget.html
    assert "style=" not in widget.html and "<script" not in widget.html


def test_without_a_caption_the_widget_still_has_a_name(static):
    assert Tags(make(month=[1, 2]).html).all("figure")[0]["aria-label"] == "Explore: Month"


def test_the_same_widget_gives_the_same_bytes_and_another_another_id(static):
    first, second, other = (make(month=months).html for months in ([1, 2], [1, 2], [1, 3]))
    assert first == second
    ids = [Tags(text).all("figure")[0]["id"] for text in (first, other)]
    assert ids[0] != ids[1]


def test_values_of_numpy_and_named_values(static):
    def shape(month):
        assert type(month) is int
        return draw(month)

    page = Tags(explore(shape, alt=words, month=np.arange(1, 3)).html)
    assert json.loads(page.all("input")[0]["data-values"]) == ["1", "2"]
    page = Tags(explore(shape, alt=words, month={"January": 1, "May": 5}).html)
    assert json.loads(page.all("input")[0]["data-values"]) == ["January", "May"]
    page = Tags(explore(lambda p: draw(), alt=lambda p: "a", p=[0.1, 0.30000000000000004]).html)
    assert json.loads(page.all("input")[0]["data-values"]) == ["0.1", "0.3"]


@pytest.mark.parametrize("world", ["static", "live"])
@pytest.mark.parametrize(
    ("given", "kind", "says"),
    [
        ({}, ValueError, "something to move"),
        ({"month": []}, ValueError, "month is an empty list"),
        ({"month": [1, 2, 1]}, ValueError, "month holds 1 twice"),
        ({"month": [1, "May"]}, TypeError, "month mixes words and numbers"),
        ({"month": "May"}, TypeError, r"month=\['May'\]"),
        ({"month": 3}, TypeError, "give a list"),
        ({"month": [1.0, float("nan")]}, ValueError, "month holds nan"),
        ({"month": range(121)}, ValueError, "121 pictures: 120 at most"),
        ({"month": range(12), "bird": list("abcdefghijklm")}, ValueError, "12 × 13 values"),
        ({"month": [1], "labels": {"moth": "Month"}}, ValueError, "labels names 'moth'"),
    ],
)
def test_bad_lists_are_named(request, world, given, kind, says):
    request.getfixturevalue(world)
    with pytest.raises(kind, match=says):
        make(**given)


@pytest.mark.parametrize("world", ["static", "live"])
def test_a_drawing_that_fails_is_named_with_its_values(request, world):
    request.getfixturevalue(world)

    def broken(month):
        plt.subplots()
        if month == 1:
            raise KeyError("no such site")
        return draw(month)

    with pytest.raises(ExploreError, match=r"broken\(month=1\) failed: KeyError: 'no such site'"):
        explore(broken, alt=words, month=[1, 2])
    with pytest.raises(ExploreError, match=r"broken\(month=1\) failed"):
        explore(functools.partial(broken), alt=words, month=[1, 2])
    with pytest.raises(ExploreError, match=r"returned nothing: end the function with `return ax`"):
        explore(lambda month: None, alt=words, month=[1])
    with pytest.raises(ExploreError, match="returned int"):
        explore(lambda month: 3, alt=words, month=[1])
    with pytest.raises(ExploreError, match="return a sentence"):
        explore(draw, alt=lambda month: None, month=[1])
    with pytest.raises(ExploreError, match="failed: ZeroDivisionError"):
        explore(draw, alt=lambda month: 1 / 0, month=[1])
    with pytest.raises(TypeError, match="alt as a function of month, but it is str"):
        explore(draw, alt="A plot.", month=[1])
    with pytest.raises(TypeError, match="fn as a function"):
        explore(None, alt=words, month=[1])


# --- explore with a kernel -----------------------------------------------------------------------


def test_live_controls_move_the_picture_and_draw_each_once(live):
    calls = []

    def counted(month, bird):
        calls.append((month, bird))
        return draw(month, bird)

    box = explore(
        counted, alt=words, month=[1, 2], bird=["HC", "BFS"], labels={"month": "Month"}, caption="c"
    )
    slider, choice, picture, caption = box.children
    assert slider.description == "Month" and choice.description == "Bird"
    assert 'alt="HC in month 1."' in picture.value and "c" in caption.value
    slider.value = 1
    choice.value = 1
    assert 'alt="BFS in month 2."' in picture.value
    choice.value = 0
    choice.value = 1
    assert calls == [(1, "HC"), (2, "HC"), (2, "BFS")]


def test_live_errors_of_a_later_value_are_shown_in_place(live):
    def broken(month):
        return draw(month) if month == 1 else 1 / 0

    slider, picture = explore(broken, alt=words, month=[1, 2]).children
    slider.value = 1
    assert 'role="alert"' in picture.value and "broken(month=2) failed" in picture.value
    slider.value = 0
    assert 'alt="HC in month 1."' in picture.value


# --- simulated flocks ----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["cluster", "line", "scatter"])
@pytest.mark.parametrize("n", [1, 2, 12, 137, 1500])
def test_a_flock_has_exactly_n_birds_that_can_all_be_seen(shape, n):
    points = flock(n, shape=shape, seed=n)
    assert points.shape == (n, 2)
    assert np.allclose(points.min(axis=0) + points.max(axis=0), 0)
    if n > 1:
        assert nearest(points).min() >= NEAREST - 1e-9
    assert np.array_equal(points, flock(n, shape=shape, seed=n))
    assert n == 1 or not np.array_equal(points, flock(n, shape=shape, seed=n + 1))


def nearest(points):
    gaps = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    return gaps.min(axis=1)


@pytest.mark.parametrize("overlap", [0, 0.1, 0.25, 0.5])
def test_overlap_is_the_share_that_stands_in_front_of_another(overlap):
    near = (nearest(flock(400, overlap=overlap, seed=3)) < 1).mean()
    assert overlap <= near <= 3 * overlap  # those in front, and the one to three behind each


def test_a_denser_flock_is_smaller():
    loose, dense = (np.ptp(flock(300, shape="scatter", density=d, seed=1)) for d in (0.05, 0.4))
    assert dense < loose / 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"n": 0}, "1 to 5,000"),
        ({"n": 2.5}, "whole number"),
        ({"n": 5, "shape": "ring"}, "cluster, line, scatter"),
        ({"n": 5, "density": 0}, "density is 0"),
        ({"n": 5, "overlap": 1.2}, "overlap is 1.2"),
    ],
)
def test_flocks_that_cannot_be_made_say_why(given, says):
    with pytest.raises(ValueError, match=says):
        flock(**given, seed=1)


def test_every_bird_is_drawn_once_and_stands_out_from_the_ground():
    from flyway.plots.birds import draw_flock

    points = flock(40, seed=2)
    fig = draw_flock(points, "BFS")
    (birds,) = (c for c in fig.axes[0].collections if len(c.get_offsets()) > 1)
    offsets = np.unique(np.asarray(birds.get_offsets()), axis=0)
    assert np.allclose(offsets, np.unique(points, axis=0))
    plt.close(fig)
    with pytest.raises(ValueError, match="species is 'owl'"):
        draw_flock(points, "owl")
    with pytest.raises(ValueError, match="one row per bird"):
        draw_flock(points.ravel())


# --- the counting game ---------------------------------------------------------------------------


def test_the_game_has_ten_flocks_of_known_size_and_a_practice_flock():
    flocks = flock_game.make_flocks(None, seed=12)
    sizes = [f.n for f in flocks[1:]]
    assert len(sizes) == 10 and min(sizes) >= 12 and 1200 <= max(sizes) <= 1500
    assert sizes != sorted(sizes)
    assert flocks[0].name == "Practice flock"
    assert [f.n for f in flock_game.make_flocks([20, 300], seed=1)[1:]] == [20, 300]
    assert not any(str(f.n) in f.alt for f in flocks), "the words do not tell the number"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"sizes": [10]}, "1 flocks: give 2 to 20"),
        ({"sizes": [10, 0]}, "a flock of 0 birds"),
        ({"sizes": [10, 2.5]}, "a flock of 2.5 birds"),
        ({"seconds": 0}, "seconds is 0"),
    ],
)
def test_games_that_cannot_be_played_say_why(given, says):
    with pytest.raises(ValueError, match=says):
        guess_flocks(**given, seed=1)


def test_the_page_shows_each_flock_with_its_truth_in_a_fold(static):
    widget = guess_flocks([20, 60], seconds=4, seed=1)
    page = Tags(widget.html)
    assert page.open == []
    flocks = [f for f in page.all("figure") if "data-fw-flock" in f]
    assert [f["data-n"] for f in flocks] == ["36", "20", "60"]
    assert page.all("details") and "Flock 2 of 2: 60 birds." in widget.html
    pictures = page.all("img")
    assert len({img["src"] for img in pictures}) == 3
    assert all(img["alt"] and img["loading"] == "lazy" for img in pictures)
    data = base64.b64decode(pictures[0]["src"].split(",")[1])
    assert Image.open(io.BytesIO(data)).mode == "P"
    named = {label["for"] for label in page.all("label")}
    assert {page.all("select")[0]["id"], page.all("input")[0]["id"]} == named
    chosen = [option["value"] for option in page.all("option") if "selected" in option]
    assert chosen == ["4"] and page.all("option")[-1]["value"] == "0", (
        "the clock can be switched off"
    )
    assert widget.html == guess_flocks([20, 60], seconds=4, seed=1).html


class Clock:
    """Stands in for the event loop: what was asked for runs when the test says so."""

    def __init__(self):
        self.waiting = []

    def __call__(self, seconds, action):
        self.waiting.append((seconds, action))

    def ring(self):
        waiting, self.waiting = self.waiting, []
        for _, action in waiting:
            action()


def play(estimates, sizes=(20, 100, 400)):
    clock = Clock()
    game = GuessFlocks(flock_game.make_flocks(list(sizes), seed=5), 4, later=clock)
    for estimate in estimates:
        game.show_flock()
        assert "<img" in game._stage.value
        assert clock.waiting[-1][0] == 4
        clock.ring()
        assert "<img" not in game._stage.value, "the flock has gone"
        game.answer(estimate)
    return game


def test_the_live_game_gives_the_learners_own_bias(live):
    game = play([36, 16, 80, 320])
    assert game.results.to_dict("list") == {
        "flock": [1, 2, 3], "truth": [20, 100, 400], "estimate": [16, 80, 320], "ratio": [0.8] * 3,
    }  # fmt: skip
    assert game.result.sentence == "You counted 20\u00a0% low; between 20\u00a0% and 20\u00a0% low."
    assert "20\u00a0% low" in game._status.value
    assert "<img" in game._end.children[0].value and "<table" in game._end.children[1].value


def test_a_skipped_flock_is_left_out_and_a_wrong_number_is_asked_again(live):
    game = play([36, None, 80])
    game.show_flock()
    game.answer(0)
    assert "1 or more" in game._status.value and len(game.results) == 1
    game.answer(500)
    assert game.results["flock"].tolist() == [2, 3]


def test_no_limit_keeps_the_flock_in_view_and_an_old_clock_hides_nothing(live):
    clock = Clock()
    game = GuessFlocks(flock_game.make_flocks([20, 30], seed=5), 4, later=clock)
    game.show_flock()
    game.answer(30)
    game._time.value = 0.0
    game.show_flock()
    assert len(clock.waiting) == 1
    clock.ring()
    assert "<img" in game._stage.value


def test_a_game_of_skips_has_no_result(live):
    game = play([None] * 4)
    assert game.results.empty and "no result" in game._status.value


TRUTHS = [20, 45, 110, 300, 820, 1500]
GAMES = [
    [15, 40, 80, 250, 500, 900],
    [22, 44, 130, 250, 900, 1400],
    [30, 60, 180, 420, 1200, 2100],
    [20, 45, 110, 300, 820, 1500],
    [20, 46, 108, 303, 812, 1530],
    [10, 90, 50, 600, 400, 3200],
]


@pytest.mark.parametrize("estimates", GAMES)
def test_the_summary_agrees_with_the_method_of_the_course(estimates):
    mine, course = flock_game.summarise(TRUTHS, estimates), observer_ratio(estimates, TRUTHS)
    assert mine.ratio == pytest.approx(course.estimate)
    assert (mine.lower, mine.upper) == pytest.approx(course.interval(), rel=1e-4)


@pytest.mark.parametrize(
    ("ratio", "lower", "upper", "says"),
    [
        (0.77, 0.65, 0.92, "You counted 23 % low; between 35 % and 8 % low."),
        (1.12, 1.03, 1.22, "You counted 12 % high; between 3 % and 22 % high."),
        (
            0.95,
            0.8,
            1.12,
            "You counted 5 % low, but that may be chance: between 20 % low and 12 % high.",
        ),
        (1.001, 0.9, 1.1, "You counted right on average; between 10 % low and 10 % high."),
        (0.9, 0.81, 0.998, "You counted 10 % low; between 19 % low and 0 %."),
    ],
)
def test_the_sentence_says_direction_size_and_doubt(ratio, lower, upper, says):
    assert flock_game.sentence_for(ratio, lower, upper).replace("\u00a0", " ") == says


def test_the_page_computes_the_same_as_python():
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not on the path: `python3 course.py test` brings it")
    games = [*GAMES, [25]]
    pairs = [list(zip(TRUTHS, game, strict=False)) for game in games]
    code = (
        f"require({json.dumps(str(GUESS_JS))});"
        f"const t={json.dumps(flock_game.t_table())};"
        f"console.log(JSON.stringify({json.dumps(pairs)}.map(p=>FlywayGuess.summarise(p,t))))"
    )
    out = subprocess.run(
        [node, "-e", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    for game, page in zip(games, json.loads(out.stdout), strict=True):
        mine = flock_game.summarise(TRUTHS[: len(game)], game)
        assert page["sentence"] == mine.sentence and page["n"] == mine.n
        if mine.n > 1:
            assert (page["ratio"], page["lower"], page["upper"]) == pytest.approx(
                (mine.ratio, mine.lower, mine.upper)
            )


def test_the_script_names_only_parts_that_the_page_has(static):
    names = set(re.findall(r'data-fw="(\w+)"', guess_flocks([20, 60], seed=1).html))
    asked = re.search(r"= *\n? *\[([^]]+)\]\.map\(part\)", GUESS_JS.read_text(encoding="utf-8"))
    assert set(re.findall(r"\w+", asked.group(1))) == names


@pytest.mark.browser
@pytest.mark.parametrize("seconds", ["4", "0"])
def test_the_game_is_played_with_the_keyboard_alone(static, chromium, tmp_path, seconds):
    for name in ("guess.js", "guess.css"):
        shutil.copy(GUESS_JS.with_name(name), tmp_path / name)
    (tmp_path / "game.html").write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Game</title>'
        f'<body>{guess_flocks([20, 60, 200], seconds=4, seed=1).html}<script src="guess.js"></script>',
        encoding="utf-8",
    )
    with chromium.new_context() as context:
        page = context.new_page()
        trouble = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.clock.install(time=0)
        page.goto((tmp_path / "game.html").as_uri())
        page.clock.pause_at(60_000)  # from here on time runs only when the test says so
        page.get_by_label("Time to look").select_option(seconds)
        status, stage = page.locator("[data-fw=status]"), page.locator("[data-fw=stage]")
        page.locator("[data-fw=show]").focus()

        def look():
            page.keyboard.press("Enter")  # on "Show ...", which holds the focus
            status.filter(has_text="This is").wait_for()
            assert stage.locator("img").count() == 1
            if seconds == "4":
                page.clock.fast_forward(3900)
                assert stage.locator("img").count() == 1
                page.clock.fast_forward(200)
                assert stage.inner_text() == "How many birds were there?"

        look()
        page.keyboard.type("30")
        page.keyboard.press("Enter")
        assert "There were 36." in status.inner_text()
        look()
        page.keyboard.press("Enter")
        assert page.locator("[data-fw=answer]").is_visible(), "a blank is not written down"
        page.locator("[data-fw=skip]").press("Enter")
        for answer in ("48", "160"):
            look()
            page.keyboard.type(answer)
            page.keyboard.press("Enter")
        assert status.inner_text() == flock_game.summarise([60, 200], [48, 160]).sentence
        assert page.locator("[data-fw=end] tbody tr").count() == 2
        assert page.locator("[data-fw=end] circle").count() == 2
        page.keyboard.press("Enter")  # "Start again" holds the focus
        assert page.locator("[data-fw=show]").inner_text() == "Show the practice flock"
        assert trouble == []
