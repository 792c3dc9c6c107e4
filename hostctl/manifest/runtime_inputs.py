"""What `apply --runtime-inputs` reads from standard input: what is known only once other resources exist, and so is in no bundle:
{"env": {"DATABASE_URL": "..."}, "files": {"/etc/webstack/database-ca.pem": "..."}, "secrets": {"smtpPassword": "..."}, "databaseAdmin": "...", "databaseFrom": "..."}
`secrets`, those of monitoring.py, `databaseAdmin`, the URL of admin.py, and `databaseFrom`, that of database_move.py, may be left out."""
import json
from typing import NamedTuple

from ..machine.errors import HostError
from . import environment


class RuntimeInputs(NamedTuple):
    """`env`: the app's environment. `files`: text by path, for everybody to read. `secrets`: of alerts. `database_admin`: a URL, "" for no
    administrator. None keeps what is there. `database_from`: URL of the database whose data DATABASE_URL shall have, where they move."""
    env: dict | None
    files: dict | None
    secrets: dict | None = None
    database_admin: str | None = None
    database_from: str | None = None


def parse_json(text):
    """The values on standard input; empty input says nothing. Raises HostError that names a faulty value, never shows it."""
    if not text.strip():
        return RuntimeInputs(None, None)
    must = 'standard input: must be one JSON object such as {"env": {"DATABASE_URL": "..."}, "files": {}}'
    try:
        values = json.loads(text)
    except ValueError:
        raise HostError(must) from None
    admin, source = (values.pop("databaseAdmin", ""), values.pop("databaseFrom", None)) if isinstance(values, dict) else ("", None)
    if not isinstance(values, dict) or set(values) - {"secrets"} != {"env", "files"} or not all(isinstance(part, dict) for part in values.values()):
        raise HostError(must)
    environment.checked({"databaseAdmin": admin, "databaseFrom": "" if source is None else source})
    return RuntimeInputs(environment.checked(values["env"]), values["files"], values.get("secrets"), admin, source)
