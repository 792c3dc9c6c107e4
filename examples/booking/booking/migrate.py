"""python -m booking.migrate [--check | --revision | --to REVISION]: brings the tables to what this release has.

The files of migrations/ in their order, NAME.up.sql and NAME.down.sql; the table `migrations` has the names of those that were run."""
import argparse
import sys
from pathlib import Path

import pymysql

from .database import Database
from .errors import ApiError

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
EMPTY = "none"


def known() -> list[str]:
    """Names of all migrations of this release, in their order."""
    return sorted(path.name.removesuffix(".up.sql") for path in FOLDER.glob("*.up.sql"))


def statements(name: str, way: str) -> list[str]:
    """`way`: "up" or "down"."""
    lines = [line for line in (FOLDER / f"{name}.{way}.sql").read_text().splitlines() if not line.startswith("--")]
    return [statement.strip() for statement in "\n".join(lines).split(";") if statement.strip()]


def applied(database: Database) -> list[str]:
    """Names of those that the database has, in their order."""
    if not database.rows("SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'migrations'"):
        return []
    return [row["name"] for row in database.rows("SELECT name FROM migrations ORDER BY name")]


def missing(database: Database) -> list[str]:
    """Names of those of this release that the database does not have."""
    done = set(applied(database))
    return [name for name in known() if name not in done]


def up(database: Database) -> list[str]:
    """Runs those that are missing. Result: their names."""
    database.rows("CREATE TABLE IF NOT EXISTS migrations (name VARCHAR(80) NOT NULL PRIMARY KEY, applied_at DATETIME NOT NULL DEFAULT "
                  "UTC_TIMESTAMP()) ENGINE = InnoDB")
    names = missing(database)
    for name in names:
        run(database, name, "up")
        database.rows("INSERT INTO migrations (name) VALUES (%s)", [name])
    return names


def down(database: Database, revision: str) -> list[str]:
    """Undoes those after a revision, the newest first. Result: their names."""
    done = applied(database)
    if revision != EMPTY and revision not in done:
        raise SystemExit(f"--to: must be {EMPTY} or one of {', '.join(done)}, got {revision}")
    names = [name for name in reversed(done) if revision == EMPTY or name > revision]
    unknown = [name for name in names if name not in known()]
    if unknown:
        raise SystemExit(f"--to: this release does not know how to undo {', '.join(unknown)}; run it with the release that does")
    for name in names:
        run(database, name, "down")
        database.rows("DELETE FROM migrations WHERE name = %s", [name])
    return names


def run(database: Database, name: str, way: str) -> None:
    for statement in statements(name, way):
        try:
            database.rows(statement)
        except (pymysql.MySQLError, ApiError) as error:
            # A request is told no more than that the database refuses; who migrates wants its own words.
            raise SystemExit(f"migration {name}, {way}: {(error.__cause__ or error).args[-1]}") from error


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m booking.migrate", description="Brings the tables to what this release has.")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--check", action="store_true", help="end with 0 when there is nothing to run")
    ways.add_argument("--revision", action="store_true", help="print the newest migration that the database has")
    ways.add_argument("--to", metavar="REVISION", help="undo the migrations after this one")
    asked = parser.parse_args()
    database = Database(statement_seconds=0)
    if asked.check:
        return 1 if missing(database) else 0
    if asked.revision:
        print((applied(database) or [EMPTY])[-1])
        return 0
    names = up(database) if asked.to is None else down(database, asked.to)
    print(", ".join(names) if names else "nothing to run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
