"""Read a lesson into a tree of blocks, each with its line in the source file.

The parser is MyST's own (markdown-it-py as `myst_parser` sets it up), so that the lint and the
built page see the same lesson. Directives are parsed inwards, since MyST leaves that to Sphinx.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from docutils.parsers.rst.directives.misc import TestDirective
from markdown_it.renderer import RendererHTML
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser

# The same list as `parse: myst_enable_extensions` in _config.yml (a test compares the two).
EXTENSIONS = frozenset(
    ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist", "substitution"]
)
# Directives that take no title: text on their first line already belongs to the body.
UNTITLED = frozenset(
    [
        "attention",
        "caution",
        "danger",
        "error",
        "hint",
        "important",
        "note",
        "seealso",
        "tip",
        "warning",
    ]
)
# Directives whose body is not Markdown.
VERBATIM = frozenset(
    ["code", "code-block", "sourcecode", "math", "raw", "bibliography", "glossary", "toctree"]
)
HIDDEN_TAGS = frozenset({"hide-input", "hide-cell", "remove-input", "remove-cell"})
_VISIBLE_ROLES = frozenset(
    ["term", "doc", "ref", "abbr", "any", "numref", "download", "sub", "sup"]
)
_CODE = "code"  # what an inline code span or formula counts as when a sentence is measured

_parser = create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)


@dataclass
class Role:
    """An inline role such as {term}`flock`: its name, its text, its line."""

    name: str
    text: str
    line: int

    @property
    def target(self) -> str:
        """The name that the role points at: `flock` in both `flock` and `flocks <flock>`."""
        title, _, rest = self.text.rpartition("<")
        return (
            rest.rstrip(">").strip() if title.strip() and rest.endswith(">") else self.text.strip()
        )

    @property
    def shown(self) -> str:
        """The words that a reader sees (none for a citation)."""
        if self.name not in _VISIBLE_ROLES:
            return _CODE if self.name in {"math", "eq", "code"} else ""
        title = self.text.rpartition("<")[0].strip()
        return title if title and self.text.endswith(">") else self.text.strip()


@dataclass
class Block:
    """One block of a lesson: heading, paragraph, list, item, directive, code, table, ….

    `text` holds the words a reader sees; `name`, `arg` and `options` belong to directives.
    """

    kind: str
    line: int
    text: str = ""
    raw: str = ""
    name: str = ""
    arg: str = ""
    level: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    children: list[Block] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    body_line: int = 0

    def walk(self) -> Iterator[Block]:
        """Yield this block and all blocks inside it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Cell:
    """A code cell: its source, the line of its first source line, its number from 1, its tags."""

    source: str
    line: int
    number: int
    tags: frozenset[str]

    @property
    def visible(self) -> bool:
        """Whether the reader sees the code without opening a fold."""
        return not self.tags & HIDDEN_TAGS

    @property
    def code_lines(self) -> list[str]:
        """The lines that are not blank."""
        return [line for line in self.source.splitlines() if line.strip()]


@dataclass
class Lesson:
    """A parsed lesson. `meta` is the whole front matter, `error` says why it cannot be read."""

    path: str
    source: str
    meta: dict[str, Any]
    blocks: list[Block]
    error: tuple[int, str] | None = None

    @property
    def card(self) -> dict[str, Any]:
        """The `lesson` part of the front matter."""
        card = self.meta.get("lesson")
        return card if isinstance(card, dict) else {}

    def walk(self) -> Iterator[Block]:
        """Yield every block of the page in reading order."""
        for block in self.blocks:
            yield from block.walk()

    def directives(self, *names: str) -> list[Block]:
        """Return the directives with one of these names, in reading order."""
        return [b for b in self.walk() if b.kind == "directive" and b.name in names]

    def roles(self, *names: str) -> list[Role]:
        """Return the roles with one of these names, in reading order."""
        return [role for b in self.walk() for role in b.roles if role.name in names]

    @property
    def cells(self) -> list[Cell]:
        """The code cells, in order."""
        found = [b for b in self.walk() if b.kind == "cell"]
        return [
            Cell(b.raw, b.body_line, number, _tags(b.options.get("tags")))
            for number, b in enumerate(found, start=1)
        ]

    def line_of(self, words: str, default: int = 1) -> int:
        """Return the first line that holds `words`, for problems of the front matter."""
        for number, line in enumerate(self.source.splitlines(), start=1):
            if words in line:
                return number
        return default


def _tags(value: object) -> frozenset[str]:
    if isinstance(value, str):
        value = [value]
    return frozenset(str(tag) for tag in value) if isinstance(value, list) else frozenset()


def _front_matter(source: str) -> tuple[dict[str, Any], tuple[int, str] | None]:
    lines = source.splitlines()
    if not lines or lines[0].strip() != "---":
        return {}, (1, "the page does not begin with front matter between two `---` lines")
    try:
        end = next(i for i, line in enumerate(lines[1:], start=1) if line.strip() == "---")
    except StopIteration:
        return {}, (1, "the front matter is not closed with a `---` line")
    try:
        meta = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 2 if broken.problem_mark else 1
        return {}, (line, f"the front matter is not valid YAML: {broken.problem}")
    if not isinstance(meta, dict):
        return {}, (1, "the front matter holds no `key: value` lines")
    return meta, None


def _inline(node: SyntaxTreeNode, block: Block) -> None:
    """Fill the text, roles, links and images of a block from its inline tokens."""
    text: list[str] = []

    def visit(parent: SyntaxTreeNode) -> None:
        for child in parent.children:
            if child.type == "text":
                text.append(child.content)
            elif child.type in {"softbreak", "hardbreak"}:
                text.append("\n")
            elif child.type in {"code_inline", "math_inline", "math_inline_double"}:
                text.append(_CODE)
            elif child.type == "myst_role":
                ahead = "".join(text).count("\n")
                role = Role(child.meta["name"], child.content, block.line + ahead)
                block.roles.append(role)
                text.append(role.shown)
            elif child.type == "image":
                block.images.append((str(child.attrs.get("src", "")), child.content))
            else:
                if child.type == "link":
                    block.links.append(str(child.attrs.get("href", "")))
                visit(child)

    visit(node)
    block.text = "".join(text).strip()
    block.raw = node.content


def _directive(node: SyntaxTreeNode, name: str, arg: str, offset: int) -> Block:
    """Turn a fence `{name} arg` into a block whose children are its parsed body."""
    line = node.map[0] + 1 + offset
    cell = name in {"code-cell", "code"} or name.startswith("code-")
    try:
        parsed = parse_directive_text(
            TestDirective, arg, node.content, line=line, validate_options=not cell
        )
        options, body, skipped = parsed.options, parsed.body, parsed.body_offset
    except Exception as broken:
        options, body, skipped = {"error": str(broken)}, node.content.splitlines(), 0
    body_line = line + 1 + skipped
    block = Block("directive", line, name=name, arg=arg, options=options, body_line=body_line)
    block.raw = "\n".join(body)
    if name == "code-cell":
        block.kind = "cell"
    elif name not in VERBATIM:
        if arg and name in UNTITLED:
            block.children.append(Block("paragraph", line, text=arg, raw=arg))
        elif arg:
            block.text = arg
        block.children += _blocks(block.raw, body_line - 1)
    return block


def _block(node: SyntaxTreeNode, offset: int, parent_line: int) -> Block:
    line = node.map[0] + 1 + offset if node.map else parent_line
    if node.type in {"fence", "colon_fence"}:
        info = node.info.strip()
        if info.startswith("{") and "}" in info:
            name, _, arg = info[1:].partition("}")
            return _directive(node, name.strip(), arg.strip(), offset)
        return Block("fence", line, name=info, raw=node.content, body_line=line + 1)
    if node.type in {"heading", "paragraph", "dt", "th", "td"}:
        level = int(node.tag[1]) if node.type == "heading" else 0
        block = Block(node.type, line, level=level)
        for child in node.children:
            if child.type == "inline":
                _inline(child, block)
        return block
    kinds = {"bullet_list": "list", "ordered_list": "list", "list_item": "item"}
    block = Block(kinds.get(node.type, node.type), line)
    if not node.children:
        block.raw = node.content
    block.children = _children(node, offset, line)
    return block


def _children(node: SyntaxTreeNode, offset: int, line: int) -> list[Block]:
    return _gated([_block(c, offset, line) for c in node.children if c.type != "front_matter"])


def _blocks(source: str, offset: int) -> list[Block]:
    return _children(SyntaxTreeNode(_parser.parse(source)), offset, offset + 1)


def _gated(blocks: list[Block]) -> list[Block]:
    """Put what stands between `{exercise-start}` and `{exercise-end}` inside one block."""
    done: list[Block] = []
    open_blocks: list[Block] = []
    for block in blocks:
        name, _, gate = block.name.rpartition("-")
        if block.kind == "directive" and gate == "end" and open_blocks:
            open_blocks.pop()
            continue
        (open_blocks[-1].children if open_blocks else done).append(block)
        if block.kind == "directive" and gate == "start":
            block.name = name
            open_blocks.append(block)
    return done


def parse(source: str, path: str) -> Lesson:
    """Parse the text of a lesson; `path` is what problems will name."""
    meta, error = _front_matter(source)
    return Lesson(path, source, meta, _blocks(source, 0), error)


def read(path: Path, root: Path) -> Lesson:
    """Read one lesson file; its problems name the path from `root`."""
    return parse(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())


def find(book: Path) -> list[Path]:
    """Return the lesson files of a book: every numbered page of a module."""
    pages = sorted((book / "modules").glob("*/*.md"))
    return [page for page in pages if page.name[:2].isdigit()]
