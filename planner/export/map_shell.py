"""The document around the map: folium writes it, we give it a strict content security policy.

folium puts its scripts into the page; a page under `script-src 'self'` may hold none. They are
taken out of folium's text (which never contains data of ours: data come separately, as JSON) and
go either into a served file (window) or back in with their hash (export).
"""

import functools
import html
import re
from dataclasses import dataclass

import folium
from branca.element import MacroElement
from folium.template import Template

POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src {images}; "
    "connect-src {connections}; frame-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class _Start(MacroElement):
    """Hands folium's map over to our script."""

    _template = Template(
        "{% macro script(this, kwargs) %}fairvisit.start({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )


@dataclass(frozen=True, slots=True)
class Shell:
    """folium's document in three parts: text of <head>, text of <body>, its scripts in order."""

    head: str
    body: str
    script: str


@functools.cache
def shell() -> Shell:
    """folium's document for a map without tiles; the same text each time."""
    board = folium.Map(
        location=[0.0, 0.0], zoom_start=5, tiles=None, maxZoom=18, minZoom=4, control_scale=False,
        prefer_canvas=True, zoom_control=False, attribution_control=False, zoomSnap=0.25,
        zoom_animation=True, font_size="14px",
    )  # fmt: skip
    # No CDN: nothing of folium's default list is linked, Leaflet comes from resources/.
    board.default_js = []
    board.default_css = []
    board._id = "fairvisit"
    start = _Start()  # type: ignore[no-untyped-call]
    start._id = "start"
    board.add_child(start)
    text = board.get_root().render()
    script = "\n".join(part.strip() for part in _SCRIPT.findall(text))
    text = _SCRIPT.sub("", text)
    head = text[text.index("<head>") + 6 : text.index("</head>")].strip()
    body = text[text.index("<body>") + 6 : text.index("</body>")].strip()
    return Shell(head, body, script)


def document(*, language: str, title: str, policy: str, head: str, body: str, scripts: str) -> str:
    """The whole HTML text. `title` is escaped here; `head`, `body`, `scripts` must be safe HTML.

    The policy comes first in <head>, so that nothing is read before it holds.
    """
    parts = shell()
    meta = html.escape(policy, quote=False)
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language.replace("_", "-"))}">\n<head>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{meta}"/>\n'
        f'<meta charset="UTF-8"/>\n<meta name="referrer" content="no-referrer"/>\n'
        f"<title>{html.escape(title)}</title>\n{parts.head}\n{head}\n</head>\n"
        f"<body>\n{parts.body}\n{body}\n{scripts}\n</body>\n</html>\n"
    )
