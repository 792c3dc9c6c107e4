"""A real PostgreSQL 15 of this box, where it has one, that tests start and end."""
import os
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from hostctl.postgres import Postgres
from hostctl.system import System

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "superuser-password"

needed = unittest.skipUnless((PROGRAMS / "initdb").exists() and os.geteuid() == 0 and shutil.which("runuser"), "needs PostgreSQL 15's server and root")


class RealServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="hostctl-postgres-"))
        shutil.chown(cls.folder, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.port = free.getsockname()[1]
        (cls.folder / "password").write_text(SUPERUSER)
        as_postgres = ["runuser", "-u", "postgres", "--"]
        subprocess.run([*as_postgres, PROGRAMS / "initdb", "-D", cls.folder / "data", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={cls.folder / 'password'}"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        subprocess.run([*as_postgres, PROGRAMS / "pg_ctl", "-D", cls.folder / "data", "-w", "-l", cls.folder / "log", "-o",
                        f"-p {cls.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.addClassCleanup(subprocess.run, [*as_postgres, PROGRAMS / "pg_ctl", "-D", cls.folder / "data", "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd="/")

    @classmethod
    def url(cls, user, password, database="shop"):
        return f"postgresql://{user}:{password}@127.0.0.1:{cls.port}/{database}"

    @classmethod
    def ask(cls, user, password, sql, database="shop"):
        return Postgres(System(), cls.url(user, password)).ask(sql, database)

    @classmethod
    def as_superuser(cls, sql, database="postgres"):
        return cls.ask("postgres", SUPERUSER, sql, database)
