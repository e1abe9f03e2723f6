"""Tooltips from people's own words: Qt would render what looks like markup."""

import html


def plain_tip(text: str) -> str:
    """`text` as a tooltip that shows every character of it."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text else text
