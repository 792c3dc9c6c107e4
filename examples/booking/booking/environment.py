"""The environment, read once at the start. What is missing or wrong ends the start with one sentence."""
import os
import ssl
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class Misconfigured(SystemExit):
    """A variable that is missing or wrong; gunicorn shows the sentence and ends."""


def server(name: str) -> dict[str, Any]:
    """PyMySQL's arguments for the database at the URL of a variable: `mysql://user:password@host:3306/name`, with `ssl_ca=FILE` for TLS
    with the server's certificate and name checked, or `unix_socket=PATH`."""
    text = os.environ.get(name, "")
    # Not the value itself: it holds the password, as does what urlsplit() says of it.
    got = f"{text.partition('://')[0]}://..." if "://" in text else "something else" if text else "nothing"
    wrong = Misconfigured(f"{name}: must be mysql://user:password@host/name, with ?ssl_ca=FILE for TLS or ?unix_socket=PATH, got {got}")
    try:
        url = urlsplit(text)
        port = url.port or 3306
    except ValueError:
        raise wrong from None
    query = dict(parse_qsl(url.query))
    if url.scheme != "mysql" or not url.path.strip("/") or not (url.hostname or "unix_socket" in query) or set(query) - {"ssl_ca", "unix_socket"}:
        raise wrong
    arguments: dict[str, Any] = {"user": unquote(url.username or ""), "password": unquote(url.password or ""), "database": url.path.strip("/")}
    if "unix_socket" in query:
        return {**arguments, "unix_socket": query["unix_socket"]}
    arguments |= {"host": url.hostname, "port": port}
    # Not PyMySQL's own ssl_ca, which leaves the server's name unchecked.
    return arguments | ({"ssl": ssl.create_default_context(cafile=query["ssl_ca"])} if "ssl_ca" in query else {})


def reader() -> str:
    """The variable with the database for what may be stale by a moment: a server beside the one that writes, where there is one."""
    return "READ_DATABASE_URL" if os.environ.get("READ_DATABASE_URL") else "DATABASE_URL"


def admin_password() -> str:
    """The password of admin.html. There is no default."""
    password = os.environ.get("ADMIN_PASSWORD", "")
    if len(password) < 12:
        raise Misconfigured(f"ADMIN_PASSWORD: must be a password of at least 12 characters, got {len(password)}")
    return password
