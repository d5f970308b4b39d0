"""图文详情: HTML that staff paste from anywhere, reduced to what a product page needs."""

from __future__ import annotations

import nh3

from backend.catalog.domain.error import DetailTooLong

MAX_DETAIL = 50_000
_BLOCKS = {"p", "div", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "figure"}
_INLINE = {"span", "strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "figcaption", "img"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}

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
