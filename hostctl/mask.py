"""What no log, error or alert shows: the values of secrets, in every form in which programs repeat them."""
import html
import json
import re
from urllib.parse import quote, quote_plus, unquote, urlsplit

# What is shorter may be a word of its own, and is hidden only where it stands as one; below this it would make every text unreadable,
# and infra/config/load.ts refuses it.
WORD, LEAST = 8, 4


class Mask:
    """A function that puts [NAME] where a text holds a secret. It only ever learns more of them: an old password is a secret still."""

    def __init__(self):
        self._names, self._pattern = {}, None

    def add(self, values):
        """`values`: {name: secret}."""
        for name, value in values.items():
            for part in _parts(value):
                for form in _forms(part):
                    if len(form) >= LEAST:
                        self._names.setdefault(form, name)
        words = (re.escape(form) if len(form) >= WORD else rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])" for form in sorted(self._names, key=len, reverse=True))
        self._pattern = re.compile("|".join(words)) if self._names else None

    def __call__(self, text):
        return self._pattern.sub(lambda found: f"[{self._names[found[0]]}]", text) if self._pattern else text


def _parts(value):
    """The secret itself, the lines of a long one, and the password of a URL."""
    yield value
    if "\n" in value:
        yield from (line.strip() for line in value.splitlines() if len(line.strip()) >= WORD)
    try:
        password = urlsplit(value).password
    except ValueError:
        return
    if password:
        yield from (password, unquote(password))


def _forms(part):
    """As it is, and as URLs, JSON, Python, an EnvironmentFile, a shell and HTML write it."""
    return {part, quote(part, safe=""), quote_plus(part), json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1], repr(part)[1:-1],
            re.sub(r'([\\"$`])', r"\\\1", part), part.replace("'", "'\"'\"'"), html.escape(part)}
