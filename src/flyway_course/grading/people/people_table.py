"""Tables of people as spreadsheets, Moodle and Canvas save them: encodings, separators, heads."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from flyway_course.grading.errors import GradingError
from flyway_course.grading.people.tables import allow_long_fields, plain

# What the columns are called in English, Japanese, Korean, Chinese, Mongolian and Russian, as Moodle
# says it and as people write it. Canvas has English heads everywhere. The first one found counts.
HEADS = {
    "name": "name | full name | user full name | student | student name | trainee | nom | fullname"
    "| フルネーム | ユーザフルネーム | ユーザーフルネーム | 氏名 | 名前"
    "| 전체 이름 | 사용자 성명 | 성명 | 이름"
    "| 全名 | 用户全名 | 使用者全名 | 完整姓名 | 姓名"
    "| бүтэн нэр | овог нэр | овог, нэр | нэр"
    "| полное имя | полное имя пользователя | фио | имя",
    "first": "first name | firstname | given name | 名 | 이름 | өөрийн нэр | нэр | имя | name",
    "last": "last name | lastname | surname | family name"
    "| 姓 | 성 | овог | эцгийн нэр | эцэг/эхийн нэр | фамилия",
    "id": "id | student id | sis user id | username | id number"
    "| idナンバ | idナンバー | 学籍番号 | ユーザ名 | id 번호 | 학번 | 사용자 아이디"
    "| 学号 | 學號 | 用户名 | id дугаар | оюутны код | индивидуальный номер | логин",
    "email": "email | email address | e-mail | sis login id | メールアドレス | メール"
    "| 이메일 주소 | 이메일 | 电子邮件地址 | 电子邮件 | 邮箱 | 電子郵件信箱 | 電子郵件"
    "| имэйл хаяг | имэйл | и-мэйл хаяг | и-мэйл | цахим шуудан"
    "| адрес электронной почты | электронная почта | почта",
    "moodle": "moodle | identifier | moodle id | participant"
    "| 識別子 | 식별자 | 标识符 | 識別碼 | таних дугаар | идентификатор",
    "canvas": "canvas | canvas id",
    "language": "language | lang | 言語設定 | 언어 | 语言 | хэл | язык",
}
COLUMNS = {what: [head.strip() for head in said.split("|")] for what, said in HEADS.items()}
CANVAS = {"id": "canvas", "sis user id": "id", "sis login id": "email"}
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SEPARATOR_LINE = re.compile(r'\A"?sep=([,;\t])"?[,;\t]*(?=\n)', re.IGNORECASE)
AS_TEXT = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
FAMILY_FIRST = frozenset(("姓", "성", "овог", "эцгийн нэр", "эцэг/эхийн нэр"))


def decoded(data: bytes, name: str) -> str:
    r"""Return the text of a table, with `\n` at the end of each line.

    Raises
    ------
    GradingError
        The table is in an old encoding: nobody can tell which.
    """
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise GradingError(f"{name} is not saved as UTF-8. Save it again as 'CSV UTF-8'.") from None
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-16-le", "utf-16-be") if b"\0" in data else ():
        text = data.decode(encoding, "replace")
        # read as the wrong one of them, a table has no line end
        if "\0" not in text and ("\n" in text or "\r" in text):
            return encoding
    return "utf-8-sig"


def rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of each row, as a spreadsheet counts, and what its known columns say.

    Raises
    ------
    GradingError
        There is no column of names, quotation marks do not come in pairs, or a row has more
        values than there are columns.
    """
    allow_long_fields()
    if given := SEPARATOR_LINE.match(text):
        text = text[given.end() :]  # its line end stays: rows keep their numbers
    separator = given[1] if given else _separator(text)
    heads: list[str] = []
    found: dict[str, int] = {}
    for number, line, row in _rows(text, separator, name):
        if not heads:
            heads, found = row, columns(row)
            if not {"name", "first", "last"} & set(found):
                raise GradingError(
                    f"{name} has no column of names: call one of them 'name'. "
                    f"Its first row says: {', '.join(row)}."
                )
            continue
        if len(row) > len(heads):
            raise GradingError(
                f"{name}, row {number}: more values ({len(row)}) than columns ({len(heads)}). Is "
                f"there a {SEPARATORS[separator]} in a name? Put the name in quotation marks, as in "
                "\"Kim, Anna\", or use two columns, 'last name' and 'first name'."
            )
        said = {what: row[at] for what, at in found.items() if at < len(row)}
        if any(_swallowed(cell, separator) for cell in said.values()):
            raise _unpaired(name, line)
        if not _is_canvas(heads) or not _is_nobody(said):
            yield number, {what: " ".join(_text(cell).split()) for what, cell in said.items()}


def _text(cell: str) -> str:
    """Return what a cell says; `="1111"` is how Excel is told that 1111 is text."""
    as_text = AS_TEXT.fullmatch(cell)
    return as_text[1].replace('""', '"') if as_text else plain(cell)


def _rows(text: str, separator: str, name: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the number, the first line and the cells of each row that is not blank."""
    table = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True)
    line = 1
    try:
        for number, row in enumerate(table, start=1):
            while row and not row[-1].strip():
                row.pop()
            if row:
                yield number, line, row
            line = table.line_num + 1
    except csv.Error:
        raise _unpaired(name, line) from None


def _separator(text: str) -> str:
    """Return the separator with which most heads are understood."""

    def understood(separator: str) -> tuple[int, int]:
        for row in csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True):
            if any(cell.strip() for cell in row):
                return len(columns(row)), len(row)
        return 0, 0

    return max(SEPARATORS, key=understood)


def columns(heads: list[str]) -> dict[str, int]:
    """Return which column of a table says what."""
    said = [_word(head) for head in heads]
    at = {head: said.index(head) for head in said}
    if _is_canvas(heads):
        at = {CANVAS.get(head, head): place for head, place in at.items()}
    found = {
        what: next(at[alias] for alias in aliases if alias in at)
        for what, aliases in COLUMNS.items()
        if any(alias in at for alias in aliases)
    }
    if "last" in found and found.get("name") == found.get("first"):
        found.pop("name", None)  # beside a family name, "name" is the given name
    if "last" in found and said[found["last"]] in FAMILY_FIRST:
        found = {"last": found.pop("last")} | found
    return found


def _word(head: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", head).casefold().replace("*", "").split()).strip(
        ":"
    )


def _is_canvas(heads: list[str]) -> bool:
    """Say whether a table is Canvas's gradebook, where "ID" is Canvas's own number."""
    return {"id", "sis login id"} <= {_word(head) for head in heads}


def _is_nobody(said: dict[str, str]) -> bool:
    """Say whether a row of Canvas's gradebook is no trainee: the points possible, the test student."""
    name = {_word(said.get(what, "")) for what in ("name", "first", "last")} - {""}
    if not said.get("canvas", "").strip():
        return name <= {"points possible"}
    return name in ({"student, test"}, {"student", "test"}, {"test student"})


def _swallowed(cell: str, separator: str) -> bool:
    """Say whether an unpaired quotation mark has made one cell of several rows.

    A long name may be broken once, in two lines; it holds no separator then.
    """
    return cell.count("\n") > 1 or ("\n" in cell and separator in cell)


def _unpaired(name: str, line: int) -> GradingError:
    return GradingError(
        f'{name}, line {line}: a quotation mark (") is missing, or one is too many. Mend this line, '
        "so that no row is lost, and save the file again."
    )
