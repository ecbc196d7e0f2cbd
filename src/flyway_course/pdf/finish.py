"""The last touch to a printed PDF: whose it is, a date that is fixed, and its outline."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from .facts import Facts
from .outline import mend_outline

NODE = re.compile(rb"\(node(\d{8})\)")


def finish(printed: Path, pdf: Path, facts: Facts, title: str, headings: list[str]) -> int:
    """Write `pdf` from what the browser printed; return the number of its pages.

    The date is that of the course and not of the clock. headings: the words of the outline.
    """
    # Chromium's PDFs end with a count that pypdf warns of, though every object is found
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    producer = str((PdfReader(printed).metadata or {}).get("/Producer", ""))
    writer = PdfWriter(clone_from=printed)
    day = facts.made.strftime("D:%Y%m%d%H%M%S+00'00'")
    writer.metadata = {
        "/Title": title,
        "/Author": facts.authors,
        "/Subject": facts.subtitle,
        "/Creator": f"{facts.title} {facts.version}",
        "/Producer": producer,
        "/CreationDate": day,
        "/ModDate": day,
    }
    root = writer.root_object
    if "/Outlines" in root:
        mend_outline(root["/Outlines"].get_object(), headings)
        root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    part = pdf.with_suffix(".part")
    writer.write(part)
    part.write_bytes(number_anew(part.read_bytes()))
    part.replace(pdf)
    return len(writer.pages)


def number_anew(pdf: bytes) -> bytes:
    """Number the heads of tables from 1 on, in the order in which they were numbered.

    Cells name their heads by numbers that the browser gave to its nodes, and these differ from one
    start of the browser to the next. A number keeps its width: the file says where each part begins.
    """
    given = sorted(set(NODE.findall(pdf)))
    places = {number: b"(node%0*d)" % (len(number), n) for n, number in enumerate(given, 1)}
    return NODE.sub(lambda found: places[found[1]], pdf)
