"""Stand-ins of services outside, each a web server on the loopback that keeps what it is sent."""
import base64
import gzip
import json
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
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

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        service.url = f"http://127.0.0.1:{port}"
        yield service


class MailServer:
    """A mail server that takes mail after STARTTLS and a login, and nothing before."""

    def __init__(self, folder: Path) -> None:
        self.port = 0
        self.certificate, self.key = folder / "certificate.pem", folder / "key.pem"
        self.login = ""
        self.mails: list[str] = []
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    service = MailServer(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(service.certificate, service.key)

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            secure, known = False, ""
            self.say("220 mail.test")
            while line := self.rfile.readline().decode().strip():
                word = line.split(" ")[0].upper()
                if word in ("EHLO", "HELO"):
                    self.say("250-mail.test")
                    self.say("250 AUTH PLAIN" if secure else "250 STARTTLS")
                elif word == "STARTTLS":
                    self.say("220 go on")
                    self.request = context.wrap_socket(self.request, server_side=True)
                    self.setup()
                    secure = True
                elif word == "AUTH" and secure:
                    known = base64.b64decode(line.split(" ")[2]).decode().replace("\0", " ").strip()
                    self.say("235 known")
                elif word == "DATA" and known:
                    self.say("354 go on")
                    service.login = known
                    service.mails.append("".join(iter(lambda: self.rfile.readline().decode(), ".\r\n")))
                    self.say("250 taken")
                elif word in ("MAIL", "RCPT", "QUIT") and (known or word == "QUIT"):
                    self.say("250 yes")
                else:
                    self.say("530 not before STARTTLS and a login")

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        service.port = port
        yield service


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _single(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
