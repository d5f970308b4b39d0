"""图文详情: HTML that staff paste from anywhere, reduced to what a product page needs."""

from __future__ import annotations

import re

import nh3

from backend.catalog.domain.error import DetailTooLong

MAX_DETAIL = 50_000
_BLOCKS = {"p", "div", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "figure"}
_INLINE = {"span", "strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "figcaption", "img"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}

_REFERENCE = re.compile(r"media:[0-9a-f]{32}\.(?:jpg|png|webp)")
# A name, a number or a colour, and nothing that could be an address: url(…), also with escapes, loads from elsewhere.
_VALUE = re.compile(r"[#\w.%-]+(?: *!important)?|(?:rgb|hsl)a?\([\d.,%/ ]+\)", re.ASCII)


def _harmless(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        told = (part.partition(":") for part in value.split(";"))
        return ";".join(f"{name}:{said}" for name, _, said in told if _VALUE.fullmatch(said.strip())) or None
    if attribute == "src" and value.strip().lower().startswith("media:"):
        return value if _REFERENCE.fullmatch(value) else None
    return value


# An allow-list: what is not named goes, scripts and styles with their content, anything else leaves its text.
# No links: the rich-text component of mini-programs does not follow them.
_CLEANER = nh3.Cleaner(
    tags=_BLOCKS | _INLINE | _TABLES,
    clean_content_tags={"script", "style"},
    attributes={
        "*": {"style"},
        "img": {"src", "alt", "width", "height"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    filter_style_properties={"text-align", "color", "background-color", "font-weight"},
    attribute_filter=_harmless,
    url_schemes={"https", "media"},
    url_relative="deny",
    link_rel=None,
)


def clean_detail(html: str) -> str:
    """`html` without anything that could run, load from elsewhere or dress up as our pages. Raises `DetailTooLong`.

    Images are https addresses or ``media:<key>``. Cleaning twice changes nothing more.
    """
    if len(html) > MAX_DETAIL:
        raise DetailTooLong(maximum=MAX_DETAIL)
    cleaned: str = _CLEANER.clean(html).strip()
    if len(cleaned) > MAX_DETAIL:
        # Escaping makes it longer: "&" becomes "&amp;".
        raise DetailTooLong(maximum=MAX_DETAIL)
    return cleaned
