"""The committed packages and pages are exactly what the compiler writes."""

import csv
import json
import re

import pytest
from pybtex.database import parse_file

from flyway_course import compile_data
from flyway_course.compile_data import glossary, sources, writing
from flyway_course.paths import BOOK, DATASETS

FACTS = compile_data.FACTS
needs_facts = pytest.mark.skipif(
    not FACTS.is_dir(),
    reason="the fact files (folder 'shared/facts' beside the checkout) are not here",
)


def contents(place):
    return {
        p.relative_to(place).as_posix(): p.read_bytes()
        for p in sorted(place.rglob("*"))
        if p.is_file()
    }


@needs_facts
def test_committed_packages_are_what_the_facts_give(tmp_path):
    compile_data.compile_datasets(FACTS, tmp_path)
    made, stored = contents(tmp_path), contents(DATASETS)
    assert sorted(made) == sorted(stored)
    changed = [name for name in made if made[name] != stored[name]]
    assert changed == [], "run: python -m flyway_course.compile_data"


def test_simulated_packages_are_made_again_byte_for_byte(tmp_path):
    compile_data.write_simulated(tmp_path)
    made = contents(tmp_path)
    simulated = {
        path.parent.name
        for path in DATASETS.glob("*/datapackage.json")
        if json.loads(path.read_text("utf-8"))["truth"] == "simulated"
    }
    assert {name.split("/")[0] for name in made} == simulated
    stored = contents(DATASETS)
    assert [name for name in made if made[name] != stored[name]] == []


def test_pages_are_what_the_packages_give(tmp_path):
    compile_data.compile_pages(DATASETS, tmp_path)
    for name, text in contents(tmp_path).items():
        assert text == (BOOK / name).read_bytes(), (
            f"{name}: run python -m flyway_course.compile_data"
        )


@needs_facts
def test_bibliography_is_what_the_facts_give(tmp_path):
    compile_data.compile_bibliography(FACTS, tmp_path)
    assert (tmp_path / "references.bib").read_bytes() == (BOOK / "references.bib").read_bytes()


def test_files_have_line_feeds_and_no_byte_order_mark():
    for name, text in contents(DATASETS).items():
        assert b"\r" not in text, name
        assert not text.startswith(b"\xef\xbb\xbf"), name
        assert text.endswith(b"\n"), name


@needs_facts
def test_no_published_value_is_lost():
    """Every row of the fact files is in a table, or is the one that has another home."""

    def rows(id, *names):
        return sum(
            len(list(csv.DictReader((DATASETS / id / f"{n}.csv").open(encoding="utf-8"))))
            for n in names
        )

    facts = {name: sources.read_rows(FACTS, f"{name}.csv") for name in
             ("bfs_census", "crane_counts", "sites", "parameters", "glossary")}  # fmt: skip
    assert (
        rows("bfs_census", "totals", "regions", "places") == len(facts["bfs_census"]) + 1
    )  # 2005 sum
    assert (
        rows("crane_counts", "counts", "breeding", "estimates", "mortality")
        == len(facts["crane_counts"]) - 1
    )
    assert rows("flyway_sites", "sites") == len(facts["sites"])
    assert rows("species_parameters", "parameters") == len(facts["parameters"])
    assert rows("field_glossary", "terms") == len(facts["glossary"])


@needs_facts
def test_every_source_is_in_the_bibliography_with_the_year_of_its_citation():
    known = sources.read_sources(FACTS)
    entries = parse_file(str(BOOK / "references.bib")).entries
    assert list(entries) == list(known)
    for key, source in known.items():
        fields = entries[key].fields
        assert fields["title"].strip("{} "), key
        year = fields["year"]
        assert year == "n.d." or year in source.citation, key
        assert fields.get("url", "") == source.url, key


def test_bibliography_has_title_author_and_year_and_covers_the_packages():
    entries = parse_file(str(BOOK / "references.bib")).entries
    for key, entry in entries.items():
        assert entry.fields["title"], key
        assert entry.persons["author"], key
        assert re.fullmatch(r"\d{4}|n\.d\.", entry.fields["year"]), key
    for path in DATASETS.glob("*/sources.csv"):
        for row in csv.DictReader(path.open(encoding="utf-8")):
            assert row["key"] in entries, f"{path.parent.name}: {row['key']}"


def test_citations_are_whole():
    """The fact files cut citations short inside the tables; ours come from the list of sources."""
    for path in DATASETS.glob("*/sources.csv"):
        for row in csv.DictReader(path.open(encoding="utf-8")):
            assert row["citation"].endswith((".", ")")), f"{path.parent.name} {row['key']}"


def test_keys_are_read_from_cut_citations():
    assert sources.keys_of("S19; S40 BirdLife International, Data Zone") == "S19; S40"
    assert sources.keys_of("S28; S26; S3") == "S28; S26; S3"
    assert sources.keys_of("needs-check: from general knowledge") == ""
    assert sources.keys_of("general knowledge") == ""


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("confirmed", {"zh_hans": "confirmed", "mn": "confirmed", "ru": "confirmed"}),
        ("confirmed zh, ja, ko, ru; mn needs-check",
         {"zh_hans": "confirmed", "zh_hant": "confirmed", "mn": "needs-check", "ru": "confirmed"}),
        ("confirmed ja, ko; others needs-check", {"ja": "confirmed", "zh_hant": "needs-check"}),
        ("partly confirmed (some forms seen); review wanted", {"ja": "partly", "ru": "partly"}),
        ("needs-check: from general knowledge", {"ja": "needs-check"}),
    ],
)  # fmt: skip
def test_confidence_is_split_by_language(words, marks):
    assert {code: glossary.confidence_of(words, code) for code in marks} == marks


def test_values_are_written_plainly():
    table = writing.Table("t", "T", [writing.column(n, "string", "x.") for n in "abcd"],
                          [{"a": True, "b": None, "c": 1.5, "d": 'two, "words"'}])  # fmt: skip
    assert writing.to_csv(table) == 'a,b,c,d\n1,,1.5,"two, ""words"""\n'


def test_dataset_page_describes_every_field_and_links_every_file():
    page = (BOOK / "datasets.md").read_text(encoding="utf-8")
    for path in sorted(DATASETS.glob("*/datapackage.json")):
        package = json.loads(path.read_text(encoding="utf-8"))
        assert f"({package['name']})=" in page
        assert f'<span class="fw-badge fw-{package["truth"]}">' in page
        for resource in package["resources"]:
            assert f"<../datasets/{package['name']}/{resource['path']}>" in page
            for field in resource["schema"]["fields"]:
                assert f"| `{field['name']}` |" in page


def test_glossary_page_marks_language_and_doubt():
    page = (BOOK / "glossary.md").read_text(encoding="utf-8")
    for tag in ("zh-Hans", "zh-Hant", "ja", "ko", "mn", "ru"):
        assert page.count(f'<span lang="{tag}">') == 70
    assert "*Needs-check:*" in page
    spoonbill = page.split("\nBlack-faced Spoonbill\n")[1].split("\n\nbreeding")[0]
    assert '*Needs-check:* <span lang="mn">' in spoonbill


@pytest.mark.parametrize("name", ["datasets.md", "glossary.md", "references.md"])
def test_pages_have_a_description_for_search_engines(name):
    head = (BOOK / name).read_text(encoding="utf-8").split("---")[1]
    assert re.search(r'"description lang=en": ".{30,160}"', head)


def test_pages_build_in_sphinx_without_a_warning(tmp_path):
    """Downloads resolve, the glossary and the bibliography parse, and labels are the source keys."""
    import shutil
    import subprocess
    import sys

    (tmp_path / "src" / "book").mkdir(parents=True)
    shutil.copytree(DATASETS, tmp_path / "src" / "datasets")
    for path in [
        *BOOK.glob("*.bib"),
        *(BOOK / f"{n}.md" for n in ("datasets", "glossary", "references")),
    ]:
        shutil.copy(path, tmp_path / "src" / "book")
    (tmp_path / "src" / "conf.py").write_text(
        "extensions = ['myst_parser', 'sphinxcontrib.bibtex', 'flyway_course.sphinx_ext.bibliography']\n"
        f"bibtex_bibfiles = {[f'book/{p.name}' for p in sorted(BOOK.glob('*.bib'))]}\n"
        "bibtex_reference_style = 'author_year'\nnitpicky = True\nexclude_patterns = ['datasets']\n"
        "html_theme = 'basic'\n",
        encoding="utf-8",
    )
    (tmp_path / "src" / "index.md").write_text(
        "# Start\n\n{cite}`S19` {term}`wintering site` {term}`roost` {ref}`bfs_census`\n\n"
        "```{toctree}\nbook/datasets\nbook/glossary\nbook/references\n```\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "src", "out"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    references = (tmp_path / "out" / "book" / "references.html").read_text(encoding="utf-8")
    labels = re.findall(r'fn-bracket">\[</span>(.*?)<', references)
    assert references.count('role="listitem"') == len(labels) > 190
    assert labels[:3] == ["S1", "S2", "S3"]
    assert labels.index("S9") < labels.index("S10")
    assert "BirdLife International, 2017" in (tmp_path / "out" / "index.html").read_text(
        encoding="utf-8"
    )
    downloads = {p.name for p in (tmp_path / "out" / "_downloads").rglob("*.csv")}
    assert {"totals.csv", "sites.csv", "terms.csv"} <= downloads
