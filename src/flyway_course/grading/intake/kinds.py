"""Say what a file is that is no notebook, and what to do about it."""

from __future__ import annotations

INSTEAD = "hand in the notebook itself"
ARCHIVES = {
    b"Rar!\x1a\x07": "rar",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}
OTHERS = {
    b"PK\x03\x04": "it is a zip archive, not a notebook: let its name end with .zip, or unpack it and hand in the notebook",
    b"%PDF": "it is a PDF, not a notebook: in Jupyter, File → Download gives the file that ends with .ipynb",
    b"\x89PNG": f"it is a picture, not a notebook: {INSTEAD}",
    b"\xff\xd8\xff": f"it is a picture, not a notebook: {INSTEAD}",
    b"\xd0\xcf\x11\xe0": f"it is an Office file, not a notebook: {INSTEAD}",
}
E_MAIL = (".eml", ".msg")
WEB_PAGE = (
    "it is a web page, not a notebook: in Jupyter, File → Download gives the file that ends with "
    ".ipynb. If it came from a website, log in there and download it again"
)


def kind_of_archive(data: bytes) -> str:
    """Return of which kind an archive is that is no zip; nothing for any other file."""
    kind = next((kind for mark, kind in ARCHIVES.items() if data.startswith(mark)), "")
    return "tar" if data[257:262] == b"ustar" else kind


def archive(data: bytes) -> str:
    """Return why an archive of another kind than zip is refused; nothing for any other file."""
    kind = kind_of_archive(data)
    return f"an archive of the kind {kind}: {INSTEAD}" if kind else ""


def other(data: bytes) -> str:
    """Return why a file of a kind that its first bytes tell is no notebook, or nothing."""
    if data[:1000].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype html", b"<html")):
        return WEB_PAGE
    return next((words for mark, words in OTHERS.items() if data.startswith(mark)), "")


def is_notebook(data: bytes | None) -> bool:
    """Say whether a file holds a notebook, whatever its name says."""
    data = data or b""
    start = data[:100].lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith(b"{") and b'"nbformat"' in data and b'"cells"' in data


def no_notebook(file: str) -> str:
    """Return why a file is refused that neither by its name nor by its content is a notebook."""
    if file.lower().endswith(E_MAIL):
        return "it is an e-mail, not a notebook: save its attachment, and collect that"
    return "not a notebook (.ipynb)"
