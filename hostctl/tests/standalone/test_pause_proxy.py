"""The proxy of a pause as a process of its own, with real sockets. Limit: no nginx before it; tests/machines/operations.test.ts has one."""
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

from hostctl.standalone import pause_proxy


class PauseProxyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_folder, self.upstreams = Path(folder.name) / "run", Path(folder.name) / "upstreams"
        (self.run_folder / "pause").mkdir(parents=True)
        self.upstreams.mkdir()
        (self.upstreams / "web.conf").symlink_to("web-blue.conf")
        text = Path(pause_proxy.__file__).read_text().replace(pause_proxy.RUN, str(self.run_folder)).replace(pause_proxy.UPSTREAMS, str(self.upstreams))
        self.program = Path(folder.name) / "pause_proxy.py"
        self.program.write_text(text)
        self.server("blue")
        self.server("green")

    def server(self, slot):
        """A slot that answers with its name."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.run_folder / f"web-{slot}.sock"))
        listener.listen()
        self.addCleanup(listener.close)

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.sendall(slot.encode() + b" " + client.recv(100))

        threading.Thread(target=serve, daemon=True).start()

    def hold(self, seconds):
        """Start the proxy, and wait until it has told systemd that it is ready."""
        (self.run_folder / "pause.json").write_text(json.dumps({"until": time.monotonic() + seconds, "services": ["web"]}))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(self.run_folder / "notify"))
            told.settimeout(30)
            proxy = subprocess.Popen([sys.executable, "-I", str(self.program)], env={"NOTIFY_SOCKET": str(self.run_folder / "notify")})
            self.addCleanup(proxy.wait)
            self.addCleanup(proxy.kill)
            self.assertEqual(told.recv(100), b"READY=1")
        return proxy

    def ask(self):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.connect(str(self.run_folder / "pause/web.sock"))
        client.sendall(b"hello")
        return client

    def test_a_held_request_goes_to_the_slot_that_serves_by_then(self):
        proxy, client = self.hold(60), self.ask()
        client.settimeout(0.2)
        self.assertRaises(TimeoutError, client.recv, 100)
        (self.upstreams / "next").symlink_to("web-green.conf")
        (self.upstreams / "next").rename(self.upstreams / "web.conf")
        proxy.send_signal(signal.SIGUSR1)
        client.settimeout(30)
        self.assertEqual(client.recv(100), b"green hello")

    def test_requests_go_on_by_themselves_at_the_end_of_their_time(self):
        self.hold(0.5)
        client = self.ask()
        client.settimeout(30)
        self.assertEqual(client.recv(100), b"blue hello")


if __name__ == "__main__":
    unittest.main()
