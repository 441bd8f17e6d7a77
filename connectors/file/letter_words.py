"""Words of letters as they really arrive: raw 8-bit headers, misnamed charsets, HTML without a plain part.

The standard library's header parser turns raw Cyrillic into replacement marks, raises LookupError on `cp-1251` and
RecursionError on a long row of brackets; what is here does none of that.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from html.parser import HTMLParser
from quopri import decodestring

from connectors.file.encoding import encoding_of_bytes

_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_ENCODED = re.compile(r"(\?=)\s+(=\?)")
_ADDRESS = re.compile(r"[^\s<>()\"',;:@\[\]]{1,64}@[^\s<>()\"',;:@\[\]]{1,255}")
_NAMES = {"cp-1251": "cp1251", "win-1251": "cp1251", "windows1251": "cp1251", "koi8": "koi8-r", "utf8mb4": "utf-8"}


def decode(content: bytes, charset: str | None) -> str:
    """`content` as text: by the charset that the letter names, and where that is wrong or unknown, by its bytes."""
    named = (charset or "").strip().strip("\"'").lower().removeprefix("x-").replace("_", "-")
    for name in (_NAMES.get(named, named), "utf-8", encoding_of_bytes(content)):
        try:
            if name:
                return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def header_text(raw: str) -> str:
    """A header's value as text: raw 8-bit bytes (kept by surrogateescape) and encoded words (RFC 2047) decoded."""
    try:
        raw.encode()
    except UnicodeEncodeError:
        raw = decode(raw.encode("utf-8", "surrogateescape"), None)
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", raw)
    return _ENCODED.sub(_encoded_word, _BETWEEN_ENCODED.sub(r"\1\2", unfolded)).strip()


def _encoded_word(found: re.Match[str]) -> str:
    charset, kind, body = found.groups()
    try:
        if kind in "bB":
            content = b64decode(body + "=" * (-len(body) % 4))
        else:
            content = decodestring(body.replace("_", " ").encode("ascii", "replace"), header=True)
    except (binascii.Error, ValueError):
        return found[0]
    return decode(content, charset.partition("*")[0])


def name_and_address(raw: str) -> tuple[str, str]:
    """The first sender of a From header: (name, e-mail address), each may be empty."""
    words = header_text(raw)[:2000]
    found = _ADDRESS.search(words)
    if found is None:
        return words.strip(" \"'<>"), ""
    return words[: found.start()].strip(" \t\"'<,;"), found[0]


class _Words(HTMLParser):
    """Collects what a reader of the page would see, blocks on lines of their own."""

    _BLOCKS = frozenset(
        "address article blockquote br div dl dt dd h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul".split()
    )
    _HIDDEN = frozenset(("head", "script", "style", "template", "title"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self._HIDDEN:
            self._hidden += 1
        elif tag == "body":
            self._hidden = 0  # a head that nobody closed hides no letter
        elif tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in self._BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))


def text_of_html(page: str) -> str:
    """The words of an HTML letter, without marks, scripts and styles."""
    parser = _Words()
    parser.feed(page)
    parser.close()
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(parser.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
