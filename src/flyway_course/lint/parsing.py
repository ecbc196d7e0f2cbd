"""Read a lesson into a tree of blocks.

The parser is MyST's own (markdown-it-py as `myst_parser` sets it up), so that the lint and the
built page see the same lesson. Directives are parsed inwards, since MyST leaves that to Sphinx.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils.parsers.rst.directives.misc import TestDirective
from markdown_it.renderer import RendererHTML
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser

from .lesson import CODE, Block, Lesson, Role

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

_parser = create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)


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
                text.append(CODE)
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
