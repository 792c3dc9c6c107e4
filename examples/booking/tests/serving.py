"""The application as a host runs it, several processes behind one socket, and a database without anything in it."""
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import unittest
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Iterator

os.environ.setdefault("ADMIN_PASSWORD", "a password for tests")

from booking import events, migrate
from booking.database import Database
from booking.events import Event, NewEvent, NewSession

FOLDER = Path(__file__).resolve().parent.parent


class Case(unittest.TestCase):
    """Tests with tables that are empty."""

    database: Database

    @classmethod
    def setUpClass(cls) -> None:
        cls.database = Database()
        migrate.up(cls.database)
        cls.addClassCleanup(cls.database.close)

    def setUp(self) -> None:
        for table in ("bookings", "sessions", "event_categories", "events"):
            self.database.rows(f"DELETE FROM {table}")

    def event(self, *seats: int, **values: Any) -> Event:
        """An event with sessions of so many seats, tomorrow and on the days after."""
        starts = datetime.now(timezone.utc) + timedelta(days=1)
        sessions = [NewSession(starts_at=starts + timedelta(days=day), seats=count) for day, count in enumerate(seats)]
        return events.create(self.database, NewEvent(**{"name": "A concert", "venue": "The hall", "sessions": sessions} | values))

    def session(self, seats: int) -> int:
        return self.event(seats).sessions[0].id

    def row(self, session: int) -> dict[str, Any]:
        return self.database.rows("SELECT seats, taken, waiting FROM sessions WHERE id = %s", [session])[0]

    def check_seats(self, session: int) -> None:
        """What the session counts is what its bookings say."""
        row = self.row(session)
        [said] = self.database.rows("SELECT CAST(COALESCE(SUM(IF(state = 'confirmed', seats, 0)), 0) AS INT) AS taken, "
                                    "CAST(COALESCE(SUM(state = 'waiting'), 0) AS INT) AS waiting FROM bookings WHERE session_id = %s", [session])
        self.assertEqual((row["taken"], row["waiting"]), (said["taken"], said["waiting"]))
        self.assertLessEqual(row["taken"], row["seats"])


@contextmanager
def site(workers: int = 1, **environment: str) -> Iterator[int]:
    """Port of the application on 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--worker-class", "uvicorn_worker.UvicornWorker",
                   "--workers", str(workers), "--log-level", "warning", "--worker-tmp-dir", "/dev/shm", "booking.main:app"]
        process = subprocess.Popen(command, cwd=FOLDER, env={**os.environ, **environment}, pass_fds=[listening.fileno()], stderr=subprocess.PIPE)
        port = listening.getsockname()[1]
        try:
            for _ in range(200):
                try:
                    if ask(port, "GET", "/livez")[0] == 200:
                        break
                except OSError:
                    pass
                assert process.poll() is None, process.stderr.read().decode()
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=120)


def ask(port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any, http.client.HTTPMessage]:
    """Status, JSON (or text, where it is none) and headers of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        content = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), {**content, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(text) if is_json and text else text, answer.headers
    finally:
        connection.close()
