"""Stand-ins of services outside, each a web server on the loopback that keeps what it is sent."""
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return _single(self.body.decode())


class StandIn:
    """`answers` maps "METHOD /path" to what gives a status and JSON for a request; a path that ends in * takes any rest."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.answers: dict[str, Callable[[Asked], tuple[int, Any]]] = {}

    def answer(self, asked: Asked) -> tuple[int, Any]:
        self.asked.append(asked)
        name = f"{asked.method} {asked.path}"
        for key, give in self.answers.items():
            if key == name or key.endswith("*") and name.startswith(key[:-1]):
                return give(asked)
        return 404, {"error": {"message": f"no {name} here"}}


@contextmanager
def stand_in() -> Iterator[StandIn]:
    service = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            status, answer = service.answer(Asked(self.command, parts.path, _single(parts.query), dict(self.headers), body))
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = handle_any

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        service.url = f"http://127.0.0.1:{server.server_port}"
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _single(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
