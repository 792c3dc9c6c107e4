"""The API behind a real server on a free port, and a feed that says what a test wants."""
import json
import os
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Iterator
from unittest.mock import patch

import uvicorn
from django.db import connection


def test_database_url() -> str:
    """DATABASE_URL of the database that Django made for the tests."""
    url, _, query = os.environ["DATABASE_URL"].partition("?")
    return f"{url.rpartition('/')[0]}/{connection.settings_dict['NAME']}{'?' if query else ''}{query}"


@contextmanager
def api(database_url: str) -> Iterator[str]:
    """Address of the API, which ends in /api/."""
    with patch.dict(os.environ, DATABASE_URL=database_url):
        from api.main import app

        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the API ended at its start"
                time.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}/api/"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def feed(body: bytes, status: int = 200) -> Iterator[str]:
    """Address of a feed that gives one answer to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/market_chart?key=hidden"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(url: str) -> tuple[int, dict, dict]:
    """Status, JSON and headers of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.load(answer), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), dict(error.headers)
