"""A course of four pages as its build leaves them, for the tests of the PDF; no Sphinx runs."""

from __future__ import annotations

from pathlib import Path

from small_book import write

TOC = """\
format: jb-book
root: book/index
parts:
  - caption: The course
    chapters:
      - file: book/modules/01-count/index
        sections:
          - file: book/modules/01-count/01-first
  - caption: Reference
    chapters:
      - file: book/reference/counts
        title: Counts
      - file: book/glossary
"""
CITATION = """\
title: "Counting: a small course"
version: 0.3.0
date-released: 2026-02-01
authors: [{name: The authors}]
"""
LONG_CODE = "total = " + " + ".join(f"count_of_winter_{year}" for year in range(1990, 2026))
# 1 pixel of grey, as a file that is small and real
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6368000000820081d7c7a8f70000000049454e44ae426082"
)


def page(body: str) -> str:
    """A page of the site around an article."""
    return (
        '<!doctype html><html lang="en"><head><title>x</title></head><body><nav>Side bar</nav>'
        f'<article class="bd-article">{body}</article></body></html>'
    )


LESSON = f"""
<section id="how-many"><h1>How many birds?<a class="headerlink" href="#how-many">#</a></h1>
<div class="fw-card"><dl class="fw-card-facts"><div><dt>Lesson</dt><dd>1.1</dd></div></dl>
<div class="fw-card-buttons"><a class="fw-button" href="../../../notebooks/x.ipynb">Download notebook</a></div></div>
<div class="fw-objectives"><p>You will be able to</p><ul><li>Count a flock twice.</li></ul></div>
<div class="fw-box fw-predict" id="predict-0"><p class="fw-box-title"><span class="fw-title">Before you look</span></p>
<div class="fw-question"><p>Too few or too many?</p></div>
<fieldset class="fw-choices"><legend>Choose before you look</legend>
<label class="fw-choice"><input type="radio" name="p" id="p1"><span class="fw-line">Too few</span></label></fieldset>
<details class="fw-reveal"><summary>Then look</summary><p>Nearly all people undercount.</p></details></div>
<section id="see"><h2>See it</h2>
<p>See <a class="reference internal" href="../../glossary.html#term-flock">flock</a>,
<a class="reference internal" href="../../reference/counts.html"><span class="doc">Counts of birds</span></a>,
<a class="reference internal" href="gone.html">a page that is not printed</a> and
<a class="reference external" href="https://example.org/birds">a place on the web</a>.</p>
<div class="cell"><details class="hide"><summary>Show the code</summary><div class="cell_input"><pre>hidden_code = 1</pre></div></details>
<div class="cell_output"><div class="output"><figure class="fw-explore" id="fw-1"><div class="fw-controls">
<div class="fw-control"><label for="a">Growth</label><input id="a" type="range" aria-valuetext="2 %"><output>2</output></div>
<div class="fw-control"><label for="b">Scale</label><select id="b"><option>birds</option><option>doubling</option></select></div></div>
<img class="fw-figure only-light" alt="Light dots." src="../../../_images/dot.png"><img class="only-dark" alt="Dark dots." src="../../../_images/dark.png">
<template><img alt="Other state." src="../../../_images/dot.png"></template>
<figcaption>The growing flock.</figcaption></figure></div></div></div>
<pre>{LONG_CODE}</pre>
<div class="fw-box fw-quiz" id="q-one"><p class="fw-box-title">Check your understanding</p><div class="fw-question"><p>How many?</p></div>
<fieldset class="fw-choices"><legend>Choose one answer</legend>
<label class="fw-choice"><input type="radio" name="q"><span class="fw-letter">A</span><span class="fw-line">Forty</span></label>
<label class="fw-choice"><input type="radio" name="q"><span class="fw-letter">B</span><span class="fw-line">Fifty</span></label>
<button type="button">Check</button></fieldset>
<details class="fw-answer"><summary>Answer</summary><p>Right answer: B</p><p>Because ten were hidden.</p></details></div>
<div class="fw-box fw-quiz" id="q-two"><p class="fw-box-title">Check your understanding</p><div class="fw-question"><p>What rate?</p></div>
<div class="fw-number"><label>Your answer</label><input type="text" data-answer="0.092"><span class="fw-unit">per year</span></div>
<details class="fw-answer"><summary>Answer</summary><p>Right answer: 0.092 per year</p></details></div>
<div class="output"><div class="fw-check fw-check-no-answer"><p>No answer yet.</p></div></div></section>
<section id="game"><h2>Game</h2><section class="fw-guess" data-fw-guess=""><p class="fw-guess-name">Estimate 1 flock</p>
<details class="fw-guess-key"><summary>All flocks</summary><figure data-fw-flock="" data-n="313">
<img class="fw-figure only-light" alt="A flock." src="../../../_images/dot.png"><figcaption>Flock 1 of 1: 313 birds.</figcaption></figure></details></section></section>
<section id="do"><h2>Make your own</h2><div class="exercise admonition" id="ex"><p class="admonition-title">Exercise 1 (The morning)</p>
<div class="exercise-content"><p>Write the number of the morning.</p></div></div>
<details class="admonition hint fw-fold"><summary>Hint</summary><p>Look at the dusk.</p></details>
<details class="solution admonition fw-fold"><summary>Solution to Exercise 1 (The morning)</summary><p>It is 613.</p></details>
<details class="compare admonition fw-fold"><summary>Compare your answers</summary><p>The dusk count is the larger.</p></details>
<details><summary>More sites</summary><p>An open fold.</p></details></section>
<div class="fw-box fw-keypoints"><ul><li>Everybody has a bias.</li></ul></div>
<p>Words of this lesson: <a href="../../glossary.html#term-flock">flock</a>, <a href="../../glossary.html#term-roost">roost</a>.</p></section>
"""
WORDS = {
    "zh-Hans": "黑脸琵鹭", "zh-Hant": "黑面琵鷺", "ja": "クロツラヘラサギ", "ko": "저어새",
    "mn": "үржлийн амжилт", "ru": "величина кладки",
}  # fmt: skip
SPANS = " · ".join(f'<span lang="{language}">{word}</span>' for language, word in WORDS.items())
FIELDS = "".join(f"<tr><td>field_{n}</td><td>{'a long meaning ' * 9}</td></tr>" for n in range(60))
PAGES = {
    "book/index": '<section id="start"><h1>A small course</h1><p>Begin.</p></section>',
    "book/modules/01-count/index": '<section id="start"><h1>Module 1</h1><p>To count.</p></section>',
    "book/modules/01-count/01-first": LESSON,
    "book/reference/counts": (
        '<section id="start"><span id="room"></span><h1>Which function counts?</h1><h2>rate</h2>'
        "<pre>from flyway.counts import rate\n\nrate(\n    first,\n    last=2,\n)</pre>"
        f"<table><thead><tr><th>Field</th><th>Meaning</th></tr></thead><tbody>{FIELDS}</tbody></table></section>"
    ),
    "book/glossary": (
        '<section id="start"><h1>Words</h1><dl><dt id="term-flock">flock</dt>'
        f"<dd><p>Birds together.</p><p>{SPANS}</p></dd></dl></section>"
    ),
}


def paper_course(root: Path) -> Path:
    """Write the course as its build leaves it."""
    write(root, "_toc.yml", TOC)
    write(root, "CITATION.cff", CITATION)
    write(root, "book/index.md", "# A small course\n")
    package = '{"name": "cranes", "created": "2026-01-31T00:00:00Z"}'
    write(root, "datasets/cranes/datapackage.json", package)
    for name, body in PAGES.items():
        write(root, f"_build/html/{name}.html", page(body))
    pictures = root / "_build" / "html" / "_images"
    pictures.mkdir()
    for name in ("dot.png", "dark.png"):
        (pictures / name).write_bytes(PICTURE)
    return root
