"""Make untrusted text harmless: what is invisible becomes a visible escape, what is too long says where it was cut."""

import re

# control characters; line and paragraph separators; bidi and other invisible formatting; lone surrogates.
# U+200C and U+200D stay: Persian and Indic names and joined emoji are spelled with them, and they reorder nothing.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str, *, keep: str = "") -> str:
    r"""Return `text` with every invisible character but those in `keep` as an escape: `\n`, `\x1b`, `\u202e`.

    Without `keep` the result is one line, whoever splits it. It can always be encoded as UTF-8.
    """
    return _INVISIBLE.sub(lambda match: match[0] if match[0] in keep else _escape(match[0]), text)


def visible_lines(text: str) -> str:
    """Return `text` for an output of several lines: line breaks and tabs stay, everything else is as in `visible`."""
    return visible(text.replace("\r\n", "\n"), keep="\n\t")


def shorten(text: str, limit: int) -> str:
    """Return a name as one line of at most `limit` characters, all visible; a cut one ends in an ellipsis."""
    line = visible(text)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def cap(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`: its beginning, then how much was cut off."""
    if len(text) <= limit:
        return text
    notice = f"\n[cut here: {len(text):,} characters in all]"
    return text[: max(0, limit - len(notice))] + notice[:limit]


def cap_start(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`: how much there was, then its end, where a traceback says most."""
    if len(text) <= limit:
        return text
    notice = f"[cut here: {len(text):,} characters in all]\n"[:limit]
    return notice + text[len(text) - (limit - len(notice)) :]


def encodable(text: str) -> str:
    """Return `text` with lone surrogates, which UTF-8 has no bytes for, as U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _escape(char: str) -> str:
    code = ord(char)
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
