"""MySQL's login plug-in caching_sha2_password, which is all that MySQL 8.4 has, with each client that is used of it: Debian's MariaDB client, its mariadb-dump, and
PyMySQL. No Debian has a MySQL, so a server of the protocol's first packets stands in for it, which judges the password and answers 1 to every question. Run where the clients
are (tests/machines/judges.test.ts). Limit: nothing behind the login is MySQL's.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html and page_caching_sha2_authentication_exchanges.html"""
import contextlib
import hashlib
import os
import re
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from hostctl.database.mariadb import MariaDB
from hostctl.machine.errors import CommandFailed
from hostctl.machine.system import System

PLUGIN = b"caching_sha2_password\0"
# Whole passwords, databases by name, TLS, plug-ins and what a client tells of itself. No multi-factor, no other end of a result.
SSL, WITH_DATABASE, LENGTHS, ATTRIBUTES = 0x800, 0x8, 0x200000, 0x100000
CAPABILITIES = 0x1 | 0x2 | 0x4 | WITH_DATABASE | 0x200 | SSL | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x80000 | ATTRIBUTES | LENGTHS
OK = b"\x00\x00\x00\x02\x00\x00\x00"
EOF = b"\xfe\x00\x00\x02\x00"
NONCE = b"twentybytesofanonce!"
PASSWORD = "pass 'word'"


def scrambled(password):
    """The password as a client proves it to a server that knows it already."""
    sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
    first = sha(password)
    return bytes(one ^ other for one, other in zip(first, sha(sha(first), NONCE)))


class Server:
    """Listens on a port of the loopback; `logins` is what came: [(user, "full" or "fast" or "refused", what the client told of itself)]."""

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.logins, self.known = self.listener.getsockname()[1], [], False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._talk, args=(self.listener.accept()[0],), daemon=True).start()

    def _talk(self, plain):
        with contextlib.suppress(OSError, struct.error, EOFError), plain:
            send(plain, 0, b"\x0a8.4.6\0" + struct.pack("<I", 7) + NONCE[:8] + b"\0" + struct.pack("<HBHHB", CAPABILITIES & 0xffff, 255, 2, CAPABILITIES >> 16, 21) + bytes(10) + NONCE[8:] + b"\0" + PLUGIN)
            asked, _ = receive(plain)
            if not struct.unpack_from("<I", asked)[0] & SSL:
                return send(plain, 2, refusal(3159, "HY000", "Connections using insecure transport are prohibited while --require_secure_transport=ON."))
            with self.context.wrap_socket(plain, server_side=True) as peer:
                if self._lets_in(peer):
                    self._answer(peer)

    def _lets_in(self, peer):
        said, number = receive(peer)
        user, proof, plugin = parts_of(said)
        if plugin != PLUGIN[:-1]:
            send(peer, number + 1, b"\xfe" + PLUGIN + NONCE + b"\0")
            proof, number = receive(peer)
        fast = self.known and proof == scrambled(PASSWORD.encode())
        if fast:
            send(peer, number + 1, b"\x01\x03")
        else:
            send(peer, number + 1, b"\x01\x04")
            password, number = receive(peer)
            if password != PASSWORD.encode() + b"\0":
                self.logins.append((user, "refused", said))
                send(peer, number + 1, refusal(1045, "28000", f"Access denied for user '{user}'@'localhost' (using password: YES)"))
                return False
        # As a server does, which keeps the proof of who has logged in.
        self.known = True
        self.logins.append((user, "fast" if fast else "full", said))
        send(peer, number + 2 if fast else number + 1, OK)
        return True

    def _answer(self, peer):
        while True:
            command, _ = receive(peer)
            if command[:1] == b"\x01":
                return
            if command[:1] != b"\x03" or not re.match(rb"select", command[1:], re.IGNORECASE):
                send(peer, 1, OK)
                continue
            column = b"\x03def\0\0\0\x011\0\x0c" + struct.pack("<HIBHB", 45, 4, 0xfd, 0, 0) + b"\0\0"
            for number, packet in enumerate((b"\x01", column, EOF, b"\x011", EOF), 1):
                send(peer, number, packet)


def parts_of(said):
    """(user, proof, plug-in) of a client's answer to the greeting."""
    capabilities, rest = struct.unpack_from("<I", said)[0], said[32:]
    user, _, rest = rest.partition(b"\0")
    proof, rest = rest[1:1 + rest[0]], rest[1 + rest[0]:]
    if capabilities & WITH_DATABASE:
        rest = rest.partition(b"\0")[2]
    return user.decode(), proof, rest.partition(b"\0")[0]


def refusal(code, state, text):
    return b"\xff" + struct.pack("<H", code) + f"#{state}{text}".encode()


def send(peer, number, payload):
    peer.sendall(struct.pack("<I", len(payload))[:3] + bytes([number]) + payload)


def receive(peer):
    """(payload, number) of the next packet. Raises EOFError where there is none."""
    header = exactly(peer, 4)
    return exactly(peer, int.from_bytes(header[:3], "little")), header[3]


def exactly(peer, size):
    read = b""
    while len(read) < size:
        more = peer.recv(size - len(read))
        if not more:
            raise EOFError
        read += more
    return read


class LoginTest(unittest.TestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.ca, key = folder / "ca.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-days", "2", "-keyout", key, "-out", self.ca], check=True, stderr=subprocess.DEVNULL)
        self.server = Server(self.ca, key)
        self.addCleanup(self.server.listener.close)

    def kinds(self):
        return [(user, kind) for user, kind, _ in self.server.logins]

    def database(self, password="pass%20%27word%27"):
        return MariaDB(System(), f"mysql://shop:{password}@127.0.0.1:{self.server.port}/shop?ssl_ca={self.ca}")

    def test_hostctls_client_logs_in_with_the_whole_password_and_then_with_its_proof(self):
        self.assertEqual([self.database().ask("select 1") for _ in range(2)], ["1", "1"])
        self.assertEqual(self.kinds(), [("shop", "full"), ("shop", "fast")])

    def test_a_wrong_password_is_refused_with_the_number_that_is_looked_for(self):
        with self.assertRaisesRegex(CommandFailed, "ERROR 1045"):
            self.database("wrong").ask("select 1")
        self.assertEqual(self.kinds(), [("shop", "refused")])

    def test_the_dump_logs_in(self):
        words, env = self.database().dump()
        subprocess.run(words, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False)
        self.assertEqual(self.kinds()[:1], [("shop", "full")])
        self.assertRegex(self.server.logins[0][2], rb"program_name.(mysqldump|mariadb-dump)")

    def test_pymysql_logs_in_with_the_apps_settings(self):
        import pymysql
        # As examples/ocpizza/ocpizza/settings/database.py has it.
        settings = {"host": "127.0.0.1", "port": self.server.port, "user": "shop", "database": "shop", "ssl": {"ca": str(self.ca), "check_hostname": True}}
        for kind in ("full", "fast"):
            with contextlib.closing(pymysql.connect(password=PASSWORD, **settings)) as connection, connection.cursor() as cursor:
                cursor.execute("select 1")
                self.assertEqual((cursor.fetchone(), self.kinds()[-1]), (("1",), ("shop", kind)))
        with self.assertRaisesRegex(pymysql.err.OperationalError, "1045"):
            pymysql.connect(password="wrong", **settings)


if __name__ == "__main__":
    unittest.main()
