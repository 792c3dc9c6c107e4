"""Redaction: what no log, error or alert shows: the values of secrets, in every form in which programs repeat them."""
import html
import re
from urllib.parse import unquote, urlsplit, urlunsplit

# What is shorter may be a word of its own, and is hidden only where it stands as one; below LEAST it would make every text unreadable,
# and infra/config/load.ts refuses it.
WORD, LEAST = 8, 4
URL_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^:/?#]*:(.*)@", re.IGNORECASE | re.DOTALL)


class Mask:
    """A function that puts [NAME] where a text holds a secret. It only ever learns more of them: an old password is a secret still."""

    def __init__(self):
        # {secret: (pattern, name)}
        self._known = {}

    def add(self, values):
        """`values`: {name: secret}."""
        for name, value in values.items():
            for part in _parts(value):
                if len(part) >= LEAST and part not in self._known:
                    self._known[part] = re.compile(_pattern(part)), name

    def __call__(self, text):
        found = sorted((match.start(), -match.end(), name) for pattern, name in self._known.values() for match in pattern.finditer(text))
        shown, end = [], 0
        for start, minus_stop, name in found:
            # Of two that overlap no rest is left.
            if start >= end:
                shown += [text[end:start], f"[{name}]"]
            end = max(end, -minus_stop)
        return "".join([*shown, text[end:]])


def _parts(value):
    """The secret itself, each of its lines (as in a key that JSON holds, too), the password of a URL, and where a webhook posts: a client that fails names the path alone."""
    yield value
    yield from (line.strip() for line in re.split(r"\r?\n|\\n", value))
    try:
        url = urlsplit(value)
        passwords = {url.password}
    except ValueError:
        passwords = set()
    else:
        path = urlunsplit(("", "", url.path, url.query, ""))
        if url.scheme in ("http", "https") and len(path) > WORD:
            yield path
    # One with a / that nobody has encoded ends the address for urlsplit.
    whole = URL_PASSWORD.match(value)
    for password in sorted(filter(None, passwords | ({whole[1]} if whole else set()))):
        yield from (password, unquote(password))


def _pattern(part):
    """Each letter that means something to URLs, JSON, Python, EnvironmentFiles, shells, SQL or HTML may stand as any of them writes it."""
    letters = "".join(letter if letter.isascii() and letter.isalnum() else _letter(letter) for letter in part)
    return letters if len(part) >= WORD else rf"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{{2}})|(?<=\\[nrt])){letters}(?![A-Za-z0-9])"


def _letter(letter):
    utf16 = letter.encode("utf-16-be").hex()
    forms = {
        rf"\\*{re.escape(letter)}",
        "".join(f"%{byte:02x}" for byte in letter.encode()),
        r"\\+u".join(["", *(utf16[at:at + 4] for at in range(0, len(utf16), 4))]),
        rf"\\+x{ord(letter):02x}" if ord(letter) < 256 else rf"\\+U{ord(letter):08x}",
        f"&#0*{ord(letter)};", f"&#x0*{ord(letter):x};", re.escape(html.escape(letter)),
        *SPECIAL.get(letter, ()),
    }
    return f"(?i:{'|'.join(sorted(forms, key=len, reverse=True))})"


SPECIAL = {
    " ": [r"\+"],
    "'": ["''", r"'\"'\"'", r"'\\+''", "&apos;"],
    '"': ['""'],
    "\n": [r"\r\n", r"\\+n", r"\\+r\\+n", "%0d%0a", r"\s+"],
    "\r": [r"\\+r"],
    "\t": [r"\\+t"],
}
