"""Links lead somewhere: in the built site, in the root's pages, in the bibliography."""

from __future__ import annotations

import re

import pytest

from flyway_course import paths
from flyway_course.lint import Book, links

ROOT_PAGES = [paths.ROOT / name for name in ("README.md", "CONTRIBUTING.md")]


def unescape(address: str) -> str:
    """The address as a reader's browser gets it, without TeX's backslashes."""
    return address.replace("\\", "")


def test_no_link_of_the_built_site_is_dead():
    if not (paths.SITE / "index.html").is_file():
        pytest.skip(
            "the book is not built: `python3 course.py test` builds it, or run `course.py build`"
        )
    entries = Book.load(paths.ROOT).bibliography.entries.values()
    quoted = frozenset(unescape(e.fields["url"]) for e in entries if "url" in e.fields)
    dead = list(links.site(paths.SITE, quoted))
    assert not dead, "\n" + "\n".join(map(str, dead))


@pytest.mark.parametrize("page", ROOT_PAGES, ids=lambda page: page.name)
def test_no_link_of_the_root_pages_is_dead(page):
    dead = list(links.markdown(page, paths.ROOT))
    assert not dead, "\n" + "\n".join(map(str, dead))


def test_every_address_of_the_bibliography_parses():
    entries = Book.load(paths.ROOT).bibliography.entries
    assert entries
    wrong = {}
    for key, entry in entries.items():
        for name in ("url", "doi"):
            value = entry.fields.get(name)
            if not value:
                continue
            if name == "doi":
                why = "" if re.fullmatch(r"10\.\d{4,9}/\S+", value) else "is no DOI"
            else:
                why = links.fault(unescape(value), https=False)
            if why:
                wrong[key] = f"“{value}” {why}"
    assert not wrong


def test_every_address_in_the_data_packages_parses():
    found = 0
    wrong = []
    for table in sorted(paths.DATASETS.glob("*/*.csv")):
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), start=1):
            for address in re.findall(r"https?://[^\s,;\"]+", line):
                found += 1
                why = links.fault(address, https=False)
                if why:
                    wrong.append(f"{table.parent.name}/{table.name}:{number}: “{address}” {why}")
    assert found
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.fixture
def site(tmp_path):
    """A site of two pages; returns the dead links after adding a body to the first."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.html").write_text('<h1 id="here">B</h1>', encoding="utf-8")
    (tmp_path / "pic ture.png").write_bytes(b"")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "cranes.ipynb").write_bytes(b"")

    def dead(body):
        (tmp_path / "a.html").write_text(f'<p id="me">{body}</p>', encoding="utf-8")
        return [(p.path, p.line, p.message) for p in links.site(tmp_path)]

    return dead


@pytest.mark.parametrize(
    "good",
    [
        '<a href="sub/b.html#here">B</a>',
        '<a href="#me">me</a>',
        '<a href="#">top</a>',
        '<img src="pic%20ture.png">',
        '<a href="sub/b.html?x=1">B</a>',
        '<a href="https://www.birdlife.org/a?b=1#c">out</a>',
        '<a href="mailto:a@b.org">mail</a>',
        '<img src="data:image/png;base64,AAAA">',
        '<a href="../course/lesson/cranes" hidden>open</a>',
    ],
)
def test_a_good_link_passes(site, good):
    assert site(good) == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ('<a href="gone.html">', "leads to no file"),
        ('\n<a href="sub/b.html#gone">', "names the anchor “gone”"),
        ('<a href="#gone">', "names the anchor “gone”"),
        ('<a href="/sub/b.html">', "begins at the server's root"),
        ('<a href="/course/lesson/cranes" hidden>', "begins at the server's root"),
        ('<a href="../course/lesson/cranes">', "leads out of the site"),
        (
            '<a href="../course/lesson/swans" hidden>',
            "opens a notebook that the site does not hold",
        ),
        ('<a href="../course/cranes" hidden>', "opens a notebook that the site does not hold"),
        ('<a href="../secret.html">', "leads out of the site"),
        ('<img src="gone.png">', "leads to no file"),
        ('<a href="http://www.birdlife.org">', "answers over https"),
        ('<a href="https://no host/">', "no address may hold"),
        ('<a href="https://nowhere">', "no host that can exist"),
        ('<a href="htps://a.org">', "begins with “htps:”"),
        ('<a href="https://a.org:port/">', "cannot be read"),
        ('<a href="mailto:nobody">', "no e-mail address"),
    ],
)
def test_a_dead_link_is_named(site, bad, why):
    ((path, line, message),) = site(bad)
    assert (path, line) == ("a.html", 1 + bad.count("\n"))
    assert why in message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[a](other.md)", ""),
        ("[a](other.md#two-words)", ""),
        ("[a](#here-it-is)\n\n## Here it is!", ""),
        ("![a](gone.png)", "leads to no file"),
        ("[a](other.md#gone)", "names the heading “gone”"),
        ("[a](#gone)", "names the heading “gone”"),
        ("[a](http://doi.org/10.1/a)", "answers over https"),
    ],
)
def test_links_of_a_markdown_page(tmp_path, text, why):
    (tmp_path / "other.md").write_text("# Other\n\n## Two words\n", encoding="utf-8")
    page = tmp_path / "README.md"
    page.write_text(f"# Read me\n\n{text}\n", encoding="utf-8")
    found = [(p.line, p.message) for p in links.markdown(page, tmp_path)]
    assert len(found) == bool(why)
    assert not why or (found[0][0] == 3 and why in found[0][1])
