"""Turn what folium renders into a page that needs no network and never changes by chance."""

from __future__ import annotations

import re
from html import escape

from flyway.maps.base import MapFilesMissing, asset
from flyway.plots.figure import is_static

STYLE = """
:root { --land: #e0e4e8; --line: #aab3bd; --sea: #f0f5f9; --ink: #1d2430; --box: #ffffff; --edge: #ffffff; --link: #0b5c8a; }
:root[data-theme="dark"] { --land: #2f353d; --line: #59636f; --sea: #171c22; --ink: #e6eaef; --box: #20262d; --edge: #171c22; --link: #8cc8f0; }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); }
.leaflet-container { background: var(--sea); font: inherit; }
.fw-land { fill: var(--land); fill-opacity: 1; stroke: var(--line); stroke-opacity: 1; }
.fw-border { fill: none; stroke: var(--line); stroke-opacity: 1; }
.fw-mark svg { display: block; width: 100%; height: 100%; overflow: visible; }
.fw-mark path { stroke: var(--edge); stroke-width: 1.6; }
.fw-mark:focus-visible { outline: 3px solid var(--ink); outline-offset: 1px; border-radius: 4px; }
.fw-coarse svg { opacity: .5; }
:is(.fw-mark, .fw-key) path { fill: var(--light); }
:root[data-theme="dark"] :is(.fw-mark, .fw-key) path { fill: var(--dark); }
.fw-heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.fw-key { display: inline-block; width: 1.1em; height: 1.1em; margin: 0 .4em 0 .1em; vertical-align: -.15em; }
.leaflet-container .leaflet-control-layers, .leaflet-popup-content-wrapper, .leaflet-popup-tip, .leaflet-tooltip,
.leaflet-container .leaflet-control-attribution, .leaflet-control-scale-line, .leaflet-bar a { background: var(--box); color: var(--ink); border-color: var(--line); text-shadow: none; }
.leaflet-bar a:hover, .leaflet-bar a:focus, .leaflet-bar a.leaflet-disabled { background: var(--land); color: var(--ink); }
.leaflet-container .leaflet-control-attribution { font-size: 12px; }
.leaflet-touch .leaflet-bar a, .leaflet-bar a { width: 44px; height: 44px; line-height: 44px; }
.fw-move button { min-width: 44px; height: 44px; padding: 0 .5em; border: 0; border-radius: inherit; background: var(--box); color: var(--ink); font: inherit; font-size: 13px; }
.fw-move button[aria-pressed="true"] { background: var(--ink); color: var(--box); }
.leaflet-container .leaflet-control-attribution a, .leaflet-container a { color: var(--link); }
.leaflet-container a.leaflet-popup-close-button { width: 44px; height: 44px; line-height: 44px; font-size: 22px; color: var(--ink); }
.leaflet-control-layers label { display: flex; align-items: center; min-height: 32px; }
.leaflet-control-layers label > span { display: flex; align-items: center; gap: .35em; }
.leaflet-control-layers-selector { width: 18px; height: 18px; margin: 0; }
.leaflet-popup-content { font-size: 15px; margin: 14px 40px 14px 14px; }
.fw-missing { position: absolute; z-index: 1000; left: 0; right: 0; bottom: 1.6rem; margin: 0; padding: .5rem 1rem; background: var(--box); }
@media (max-width: 520px) { .leaflet-control-layers { font-size: 14px; } .leaflet-bottom.leaflet-left { bottom: 40px; } .leaflet-control-scale-line { font-size: 12px; } }
"""
# The frame follows the page's switch between light and dark, JupyterLab's, or the system's.
THEME = """
(function () {
  var ask = window.matchMedia("(prefers-color-scheme: dark)");
  function set() {
    var theme = ask.matches ? "dark" : "light";
    try {
      var page = parent.document, lab = page.body.dataset.jpThemeLight;
      theme = page.documentElement.dataset.theme || (lab ? (lab === "false" ? "dark" : "light") : theme);
    } catch (closed) { /* a page from file:// does not let its frames look */ }
    // A map opened on its own is its own parent: setting the same value again would never end.
    if (document.documentElement.dataset.theme !== theme) document.documentElement.dataset.theme = theme;
  }
  set();
  ask.addEventListener("change", set);
  try {
    var watch = new MutationObserver(set), change = {attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"]};
    watch.observe(parent.document.documentElement, change);
    watch.observe(parent.document.body, change);
  } catch (closed) {}
})();
"""
MISSING = (
    "The offline map files are missing, so this map needs the internet. "
    "The command python3 course.py open makes them."
)


def document(rendered: str, title: str) -> str:
    """Make folium's page self-contained: Leaflet and land inside, a language, a title, fixed names.

    The inlined parts carry `data-fw-asset`, so that the book can share one copy of each.
    """
    html = _fixed_names(rendered)
    html = html.replace("<html>", '<html lang="en">', 1)
    html = re.sub(r",\s*maximum-scale=1\.0, user-scalable=no", "", html)  # readers may zoom
    # The map is the page's main part, with a heading for readers who listen.
    html = re.sub(
        r'<div class="folium-map" id="(\w+)"\s*></div>',
        rf'<main class="folium-map" id="\1" aria-label="{escape("Map: " + title)}"><h1 class="fw-heard">{escape(title)}</h1></main>',
        html,
    )
    head = f"<title>{escape(title)}</title>"
    try:
        script = _inline("script", "leaflet.js", asset("leaflet.js"))
        style = _inline("style", "leaflet.css", _without_pictures(asset("leaflet.css")))
        land = _inline("script", "land.js", f"window.flywayLand={asset('land.json').strip()};")
        html = re.sub(r'<script src="[^"]*leaflet\.js"></script>', lambda _: script + land, html)
        html = re.sub(r'<link rel="stylesheet" href="[^"]*leaflet\.css"/>', lambda _: style, html)
    except MapFilesMissing:
        html = html.replace(
            "</body>", f'<p class="fw-missing" role="status">{MISSING}</p></body>', 1
        )
    head += f"<script>{THEME}</script>"
    # After folium's own styles, so that ours win.
    return html.replace("</head>", f"{head}<style>{STYLE}</style></head>", 1)


def frame(html: str, title: str, table: str) -> str:
    """Put the page into a frame with a title, and the table of sites below it."""
    size = "" if is_static() else ' style="width:100%;height:480px;border:0"'
    return (
        f'<div class="fw-map" data-fw-map><iframe title="{escape("Map: " + title)}"{size} '
        f'srcdoc="{escape(html)}"></iframe>{table}</div>'
    )


def _inline(tag: str, name: str, text: str) -> str:
    text = text.replace("</script", "<\\/script") if tag == "script" else text
    return f'<{tag} data-fw-asset="{name}">{text}</{tag}>'


def _without_pictures(css: str) -> str:
    """Take Leaflet's picture files out of its style: our marks are drawn, and none is fetched."""
    return re.sub(r"url\(images/[^)]*\)", "none", css)


def _fixed_names(html: str) -> str:
    """Replace folium's random names by numbers: the same map is the same page in every build."""
    names: dict[str, str] = {}
    return re.sub(
        r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])",
        lambda found: names.setdefault(found.group(), str(len(names) + 1)),
        html,
    )
