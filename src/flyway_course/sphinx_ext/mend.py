"""Mends that every page needs: valid HTML, names for controls, folds without scripts.

Each function mends one thing and can be applied twice without harm. They work on the parsed page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag

from flyway_course.sphinx_ext.tables import tables

NAMED_FOLD = "Show the pages of: {}"


def mend(soup: BeautifulSoup, description: str) -> None:
    """Apply every mend; `description` is used where the page has none of its own."""
    for step in (head, controls, contents, tables, folds, sections, frames, code):
        step(soup)
    describe(soup, description)


def classes(tag: Tag) -> list[str]:
    """The classes of an element."""
    return tag.get("class") or []


def inside(tag: Tag, name: str) -> bool:
    """Whether an element stands somewhere inside one of this name."""
    return any(parent.name == name for parent in tag.parents)


def having(soup: BeautifulSoup, name: str, *wanted: str) -> Iterator[Tag]:
    """Give the elements of a name that have all these classes.

    Searching by name alone is far faster than a CSS selector, and pages are large.
    """
    return (tag for tag in soup.find_all(name) if set(wanted) <= set(classes(tag)))


def head(soup: BeautifulSoup) -> None:
    """Drop what is doubled or of no use in the head."""
    for number, tag in enumerate(soup.find_all("meta", attrs={"name": "viewport"})):
        if number:
            tag.decompose()
        else:
            tag["content"] = "width=device-width, initial-scale=1"
    for tag in soup.find_all("meta", attrs={"name": re.compile("^docsearch:")}):
        tag.decompose()
    for remark in soup.find_all(string=lambda text: isinstance(text, Comment)):
        remark.extract()
    for tag in soup.find_all("style"):
        if inside(tag, "article"):
            tag.decompose()  # pandas repeats its style with every table; kit.css has it once
    for tag in soup.find_all("div", id="ethical-ad-placement"):
        tag.decompose()
    for tag in having(soup, "div", "pst-async-banner-revealer"):
        tag.decompose()
    for tag in soup.find_all("script", type="text/x-thebe-config"):
        tag.decompose()
    for tag in soup.find_all("script", string=re.compile(r"^\s*kernelName\s*=")):
        tag.decompose()
    title = soup.title
    if title and title.string:
        title.string = " ".join(title.string.split())


def describe(soup: BeautifulSoup, description: str) -> None:
    """Give the page a description for search engines and shared links, if it has none."""
    found = soup.find("meta", attrs={"name": "description"})
    if found is None and soup.head is not None:
        soup.head.append(
            soup.new_tag("meta", attrs={"name": "description", "content": description})
        )
    elif found is not None:
        found.attrs.pop("lang", None)
        found.attrs.pop("xml:lang", None)


def controls(soup: BeautifulSoup) -> None:
    """Give buttons their type and dialogs a name."""
    for button in soup.find_all("button"):
        button.attrs.setdefault("type", "button")
    names = {
        "pst-primary-sidebar-modal": "Menu of the book",
        "pst-secondary-sidebar-modal": "On this page",
        "pst-search-dialog": "Search",
    }
    for ident, name in names.items():
        dialog = soup.find(id=ident)
        if dialog is not None:
            dialog["aria-label"] = name
    for icon in (*soup.find_all("i"), *soup.find_all("span")):
        if "fa-" in " ".join(classes(icon)):
            icon["aria-hidden"] = "true"
    for fold in soup.find_all("details", open=True):
        fold["open"] = ""


def contents(soup: BeautifulSoup) -> None:
    """Name the folds of the menu; its captions are no headings (the page's own order stays whole)."""
    for summary in soup.find_all("summary"):
        if not any("bd-docs-nav" in classes(parent) for parent in summary.parents):
            continue
        link = summary.find_parent("li").find("a")
        name = " ".join(link.get_text().split()) if link else "the book"
        summary["aria-label"] = NAMED_FOLD.format(name)
        for inner in summary.find_all(attrs={"role": "presentation"}):
            del inner["role"]
            inner["aria-hidden"] = "true"
    for caption in having(soup, "p", "caption"):
        if caption.get("role") == "heading":
            del caption["role"]
            caption.attrs.pop("aria-level", None)


def folds(soup: BeautifulSoup) -> None:
    """Turn boxes of the class `dropdown` into native folds, which need no script."""
    for box in having(soup, "div", "admonition", "dropdown"):
        title = box.find(class_="admonition-title", recursive=False)
        if title is None:
            continue
        box.name, title.name = "details", "summary"
        box["class"] = [name for name in box["class"] if name not in {"dropdown", "docutils"}]
        box["class"].append("fw-fold")
        for link in title.find_all("a"):
            link.unwrap()  # a link inside a summary cannot be reached by keyboard alone
        box.insert(0, title.extract())
    for summary in soup.find_all("summary"):
        if any(parent.name == "div" and "cell" in classes(parent) for parent in summary.parents):
            summary.attrs.pop("aria-label", None)  # its own words, "Show the code", say more
        for line in summary.find_all("p", recursive=False):
            line.name = "span"  # a paragraph may not stand in a summary


def sections(soup: BeautifulSoup) -> None:
    """Give every id once, and none that sphinx-exercise repeats for each box."""
    for section in soup.find_all("section", id=["exercise-content", "solution-content"]):
        section.name = "div"
        section["class"] = [section["id"]]
        del section["id"]
    for tag in soup.find_all(id=re.compile("/")):  # sphinx-exercise puts the page's path into ids
        old, tag["id"] = tag["id"], tag["id"].replace("/", "-")
        for link in soup.find_all(href=f"#{old}"):
            link["href"] = f"#{tag['id']}"
    seen: set[str] = set()
    for tag in soup.find_all(id=True):
        if tag["id"] in seen:
            del tag["id"]
        else:
            seen.add(tag["id"])


def frames(soup: BeautifulSoup) -> None:
    """Give every frame a title, and drop attributes that HTML no longer knows."""
    for frame in soup.find_all("iframe"):
        if not frame.get("title"):
            around = frame.find_parent(attrs={"data-title": True})
            frame["title"] = around["data-title"] if around else "Map"
        for name in (
            "frameborder",
            "allowfullscreen",
            "webkitallowfullscreen",
            "mozallowfullscreen",
        ):
            frame.attrs.pop(name, None)


def code(soup: BeautifulSoup) -> None:
    """Let keyboards reach code and formulas wider than the screen, also where scripts are off."""
    for formula in having(soup, "div", "math"):
        formula["tabindex"], formula["role"], formula["aria-label"] = "0", "group", "Formula"
    for block in soup.find_all("pre"):
        if block.parent.name != "div" or "highlight" not in classes(block.parent):
            continue
        block["tabindex"] = "0"
        for empty in block.find_all("span", recursive=False):
            if not empty.contents and not empty.attrs:
                empty.decompose()
