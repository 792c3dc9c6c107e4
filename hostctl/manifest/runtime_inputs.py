"""What `apply --runtime-inputs` reads from standard input: what is known only once other resources exist, and so is in no bundle; its shape is
contract.schema.json's."""
import json
from typing import NamedTuple

from ..machine.errors import HostError, nearest
from . import environment

PARTS = ("env", "files", "secrets", "databaseAdmin", "databaseFrom")


class RuntimeInputs(NamedTuple):
    """`env`: the app's environment. `files`: text by path, for everybody to read. `secrets`: of alerts, see monitoring.py. `database_admin`: the URL of
    admin.py, "" for no administrator. None keeps what is there. `database_from`: URL of the database whose data DATABASE_URL shall have, where they move."""
    env: dict | None
    files: dict | None
    secrets: dict | None = None
    database_admin: str | None = None
    database_from: str | None = None


def parse_json(text):
    """The values on standard input; empty input says nothing. Raises HostError that names a faulty value, never shows it."""
    if not text.strip():
        return RuntimeInputs(None, None)
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    _must(isinstance(values, dict) and {"env", "files"} <= {*values}, 'must be one JSON object such as {"env": {"DATABASE_URL": "..."}, "files": {}}')
    for name in values:
        _must(name in PARTS, f"must have no other part than {', '.join(PARTS)}, got {json.dumps(name)}{nearest(name, PARTS)}")
    for part in ("env", "files", "secrets"):
        _must(isinstance(values.get(part, {}), dict), f"{part} must be an object")
    for part in ("databaseAdmin", "databaseFrom"):
        _must(isinstance(values.get(part, ""), str), f"{part} must be a URL")
    for path, content in values["files"].items():
        _must(path.startswith("/") and ".." not in path.split("/"), f"files must be named by absolute paths without .., got {json.dumps(path)}")
        _must(isinstance(content, str), f"files: {path} must be text")
    for part in ("env", "secrets"):
        environment.checked(values.get(part, {}))
    return RuntimeInputs(values["env"], values["files"], values.get("secrets"), values.get("databaseAdmin", ""), values.get("databaseFrom"))


def _must(holds, what):
    if not holds:
        raise HostError(f"standard input: {what}")
