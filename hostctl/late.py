"""What `apply --late-stdin` reads from standard input: what is known only once other resources exist, and so is in no bundle:
{"env": {"DATABASE_URL": "..."}, "files": {"/etc/webstack/database-ca.pem": "..."}, "secrets": {"smtpPassword": "..."}, "databaseAdmin": "..."}
`secrets`, those of monitoring.py, and `databaseAdmin`, the URL of administrator.py, may be left out."""
import json
from dataclasses import dataclass

from . import environment
from .errors import HostError


@dataclass(frozen=True)
class Late:
    """`env`: the app's environment. `files`: text by path, for everybody to read. `secrets`: of alerts. `database_admin`: a URL, "" for no
    administrator. None keeps what is there."""
    env: dict | None
    files: dict | None
    secrets: dict | None = None
    database_admin: str | None = None


def parse_json(text):
    """The values on standard input; empty input says nothing. Raises HostError that names a faulty value, never shows it."""
    if not text.strip():
        return Late(None, None)
    must = 'standard input: must be one JSON object such as {"env": {"DATABASE_URL": "..."}, "files": {}}'
    try:
        values = json.loads(text)
    except ValueError:
        raise HostError(must) from None
    admin = values.pop("databaseAdmin", "") if isinstance(values, dict) else ""
    if not isinstance(values, dict) or set(values) - {"secrets"} != {"env", "files"} or not all(isinstance(part, dict) for part in values.values()):
        raise HostError(must)
    environment.checked({"databaseAdmin": admin})
    return Late(environment.checked(values["env"]), values["files"], values.get("secrets"), admin)
