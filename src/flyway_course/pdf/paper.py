"""Turn what moves and folds on a page into what can stand on paper.

- A moving picture is shown in its first state; a line below says what it shows, which other values
  there are, and where it moves.
- A question keeps its choices as a list; its answer goes to the end (`notes`).
- Hints, solutions, answers to compare with, what a prediction reveals, the true sizes of flocks and hidden code do too.
- Every other fold is opened.
- A map is a still picture, and the list of its places stays.
- What a check says to somebody who has not answered is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from bs4 import Tag

from .article import Article, element
from .notes import Notes, page_of, pointer

LINES = '<div class="lines"><span></span><span></span><span></span></div>'
TAKEN = ".fw-answer, .fw-reveal, .fw-fold, .solution, .hint"
StillMap = Callable[[str], str]


def put_on_paper(article: Article, still_map: StillMap) -> Notes:
    """Change an article in place; return what was taken out of it.

    still_map: turns the address of a map's page into that of its picture.
    """
    notes, body = Notes(article), article.body
    where = f"lesson {article.number}" if article.number else f"the page “{article.title}”"
    for game in body.select("[data-fw-guess]"):
        _flocks(game, notes, where)
    for unanswered in body.select(".fw-check-no-answer"):
        (unanswered.find_parent(class_="cell_output") or unanswered).decompose()
    for fold in body.select("details.hide"):
        _code(fold, notes)
    for figure in body.select("figure.fw-explore"):
        _moving(figure, where)
    for holder in body.select("[data-fw-map]"):
        _map(holder, where, still_map)
    for fold in body.select(f"details:not({TAKEN})"):
        _open(fold)
    for number, quiz in enumerate(body.select(".fw-quiz"), 1):
        _question(quiz, number, notes)
    for box in body.select(".fw-predict"):
        _prediction(box, notes)
    for fold in body.select("details.hint"):
        _fold(fold, "hints", "Hint", f"Hint: {_heading_before(fold)}", notes)
    for fold in body.select("details.solution"):
        _fold(fold, "answers", "Solution", _summary(fold), notes)
    for fold in body.select("details.fw-fold"):  # other answers that a lesson folds away
        words = _summary(fold)
        _fold(fold, "answers", words, f"{words}: {_heading_before(fold)}", notes)
    for control in body.select("input, select, textarea, output, form, fieldset"):
        control.unwrap()
    return notes


def _summary(fold: Tag) -> str:
    return " ".join(fold.summary.get_text().split()) if fold.summary else ""


def _heading_before(tag: Tag) -> str:
    heading = tag.find_previous(["h1", "h2", "h3"])
    return " ".join(heading.get_text().split()) if heading else ""


def _inside(fold: Tag) -> list[Tag]:
    return [part for part in fold.find_all(True, recursive=False) if part.name != "summary"]


def _fold(fold: Tag, chapter: str, words: str, label: str, notes: Notes) -> None:
    fold.replace_with(pointer(words, *notes.take(chapter, label, _inside(fold))))


def _question(quiz: Tag, number: int, notes: Notes) -> None:
    """Choices as a list, or a line to write on; the answer goes to the end."""
    quiz.select_one(".fw-box-title").string = f"Check your understanding: question {number}"
    choices = quiz.select_one("fieldset")
    if choices is not None:
        choices.replace_with(*_choices(choices))
    for line in quiz.select(".fw-number"):
        unit = line.select_one(".fw-unit")
        words = escape(unit.get_text()) if unit else ""
        line.replace_with(element(f'<p>Your answer: <span class="blank"></span> {words}</p>'))
    for fold in quiz.select("details.fw-answer"):
        _fold(fold, "answers", "Answer", f"Question {number}", notes)


def _choices(choices: Tag) -> list[Tag]:
    """The legend as a paragraph, and the choices as a list with a box to tick."""
    shown = element('<ul class="choices"></ul>')
    for label in choices.select("label.fw-choice"):
        item = element('<li><span class="box"></span> </li>')
        for part in label.find_all("span", recursive=False):
            item.append(part.extract())
            item.append(" ")
        shown.append(item)
    legend = escape(choices.legend.get_text() if choices.legend else "")
    return [element(f'<p class="legend">{legend}</p>'), shown]


def _prediction(box: Tag, notes: Notes) -> None:
    choices = box.select_one("fieldset")
    if choices is not None:
        choices.replace_with(*_choices(choices))
    for writing in box.select(".fw-writing"):
        writing.replace_with(element(LINES))
    title = box.select_one(".fw-title")
    label = f"Prediction: {title.get_text()}" if title else "Prediction"
    for fold in box.select("details.fw-reveal"):
        _fold(fold, "answers", "Then look", label, notes)


def _flocks(game: Tag, notes: Notes, where: str) -> None:
    """The flocks without their numbers, two in a row; the true numbers go to the end."""
    truths = element("<ul></ul>")
    shown = element('<div class="flocks"></div>')
    for figure in game.select("figure"):
        name, _, truth = figure.figcaption.get_text().partition(":")
        truths.append(element(f"<li>{escape(name)}: {escape(truth.strip())}</li>"))
        figure.figcaption.string = f"{name}. Your estimate:"
        figure.figcaption.append(element('<span class="blank"></span>'))
        shown.append(figure.extract())
    name = game.select_one(".fw-guess-name")
    told = element(
        f"<p>Look at each flock for four seconds and write your estimate. The online book has a clock "
        f"and works out your error: {escape(where)}.</p>"
    )
    holder = element('<div class="game"></div>')
    for part in (name, told, shown):
        if part is not None:
            holder.append(part.extract())
    holder.append(pointer("True numbers", *notes.take("answers", "The flocks", [truths])))
    game.replace_with(holder)


def _code(fold: Tag, notes: Notes) -> None:
    """Hidden code goes to the end; the picture under it says where."""
    cell = fold.find_parent(class_="cell") or fold.parent
    caption = cell.select_one("figcaption")
    label = " ".join(caption.get_text().split()) if caption else _heading_before(fold)
    key, back = notes.take("code", label, _inside(fold))
    cell["data-code"], cell["id"] = key, back
    fold.decompose()
    if not cell.select_one("figure.fw-explore"):
        cell.append(element(f'<p class="pointer">Code: {page_of(key)}</p>'))


def _moving(figure: Tag, where: str) -> None:
    """The first state of a moving picture, its values in words, and where it moves."""
    shown = []
    for control in figure.select(".fw-control"):
        slider = control.find("input")
        if slider is not None:
            value = slider.get("aria-valuetext", "")
        else:
            options = control.select("option")
            chosen = control.select_one("option[selected]") or (options[0] if options else None)
            value = chosen.get_text() if chosen else ""
        shown.append(f"{escape(control.label.get_text().strip())}: <b>{escape(value.strip())}</b>")
    controls = figure.select_one(".fw-controls")
    if controls is not None:
        controls.decompose()
    cell = figure.find_parent(class_="cell")
    code = cell.get("data-code") if cell else None
    last = f" Code: {page_of(code)}." if code else ""
    figure.append(
        element(
            f'<p class="shown">Shown here: {"; ".join(shown)}. '
            f"Move it in the online book: {escape(where)}.{last}</p>"
        )
    )


def _map(holder: Tag, where: str, still_map: StillMap) -> None:
    for frame in holder.select("iframe"):
        title = frame.get("title") or "Map"
        picture = element('<img class="still-map">')
        picture["alt"], picture["src"] = title, still_map(frame["src"])
        figure = element(
            f'<figure class="map"><figcaption>{escape(title)}. In the online book you can move it and '
            f"open each place: {escape(where)}.</figcaption></figure>"
        )
        figure.insert(0, picture)
        frame.replace_with(figure)


def _open(fold: Tag) -> None:
    title = element('<p class="fold-title"></p>')
    if fold.summary:
        for part in list(fold.summary.contents):
            title.append(part.extract())
        fold.summary.decompose()
    fold.insert(0, title)
    fold.name = "div"
    fold["class"] = ["fold"]
    fold.attrs.pop("open", None)
