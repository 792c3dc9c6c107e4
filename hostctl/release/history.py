"""Which release served when: the last entry is the one that serves."""
import datetime
import json

KEPT = 100


def read(paths):
    """[{digest, at, verb, schema, restorePoint}], oldest first; `at` is UTC, `schema` the schema revision where one is declared, `restorePoint`
    what was taken before the steps, see restore_point.py."""
    try:
        return json.loads(paths.history.read_text())
    except FileNotFoundError:
        return []


def with_entry(entries, digest, verb, seconds, revision=None, point=None):
    """The entries with one more, as bytes of the file."""
    at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="seconds")
    return text([*entries, {"digest": digest, "at": at, "verb": verb, **({"schema": revision} if revision else {}),
                 **({"restorePoint": point} if point else {})}])


def text(entries):
    """The newest of the entries, as bytes of the file."""
    return json.dumps(entries[-KEPT:], indent=1).encode()


def previous(entries, serving):
    """Digests that served before, the latest first, without the serving one."""
    found = dict.fromkeys(entry["digest"] for entry in reversed(entries))
    return [digest for digest in found if digest != serving]


def line(entries):
    """Digests of the releases that serve one after another, the one that serves now last: a rollback ends those after the release that it goes to."""
    found = []
    for entry in entries:
        digest = entry["digest"]
        if entry["verb"] == "rollback" and digest in found:
            del found[len(found) - found[::-1].index(digest):]
        elif found[-1:] != [digest]:
            found.append(digest)
    return found


def schema_of(entries, digest):
    """The schema revision that was recorded when a release served last, or None."""
    return next((entry.get("schema") for entry in reversed(entries) if entry["digest"] == digest), None)


def point_of(entries, revision):
    """The newest restore point that was taken at this schema revision, or None."""
    points = (entry.get("restorePoint") for entry in reversed(entries))
    return next((point for point in points if point and point["schema"] == revision), None)
