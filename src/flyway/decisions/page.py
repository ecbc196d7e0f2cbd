"""The layout of the policy brief: two A4 pages as HTML, and the same text as Markdown."""

from __future__ import annotations

import html
from collections.abc import Mapping

from flyway.decisions.findings import Finding

STYLE = """
@page { size: A4; margin: 16mm 17mm; }
:root { color-scheme: light; }
body { font: 10.5pt/1.4 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: #1d2430;
  background: #fff; max-width: 176mm; margin: 0 auto; padding: 6mm 4mm; }
h1 { font-size: 20pt; line-height: 1.2; margin: 0 0 2mm; }
h2 { font-size: 12.5pt; margin: 5mm 0 1.5mm; color: #1f5dc2; break-after: avoid; }
p, ol, ul { margin: 0 0 2mm; }
.byline { color: #56606c; }
.message { font-size: 12.5pt; border-left: 1.2mm solid #d37812; padding: 1mm 0 1mm 4mm; margin: 4mm 0; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
caption { text-align: left; font-weight: 600; margin-bottom: 1mm; }
th, td { text-align: left; vertical-align: top; padding: 1mm 2.5mm 1mm 0; border-bottom: 0.2mm solid #c8ced6; }
tr { break-inside: avoid; }
td.number { white-space: nowrap; font-weight: 600; }
figure { margin: 3mm 0; break-inside: avoid; text-align: center; }
figure img { max-width: 100%; max-height: 62mm; }
figcaption, .small { font-size: 8.5pt; text-align: left; }
@media print { body { padding: 0; max-width: none; } }
"""


def write_html(
    parts: dict,
    findings: list[Finding],
    order: Mapping[str, int],
    references: list[tuple[int, str]],
    pictures: list[tuple[str, str, str]],
    confidence: Mapping[str, str],
    language: str,
) -> str:
    """Return the brief as one HTML file that needs nothing else (pictures inside)."""
    e = html.escape
    rows = "\n".join(
        f'<tr><th scope="row">{e(_claim(f))}</th><td class="number">{e(f.number)}</td>'
        f"<td>{e(f.doubt)}</td><td>{e(f.confidence)}</td><td>[{order[f.source]}]</td></tr>"
        for f in findings
    )
    sections = "\n".join(
        f"<h2>{e(head)}</h2>\n" + "\n".join(f"<p>{e(p)}</p>" for p in paragraphs)
        for head, paragraphs in parts["sections"].items()
    )
    figures = "\n".join(
        f'<figure><img src="{uri}" alt="{e(alt)}"><figcaption>{e(caption)}</figcaption></figure>'
        for uri, alt, caption in pictures
    )
    advice = "\n".join(f"<li>{e(r)}</li>" for r in parts["recommendations"])
    listed = "\n".join(f'<li value="{i}">{e(text)}</li>' for i, text in references)
    byline = " · ".join(e(t) for t in (parts["authors"], parts["date"]) if t)
    return f"""<!DOCTYPE html>
<html lang="{e(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{e(parts["title"])}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{e(parts["title"])}</h1>
{f'<p class="byline">{byline}</p>' if byline else ""}
<p class="message">{e(parts["message"])}</p>
{sections}
{figures}
<h2>What we know, and how sure we are</h2>
<table>
<thead><tr><th scope="col">Finding</th><th scope="col">Estimate</th><th scope="col">Interval</th><th scope="col">Confidence</th><th scope="col">Source</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
<p class="small">{e(_meanings(findings, confidence))}</p>
<h2>What we recommend</h2>
<ol>
{advice}
</ol>
<h2>Sources</h2>
<ol class="small">
{listed}
</ol>
</main>
</body>
</html>
"""


def write_markdown(
    parts: dict,
    findings: list[Finding],
    order: Mapping[str, int],
    references: list[tuple[int, str]],
    pictures: list[tuple[str, str, str]],
    confidence: Mapping[str, str],
) -> str:
    """Return the brief as Markdown, with the same order and the same words."""
    m = _plain
    lines = [f"# {m(parts['title'])}", ""]
    byline = " · ".join(m(t) for t in (parts["authors"], parts["date"]) if t)
    lines += [byline, ""] if byline else []
    lines += [f"> **{m(parts['message'])}**", ""]
    for head, paragraphs in parts["sections"].items():
        lines += [f"## {m(head)}", ""]
        for p in paragraphs:
            lines += [m(p), ""]
    for uri, alt, caption in pictures:
        lines += [f"![{m(alt)}]({uri})", "", f"*{m(caption)}*", ""]
    lines += ["## What we know, and how sure we are", ""]
    lines += ["| Finding | Estimate | Interval | Confidence | Source |", "|---|---|---|---|---|"]
    lines += [
        f"| {m(_claim(f))} | {m(f.number)} | {m(f.doubt)} | {f.confidence} | [{order[f.source]}] |"
        for f in findings
    ]
    lines += ["", m(_meanings(findings, confidence)), "", "## What we recommend", ""]
    lines += [f"{i}. {m(r)}" for i, r in enumerate(parts["recommendations"], start=1)]
    lines += ["", "## Sources", ""]
    lines += [f"{i}. {m(text)}" for i, text in references]
    return "\n".join(lines) + "\n"


def _claim(finding: Finding) -> str:
    """Return the claim for the table, where the number has a column of its own."""
    return finding.claim.replace("{number}", "…").rstrip(" .:") if finding.claim else ""


def _meanings(findings: list[Finding], confidence: Mapping[str, str]) -> str:
    used = dict.fromkeys(f.confidence for f in findings)
    told = "; ".join(f"{word}: {meaning}" for word, meaning in confidence.items() if word in used)
    return f"Intervals show how far the true value may lie from the estimate. Confidence: {told}."


def _plain(text: str) -> str:
    """Keep a text from being read as Markdown or HTML marks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("*", "\\*")
