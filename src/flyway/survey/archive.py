"""How do we publish counts? A Darwin Core Archive: one zip file that GBIF and other portals read.

It holds event.csv (core), occurrence.csv (extension), meta.xml (what the columns mean) and eml.xml (who
made it and under which licence). Source: Darwin Core text guide, dwc.tdwg.org/text.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd

from flyway.survey.exchange import DarwinCore

TERMS = "http://rs.tdwg.org/dwc/terms/"
ROW_TYPES = {"event": f"{TERMS}Event", "occurrence": f"{TERMS}Occurrence"}


def write_archive(
    data: DarwinCore, path: str | Path, title: str, creator: str, licence: str = "CC BY 4.0"
) -> Path:
    """Write a Darwin Core Archive (.zip); the same data give the same file, byte for byte.

    Parameters
    ----------
    data : result of `to_darwin_core`. path : the file to write; its name ends in .zip.
    title, creator : what the data are called and who made them. licence : such as "CC BY 4.0".

    Returns the path.
    Errors: ValueError for an empty title or creator, or a path that does not end in .zip.
    """
    path = Path(path)
    if path.suffix != ".zip":
        raise ValueError(f"path is {str(path)!r}: an archive ends in .zip")
    for name, value in (("title", title), ("creator", creator)):
        if not str(value).strip():
            raise ValueError(f"{name} is blank: say it, so that others can cite the data")
    tables = {"event": data.event, "occurrence": data.occurrence}
    files = {f"{k}.csv": t.to_csv(index=False, lineterminator="\n") for k, t in tables.items()}
    files |= {"meta.xml": _meta(tables), "eml.xml": _eml(title, creator, licence)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return path


def read_archive(path: str | Path) -> DarwinCore:
    """Read the event and occurrence tables of a Darwin Core Archive with an event core.

    path : the .zip file.

    Errors: ValueError if the file is no archive or lacks a table.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            meta = ET.fromstring(archive.read("meta.xml"))
            tables = {}
            for part in [*meta.findall("{*}core"), *meta.findall("{*}extension")]:
                name = part.find("{*}files/{*}location").text
                separator = part.get("fieldsTerminatedBy", ",").replace("\\t", "\t")
                with archive.open(name) as file:
                    tables[part.get("rowType")] = pd.read_csv(file, sep=separator, dtype=str)
    except (zipfile.BadZipFile, KeyError, ET.ParseError) as error:
        raise ValueError(f"{path} is no Darwin Core Archive: {error}") from error
    for kind, row_type in ROW_TYPES.items():
        if row_type not in tables:
            raise ValueError(
                f"{path} holds no {kind} table: export it with an event core and occurrences"
            )
    return DarwinCore(tables[ROW_TYPES["event"]], tables[ROW_TYPES["occurrence"]], pd.DataFrame())


def _meta(tables: dict[str, pd.DataFrame]) -> str:
    root = ET.Element("archive", {"xmlns": "http://rs.tdwg.org/dwc/text/", "metadata": "eml.xml"})
    for kind, table in tables.items():
        part = ET.SubElement(
            root,
            "core" if kind == "event" else "extension",
            {
                "encoding": "UTF-8",
                "fieldsTerminatedBy": ",",
                "linesTerminatedBy": "\\n",
                "fieldsEnclosedBy": '"',
                "ignoreHeaderLines": "1",
                "rowType": ROW_TYPES[kind],
            },
        )
        ET.SubElement(ET.SubElement(part, "files"), "location").text = f"{kind}.csv"
        key = list(table.columns).index("eventID")
        ET.SubElement(part, "id" if kind == "event" else "coreid", {"index": str(key)})
        for k, column in enumerate(table.columns):
            ET.SubElement(part, "field", {"index": str(k), "term": TERMS + column})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _eml(title: str, creator: str, licence: str) -> str:
    root = ET.Element(
        "eml:eml",
        {
            "xmlns:eml": "https://eml.ecoinformatics.org/eml-2.2.0",
            "packageId": "counts",
            "system": "flyway",
        },
    )
    dataset = ET.SubElement(root, "dataset")
    ET.SubElement(dataset, "title").text = title
    ET.SubElement(ET.SubElement(dataset, "creator"), "organizationName").text = creator
    ET.SubElement(ET.SubElement(dataset, "intellectualRights"), "para").text = licence
    ET.SubElement(ET.SubElement(dataset, "contact"), "organizationName").text = creator
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
