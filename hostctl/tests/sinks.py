"""Servers of alerts on the loopback: a mail server with TLS and login, and a receiver of POSTs. Limit: they know no more than what is asked here."""
import base64
import contextlib
import json
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MailServer:
    """One thread, one connection after the other. `tls`: "starttls", "tls" or "none"; `login`: (user, password) or None; `refuse`: receivers."""

    def __init__(self, folder=None, tls="none", login=None, refuse=()):
        self.tls, self.login, self.refuse, self.mails, self.logins = tls, login, refuse, [], []
        self.context = None
        if tls != "none":
            self.certificate = folder / "mail.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                            "-addext", "subjectAltName=DNS:localhost", "-keyout", str(self.certificate), "-out", str(folder / "crt.pem")], check=True, capture_output=True)
            with open(self.certificate, "a", encoding="ascii") as file:
                file.write((folder / "crt.pem").read_text())
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(self.certificate)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), contextlib.ExitStack() as open_:
                open_.callback(connection.close)
                self._talk(connection, open_)

    def _talk(self, connection, open_):
        secure = self.tls == "tls"
        if secure:
            connection = open_.enter_context(self.context.wrap_socket(connection, server_side=True))
        stream, logged_in = connection.makefile("rwb"), self.login is None

        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 sink")
        while line := stream.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                say("250-sink")
                if self.tls == "starttls" and not secure:
                    say("250-STARTTLS")
                say("250 AUTH PLAIN" if self.login and secure else "250 HELP")
            elif verb == "STARTTLS":
                say("220 go on")
                connection = open_.enter_context(self.context.wrap_socket(connection, server_side=True))
                stream, secure = connection.makefile("rwb"), True
            elif verb == "AUTH":
                _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                self.logins.append((user, password, secure))
                logged_in = (user, password) == self.login
                say("235 welcome" if logged_in else "535 no such user")
            elif verb == "RCPT" and any(address in line for address in self.refuse):
                say("550 nobody here")
            elif verb == "MAIL" and not logged_in:
                say("530 log in first")
            elif verb == "DATA":
                say("354 go on")
                text = b""
                while (part := stream.readline()) != b".\r\n":
                    text += part
                self.mails.append(text.decode())
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 yes")


class PostServer:
    """Keeps (path, Authorization, body) of each POST; `status` is what it answers."""

    def __init__(self):
        self.posts, self.status = [], 200
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sink.posts.append((self.path, self.headers["Authorization"], body))
                self.send_response(sink.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(b"said the server")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        # Closing waits until it looks whether it is to end: every half second unless told otherwise.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
