"""HTTP requests: to a socket of this machine, to its site, and to other machines."""
import http.client
import socket
import ssl
from contextlib import closing, contextmanager
from urllib.parse import urlsplit


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class _SiteConnection(http.client.HTTPConnection):
    """Port 443 of this machine under the site's name. Its certificate is not judged: before the first order it is a stand-in."""

    def __init__(self, name, timeout):
        super().__init__("127.0.0.1", 443, timeout=timeout)
        self.name = name

    def connect(self):
        super().connect()
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock, server_hostname=self.name)


def get(address, host, path, timeout):
    """(status, Location or "") of a GET, see System.get()."""
    connection = (_SiteConnection(host, timeout) if address == 443
                  else http.client.HTTPConnection("127.0.0.1", address, timeout=timeout) if isinstance(address, int)
                  else _UnixConnection(str(address), timeout))
    with _answered(connection, "GET", path, headers={"Host": host, "User-Agent": "hostctl", "Connection": "close"}) as response:
        response.read()
        return response.status, response.getheader("Location") or ""


def request(method, url, headers, body, timeout):
    """(status, body) of a request, see System.request()."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with _answered(kind(parts.hostname, parts.port, timeout=timeout), method, parts.path, body=body, headers=headers) as response:
        return response.status, response.read(1 << 20)


@contextmanager
def _answered(connection, method, path, **given):
    try:
        with closing(connection):
            connection.request(method, path, **given)
            yield connection.getresponse()
    except http.client.HTTPException as failure:
        # What answers, and not by the rules of HTTP, gives no answer.
        raise ConnectionError(str(failure) or type(failure).__name__) from failure
