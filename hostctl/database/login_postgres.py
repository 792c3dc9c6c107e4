"""Two logins of one owner in PostgreSQL. Each acts as the owner from its first statement on, so everything they make is the owner's."""
import base64
import hashlib
import hmac
import os

from .postgres import SESSION, Postgres

ITERATIONS = 4096

# psql shows no SQLSTATE of a refused connection; these are the words of 28P01 and 28000, but for a host that pg_hba.conf does not name.
# https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/libpq/auth.c
REFUSED = r'password authentication failed for user|role ".*" (does not exist|is not permitted to log in)'


def statements(owner, user, password, database):
    """SQL, for psql, that makes a login or gives it another password; the server is told what verifies the password, never the password."""
    session = "\n".join(f"ALTER ROLE \"{user}\" SET {name} = '{value}';" for name, value in SESSION.items())
    return f"""\\set ON_ERROR_STOP on
SELECT 'CREATE ROLE "{owner}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') \\gexec
SELECT 'CREATE ROLE "{user}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') \\gexec
BEGIN;
ALTER ROLE "{owner}" WITH NOLOGIN CREATEDB;
ALTER ROLE "{user}" WITH LOGIN INHERIT PASSWORD '{verifier(password, os.urandom(16))}';
GRANT "{owner}" TO CURRENT_USER;
GRANT "{owner}" TO "{user}";
ALTER ROLE "{user}" SET role = '{owner}';
{session}
-- A restore ends the sessions of both logins.
GRANT pg_signal_backend TO "{owner}";
ALTER DATABASE "{database}" OWNER TO "{owner}";
REVOKE CONNECT ON DATABASE "{database}" FROM PUBLIC;
COMMIT;
"""


def program(system, url, database, path):
    """(command, environment) that runs a file of SQL."""
    return ["psql", "--no-psqlrc", "--no-password", "--quiet", f"--file={path}"], Postgres(system, url).within(database)


def verifier(password, salt):
    """What PostgreSQL keeps of a password. https://www.postgresql.org/docs/15/catalog-pg-authid.html, RFC 5803"""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    text = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{text[0]}${text[1]}:{text[2]}"
