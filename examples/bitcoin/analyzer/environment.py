"""The environment, read once at the start. What is missing or wrong ends the start with one sentence. API, front end and job all
ask here, so that none of them can reach another database than the others."""
import os

from django.core.exceptions import ImproperlyConfigured


def database_url() -> str:
    """The one database. There is no default, and nothing but PostgreSQL is taken: docs/incidents/0001-job-wrote-to-sqlite.md."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith(("postgresql://", "postgres://")):
        # Not the value itself: it holds the password.
        got = "nothing" if not url else f"{url.partition(':')[0]}:..."
        raise ImproperlyConfigured(f"DATABASE_URL: must be postgresql://user:password@host/name, got {got}")
    return url


def url(name: str, schemes: tuple[str, ...], default: str = "") -> str:
    """The value of a variable that is a URL of one of the schemes."""
    value = os.environ.get(name, default)
    if value.partition(":")[0] not in schemes:
        raise ImproperlyConfigured(f'{name}: must be a URL that begins with {" or ".join(f"{scheme}:" for scheme in schemes)}, got "{value}"')
    return value


def words(name: str, default: str) -> list[str]:
    """The comma-separated words of a variable, without blanks and empty ones."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]
