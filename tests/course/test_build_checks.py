"""The parts of the build that need no Sphinx: what is watched, refused and published."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_cache import get_cache
from small_book import write

from flyway_course.build import inputs, publish
from flyway_course.build.child import SettingsError, _check_yaml
from flyway_course.build.errors import BuildError
from flyway_course.build.execution import _front_problem
from flyway_course.build.guard import find_external
from flyway_course.build.leaks import find_leaks, find_secrets
from flyway_course.build.lesson import KEPT_RUNS, Lesson, _line_in_cell
from flyway_course.build.seen import Seen

PAGE = "<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def outside(folder: Path, head: str = "", body: str = "", **files: str) -> list[str]:
    write(folder, "a/page.html", PAGE.format(head=head, body=body))
    for name, text in files.items():
        write(folder, f"a/{name.replace('_', '.')}", text)
    return find_external(folder)


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://x.org/a.png" alt="">',
        '<img src="//x.org/a.png" alt="">',
        '<img src="" srcset="HTTPS://x.org/a.png 2x" alt="">',
        '<script src="http://x.org/a.js"></script>',
        '<script>import("https://x.org/a.js")</script>',
        '<script type="module">import x from "https://x.org/a.js"</script>',
        '<script>fetch("https://x.org/a.json")</script>',
        '<script>const u = "https://unpkg.com/thebe@0.8.2"</script>',
        '<script>\n var t_1 = L.tileLayer(\n "https://x.org/{z}.png");\n t_1.addTo(map_1);\n</script>',
        '<iframe src="https://x.org/"></iframe>',
        '<iframe srcdoc="&lt;script src=&quot;https://x.org/a.js&quot;&gt;"></iframe>',
        '<svg><image href="https://x.org/a.png"/></svg>',
        '<div style="background: url(https://x.org/a.png)"></div>',
        "<style>@import 'https://x.org/a.css';</style>",
        '<video poster="https://x.org/a.png"></video>',
        '<object data="https://x.org/a.svg"></object>',
    ],
)
def test_what_would_leave_the_machine_is_found(tmp_path, body):
    (problem,) = outside(tmp_path, body=body)
    assert problem.startswith("a/page.html: ")
    assert "//" in problem


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="stylesheet" href="https://x.org/a.css">',
        '<link rel="preconnect" href="https://x.org">',
        '<link rel="icon" href="//x.org/a.ico">',
        '<base href="https://x.org/">',
    ],
)
def test_links_in_the_head_that_load(tmp_path, head):
    assert len(outside(tmp_path, head=head)) == 1


def test_what_loaded_files_load_is_found(tmp_path):
    found = outside(
        tmp_path,
        head='<link rel="stylesheet" href="a.css?v=1"><script src="b.js"></script>',
        a_css="/* url(https://no.org) */ @font-face { src: url('https://x.org/a.woff2') }",
        b_js='el.src = "https://x.org/b.png"; // see https://no.org',
    )
    assert found == [
        "a/a.css (loaded by a/page.html): loads https://x.org/a.woff2",
        "a/b.js (loaded by a/page.html): loads https://x.org/b.png",
    ]


def test_a_missing_file_is_found(tmp_path):
    assert outside(tmp_path, body='<img src="no.png" alt="">') == [
        "a/page.html: <img src> loads no.png, which is not in the site"
    ]


def test_links_and_choices_of_the_reader_are_free(tmp_path):
    body = """
        <a href="https://example.org">A source</a> <img src="data:image/png;base64,AA" alt="">
        <form action="https://example.org"></form>
        <script>
          var online = L.tileLayer("https://tile.example.org/{z}/{x}/{y}.png");
          if (chosen) online.addTo(map);
          // read more at https://example.org
          const namespace = "http://www.w3.org/2000/svg";
        </script>
        <img src="b%20c.png#x" alt="">
    """
    write(tmp_path, "a/b c.png", "")
    write(tmp_path, "_static/webpack-macros.html", '<script src="https://x.org"></script>')
    assert outside(tmp_path, '<link rel="canonical" href="https://example.org">', body) == []


SECRETS = """\
def mean(table):
    ### BEGIN SOLUTION
    counted = table.dropna(subset=["count"])
    return counted["count"].mean().round(1)
    ### END SOLUTION
### BEGIN HIDDEN TESTS
assert mean(winters) == 41.7
### END HIDDEN TESTS
"""
FIRST, SECOND = (
    'counted = table.dropna(subset=["count"])',
    'return counted["count"].mean().round(1)',
)


@pytest.fixture
def places(tmp_path) -> tuple[Path, Path, Path]:
    cells = [{"cell_type": "code", "source": SECRETS.splitlines(keepends=True)}]
    write(tmp_path, "solutions/x0/x0.ipynb", json.dumps({"cells": cells}))
    write(tmp_path, "book/lesson.md", f"```\n{FIRST}\n```\n")
    write(tmp_path, "site/index.html", PAGE.format(head="", body="Welcome"))
    return tmp_path / "site", tmp_path / "solutions", tmp_path / "book"


def leaks(site: Path, solutions: Path, book: Path) -> list[str]:
    return find_leaks(site, find_secrets(solutions, book))


def test_a_clean_site_leaks_nothing(places):
    assert leaks(*places) == []


def test_one_line_that_a_lesson_teaches_is_no_leak(places):
    write(places[0], "page.html", f"<pre><span>counted</span> = {FIRST[10:]}</pre>")
    assert leaks(*places) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("p.html", f"<pre>{FIRST}\n    <b>return</b> {SECOND[7:]}</pre>", "a solution of x0"),
        ("p.html", "<pre>assert mean(winters) &#61;= 41.7</pre>", "a hidden test of x0"),
        ("p.txt", SECRETS, "BEGIN SOLUTION"),
        ("p.ipynb", json.dumps({"cells": [{"source": SECRETS}]}), "END HIDDEN TESTS"),
        ("_sources/p.md", "assert mean(winters) == 41.7", "a hidden test of x0"),
        ("gradebook.db", "", "a database"),
        ("submitted/a/x0.txt", "", "a folder of class work"),
    ],
)
def test_answers_and_class_work_are_found(places, name, text, says):
    write(places[0], name, text)
    assert says in " ".join(leaks(*places))


def test_a_file_that_has_not_changed_is_searched_once(places, tmp_path, monkeypatch):
    site, kept = places[0], tmp_path / "seen.json"
    secret = "<pre>assert mean(winters) == 41.7</pre>"
    write(site, "good.html", "<p>Words.</p>")
    write(site, "bad.html", f'{secret}<img src="https://x.org/a.png" alt="">')
    secrets = find_secrets(*places[1:])

    def search(rules: str = "as before") -> tuple[list[str], list[str]]:
        """What is found, and the names of the files that were read closely for it."""
        read, seen = [], Seen(kept, rules)
        plain = Seen.find

        def listen(self, kind, name, path, closely):
            def named(text):
                read.append(f"{kind} {name}")
                return closely(text)

            return plain(self, kind, name, path, named)

        with monkeypatch.context() as patch:
            patch.setattr(Seen, "find", listen)
            found = find_leaks(site, secrets, seen) + find_external(site, seen)
        seen.keep()
        return found, read

    everything = [
        f"{kind} {name}.html" for kind in ("leaks", "loads") for name in ("bad", "good", "index")
    ]
    found, read = search()
    assert len(found) == 2
    assert read == everything
    assert search() == (found, [])
    write(site, "good.html", secret)
    more, read = search()
    assert len(more) == 3
    assert read == ["leaks good.html", "loads good.html"]
    assert search("another secret")[1] == everything
    kept.write_text("{")
    assert search("another secret")[1] == everything
    (site / "good.html").unlink()
    search("another secret")
    assert "good.html" not in kept.read_text()


def test_old_outputs_of_a_lesson_go(tmp_path):
    cache = get_cache(str(tmp_path / "outputs"))
    for run in range(KEPT_RUNS + 2):
        for name in ("a.md", "b.md"):
            cells = [nbformat.v4.new_code_cell(f"'{name}', {run if name == 'a.md' else 0}")]
            notebook = nbformat.v4.new_notebook(cells=cells)
            Lesson(tmp_path, tmp_path / name, "", notebook, cache, None).keep()
    kept = [record.pk for record in cache.list_cache_records()]
    codes = sorted(cache.get_cache_bundle(pk).nb.cells[0].source for pk in kept)
    assert codes == [*(f"'a.md', {run}" for run in range(2, KEPT_RUNS + 2)), "'b.md', 0"]


def test_inputs_notice_content_and_not_time(tmp_path):
    write(tmp_path, "book/a.md", "a")
    write(tmp_path, "book/b.md", "b")
    write(tmp_path, "book/__pycache__/x.pyc", "")
    (tmp_path / "book/.#a.md").symlink_to("nobody@nowhere")  # an editor's mark
    first = inputs.scan(tmp_path, {})
    assert set(first) == {"book/a.md", "book/b.md"}
    os.utime(tmp_path / "book/a.md", ns=(1, 1))
    second = inputs.scan(tmp_path, first)
    assert second != first
    assert inputs.changed(first, second) == set()
    write(tmp_path, "book/a.md", "c")
    (tmp_path / "book/b.md").unlink()
    write(tmp_path, "datasets/d/d.csv", "1")
    third = inputs.scan(tmp_path, second)
    assert inputs.changed(second, third) == {"book/a.md", "book/b.md", "datasets/d/d.csv"}


def test_publishing_replaces_the_whole_site(tmp_path):
    write(tmp_path, "work/new.html", "new")
    write(tmp_path, "html/old.html", "old")
    publish.publish(tmp_path / "work", tmp_path / "html")
    assert [path.name for path in (tmp_path / "html").iterdir()] == ["new.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["html", "work"]


def test_only_what_changed_is_copied(tmp_path):
    for name in ("same", "new"):
        write(tmp_path, f"work/deep/{name}.html", "old")
    publish.publish(tmp_path / "work", tmp_path / "html")
    made, shown = tmp_path / "work/deep", tmp_path / "html/deep"
    first = (shown / "same.html").stat().st_ino
    write(tmp_path, "work/deep/new.html", "new")
    os.utime(made / "new.html", ns=(1, 1))
    publish.publish(tmp_path / "work", tmp_path / "html")
    assert (shown / "new.html").read_text() == "new"
    assert (shown / "same.html").stat().st_ino == first
    # The next build writes over its own files, never over the site's.
    assert first != (made / "same.html").stat().st_ino
    assert (shown / "same.html").stat().st_nlink == 1


def test_a_site_that_cannot_be_replaced_stays(tmp_path, monkeypatch):
    write(tmp_path, "work/new.html", "new")
    write(tmp_path, "html/old.html", "old")
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "html.new":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(BuildError, match="Close the programs"):
        publish.publish(tmp_path / "work", tmp_path / "html")
    assert (tmp_path / "html/old.html").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["html", "work"]


@pytest.mark.parametrize("left", [["html.old"], ["html.old", "html.new"], ["html", "html.new"]])
def test_an_interrupted_exchange_is_mended(tmp_path, left):
    for name in left:
        write(tmp_path, f"{name}/index.html", name)
    publish.recover(tmp_path / "html")
    kept = "html" if "html" in left else "html.old"
    assert (tmp_path / "html/index.html").read_text() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["html"]


def test_the_line_in_a_cell_is_that_of_the_lesson_and_not_of_the_library():
    frames = (
        "Cell \x1b[32mIn[3]\x1b[39m, line 2\n  x\nFile /a/b.py:9, in load()\nCell In[1], line 1"
    )
    assert _line_in_cell(frames) == 2
    assert _line_in_cell("no frame") == 1


@pytest.mark.parametrize("text", ["title: [\n", "a: 1\n b: 2\n"])
def test_settings_that_are_no_yaml_name_file_and_line(tmp_path, text):
    with pytest.raises(SettingsError, match=r"^_config\.yml:2: not valid YAML: "):
        _check_yaml(write(tmp_path, "_config.yml", text))
    with pytest.raises(SettingsError, match=r"_toc\.yml is missing"):
        _check_yaml(tmp_path / "_toc.yml")


def test_front_matter_that_is_no_yaml_names_its_line(tmp_path):
    app = SimpleNamespace(srcdir=str(tmp_path))
    bad = write(tmp_path, "book/a.md", "---\nlesson:\n  level: core: more\n---\n# A\n")
    assert _front_problem(app, str(bad)).startswith("book/a.md:3: the block between the --- lines")
    good = write(tmp_path, "book/b.md", "---\nlesson: {level: core}\n---\n# B\n")
    assert _front_problem(app, str(good)) == ""
    assert _front_problem(app, str(write(tmp_path, "book/c.md", "# C\n"))) == ""
