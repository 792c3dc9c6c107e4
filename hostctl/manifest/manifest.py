"""The manifest as checked, read-only values; its shape is contract.schema.json's."""
import hashlib
import json
import re
from typing import NamedTuple

from ..machine.errors import HostError

MARK = "# BUNDLE "
# Rises with a shape that a reader of the one before would get wrong, and never for a key more: a host that goes back to an earlier version reads what is here.
VERSION = 1


class Action(NamedTuple):
    verb: str
    unit: str = ""
    service: str = ""


class File(NamedTuple):
    path: str
    owner: str
    group: str
    mode: int
    sha256: str
    content: bytes
    on_change: tuple[Action, ...]


class Check(NamedTuple):
    below: str
    command: tuple[str, ...]


class Service(NamedTuple):
    name: str
    kind: str
    health_path: str = "/"
    health_host: str = ""
    start_seconds: float = 0
    drain_seconds: float = 0
    timeout_seconds: float = 0

    @property
    def slots(self):
        return self.kind == "slots"


class Step(NamedTuple):
    name: str
    command: tuple[str, ...]
    timeout_seconds: float


class Static(NamedTuple):
    url: str
    folder: str


class Schema(NamedTuple):
    revision: tuple[str, ...]
    # Empty where none is declared.
    down: tuple[str, ...]
    # Ends with 0 where the steps of a release would leave the schema as it is; empty where none is declared.
    check: tuple[str, ...]


class Release(NamedTuple):
    digest: str
    requirements: str
    steps: tuple[Step, ...]
    static: tuple[Static, ...]
    keep: int
    schema: Schema | None
    # Whether the database is saved before a release changes its schema.
    restore_point: bool
    # A step may wait this long for a lock of the database.
    lock_timeout_seconds: float


class Manifest(NamedTuple):
    raw: dict
    project: str
    stack: str
    host: str
    # Release of Debian that it is made for, "13"; "" where it does not say.
    debian: str
    user: str
    packages: tuple[str, ...]
    # Names of the app's environment whose values are no secrets.
    plain: tuple[str, ...]
    files: tuple[File, ...]
    checks: tuple[Check, ...]
    units: tuple[str, ...]
    services: tuple[Service, ...]
    release: Release | None

    def with_digest(self, digest):
        """The same manifest that declares another release."""
        return parse({**self.raw, "release": {**self.raw["release"], "digest": digest}})

    def with_files(self, files):
        """The same manifest with more files, {path: text}, that everybody may read; a change of one rolls every service."""
        rolls = [{"verb": "roll", "service": service.name} for service in self.services]
        more = [{"path": path, "owner": "root", "group": "root", "mode": "0644", "content": content, "onChange": rolls, "late": True,
                 "sha256": hashlib.sha256(content.encode()).hexdigest()} for path, content in files.items()]
        return parse({**self.raw, "files": self.raw["files"] + more})

    def late_files(self):
        """{path: text} of the files that with_files() added."""
        return {file["path"]: file["content"] for file in self.raw["files"] if file.get("late")}

    def slot_services(self):
        return [service for service in self.services if service.slots]

    def command_services(self):
        return [service for service in self.services if not service.slots]


class _Value:
    """A JSON value with its path, so that a fault can say where it is."""

    def __init__(self, value, at):
        self.value, self.at = value, at

    def __getitem__(self, key):
        if not isinstance(self.value, dict) or key not in self.value:
            raise HostError(f"{self.at}.{key}: is missing; the bundle was made by another version of this project")
        return _Value(self.value[key], f"{self.at}.{key}")

    def there(self, key, otherwise):
        """As [key]; `otherwise` in the manifest that a host keeps from before this key was."""
        return self[key] if key in self.value else _Value(otherwise, f"{self.at}.{key}")

    def items(self):
        self.must(isinstance(self.value, list), "must be a list")
        return [_Value(value, f"{self.at}[{index}]") for index, value in enumerate(self.value)]

    def text(self, pattern=r"[^\0]*"):
        self.must(isinstance(self.value, str) and re.fullmatch(pattern, self.value, re.DOTALL) is not None, f"must be text like {pattern}")
        return self.value

    def number(self):
        self.must(isinstance(self.value, (int, float)) and not isinstance(self.value, bool) and self.value >= 0, "must be a number from 0 on")
        return self.value

    def flag(self):
        self.must(isinstance(self.value, bool), "must be true or false")
        return self.value

    def absolute(self):
        self.must(isinstance(self.value, str) and self.value.startswith("/") and ".." not in self.value.split("/"), "must be an absolute path without ..")
        return self.value

    def relative(self):
        parts = self.value.split("/") if isinstance(self.value, str) else [""]
        self.must(not set(parts) & {"", ".", ".."}, "must be a relative path without . and ..")
        return self.value

    def words(self):
        found = tuple(item.text() for item in self.items())
        self.must(len(found) > 0, "must have a word at least")
        return found

    def must(self, holds, what):
        if not holds:
            raise HostError(f"{self.at}: {what}, got {json.dumps(self.value)[:120]}")


NAME = r"[a-z][a-z0-9_-]*"
UNIT = r"[A-Za-z0-9:_.@-]+"
DIGEST = r"[0-9a-f]{16}"


def require_version(found, reads, at):
    """Raises HostError where a document is of another version than this hostctl reads."""
    if found != reads:
        other = f"{'a newer' if found > reads else 'an older'} version" if isinstance(found, int) else "another version"
        raise HostError(f"{at}: must be {reads}, got {json.dumps(found)}; {other} of this project made it, so deploy with that one")


def load(path):
    """Read a manifest from a JSON file, or from the last line of a bundle. Raises HostError for anything amiss."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read().rstrip("\n")
    except (OSError, UnicodeDecodeError) as failure:
        raise HostError(f"{path}: cannot be read as a manifest ({failure})") from None
    last = text.rsplit("\n", 1)[-1]
    try:
        return parse(json.loads(last.removeprefix(MARK) if last.startswith(MARK) else text))
    except ValueError as failure:
        raise HostError(f"{path}: is neither a bundle nor JSON ({failure})") from None


def parse(raw):
    """A manifest from decoded JSON. Raises HostError with the path of the first value that does not fit."""
    top = _Value(raw, "manifest")
    require_version(top["version"].value, VERSION, "manifest.version")
    return Manifest(
        raw=raw,
        project=top["project"].text(),
        stack=top["stack"].text(),
        host=top["host"].text(),
        debian=top.there("debian", "").text(r"|[1-9][0-9]*"),
        user=top["user"].text(f"|{NAME}"),
        packages=tuple(item.text(r"[a-z0-9][a-z0-9+.-]+") for item in top["packages"].items()),
        # None in one of an earlier version.
        plain=tuple(item.text(r"[A-Za-z_][A-Za-z0-9_]*") for item in top["plain"].items()) if "plain" in raw else (),
        files=tuple(_file(item) for item in top["files"].items()),
        checks=tuple(Check(item["below"].absolute(), item["command"].words()) for item in top["checks"].items()),
        units=tuple(item.text(UNIT) for item in top["units"].items()),
        services=tuple(_service(item) for item in top["services"].items()),
        release=None if top["release"].value is None else _release(top["release"]),
    )


def _file(value):
    content = value["content"].text(r".*").encode()
    sha256 = value["sha256"].text(r"[0-9a-f]{64}")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise HostError(f"{value.at}.sha256: is not that of the content of {value['path'].value}; the bundle was damaged, send it again")
    return File(value["path"].absolute(), value["owner"].text(NAME), value["group"].text(NAME), int(value["mode"].text(r"0[0-7]{3}"), 8),
                sha256, content, tuple(_action(item) for item in value["onChange"].items()))


def _action(value):
    verb = value["verb"].text("reload|restart|roll")
    return Action(verb, service=value["service"].text(NAME)) if verb == "roll" else Action(verb, unit=value["unit"].text(UNIT))


def _service(value):
    name = value["name"].text(NAME)
    if value["kind"].text("slots|command") == "command":
        return Service(name, "command")
    return Service(name, "slots", value["healthPath"].text(r"/[^\s]*"), value["healthHost"].text(r"[^\s]+"),
                   value["startSeconds"].number(), value["drainSeconds"].number(), value["timeoutSeconds"].number())


def _release(value):
    steps = tuple(Step(item["name"].text(), item["command"].words(), item["timeoutSeconds"].number()) for item in value["steps"].items())
    static = tuple(Static(item["url"].text(r"/.*"), item["folder"].relative()) for item in value["static"].items())
    for item, found in zip(value["static"].items(), static):
        item["url"].must(".." not in found.url.split("/"), "must be a URL path without ..")
    return Release(value["digest"].text(DIGEST), value["requirements"].relative(), steps, static, int(value["keep"].number()), _schema(value["schema"]),
                   value.there("restorePoint", True).flag(), value.there("lockTimeoutSeconds", 5).number())


def _schema(value):
    if value.value is None:
        return None
    return Schema(value["revision"].words(), tuple(item.text() for item in value["down"].items()), tuple(item.text() for item in value.there("check", []).items()))
