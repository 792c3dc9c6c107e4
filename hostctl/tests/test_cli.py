"""The command line: exit codes, the lock, and a whole bundle as a program."""
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

from hostctl import cli
from hostctl.lock import holder, locked
from hostctl.system import System

from .machine import Machine, manifest, source


class CliTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.digest = self.machine.deliver(source(1))

    def call(self, *words, stdin=""):
        said, errors = [], io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = cli.main(list(words), self.machine.root, self.machine, lambda line, **_: said.append(line), io.StringIO(stdin))
        return code, "\n".join(said), errors.getvalue()

    def declare(self, declared):
        path = self.machine.root / "declared.json"
        path.write_text(json.dumps(declared.raw))
        return str(path)

    def test_apply_verify_and_status_with_their_exit_codes(self):
        path = self.declare(manifest(self.digest))
        late = '{"env": {"KEY": "value"}, "files": {"/etc/webstack/ca.pem": "pem"}}'
        self.assertEqual(self.call("apply", path, "--late-stdin", stdin=late)[0], 0)
        self.assertEqual(self.call("verify")[:2], (0, "as declared"))
        self.assertEqual(self.call("apply", path)[:2], (0, "unchanged"))
        (self.machine.root / "etc/webstack/ca.pem").unlink()
        code, said, _ = self.call("verify", "--json")
        self.assertEqual((code, json.loads(said)["serving"], json.loads(said)["differences"][0]), (3, self.digest, "/etc/webstack/ca.pem: is missing"))
        report = json.loads(self.call("status", "--json")[1])
        self.assertEqual(report["release"]["serving"], self.digest)
        self.assertEqual([(s["name"], s["slot"], s["state"]) for s in report["services"]], [("web", "blue", "active"), ("bot", None, "active")])
        self.assertEqual(json.loads(self.call("releases", "--json")[1])[0]["serving"], True)

    def test_failures_are_one_message_and_exit_code_1(self):
        code, _, errors = self.call("apply", "/none.json")
        self.assertEqual(code, 1)
        self.assertTrue(errors.startswith("hostctl: /none.json: cannot be read"), errors)
        self.assertEqual(self.call("rollback")[0], 1)

    def test_wrong_usage_is_exit_code_2(self):
        for words in (["release", "../x"], ["nonsense"], [], ["logs", "--output=/etc/x"]):
            with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
                cli.main(words, self.machine.root, self.machine)
            self.assertEqual(ended.exception.code, 2)

    def test_a_second_run_is_refused_with_the_name_of_the_first(self):
        with locked(self.machine.paths, self.machine, "release"):
            code, _, errors = self.call("restart")
            self.assertEqual(code, 75)
            self.assertRegex(errors, r"held by \S+ for `release` since .* \(process %d\)" % os.getpid())
            self.assertEqual(json.loads(self.call("status", "--json")[1])["lock"]["verb"], "release")
        self.assertIsNone(holder(self.machine.paths.lock))

    def test_a_killed_holder_blocks_nobody(self):
        program = ("import os,sys; sys.path.insert(0, sys.argv[1]); from hostctl.lock import locked; from hostctl.paths import Paths; "
                   "from hostctl.system import System\nwith locked(Paths(sys.argv[2]), System(), 'apply'): os.kill(os.getpid(), 9)")
        project = str(Path(cli.__file__).resolve().parent.parent)
        ended = subprocess.run([sys.executable, "-c", program, project, str(self.machine.root)])
        self.assertEqual(ended.returncode, -9)
        with locked(self.machine.paths, self.machine, "restart"):
            self.assertEqual(holder(self.machine.paths.lock)["verb"], "restart")

    def test_stop_takes_nginx_first_and_start_takes_it_last(self):
        self.call("apply", self.declare(manifest(self.digest)))
        self.machine.ran.clear()
        self.assertEqual(self.call("stop")[0], 0)
        self.assertEqual([argv[3] for argv in self.machine.ran if argv[1] == "stop"], ["nginx.service", "bot.service"])
        self.assertEqual(self.call("start")[0], 0)
        self.assertEqual(self.machine.answering(), {"web": self.digest})


class BundleTest(unittest.TestCase):
    def test_a_bundle_runs_the_copy_of_hostctl_that_it_brings(self):
        package = Path(cli.__file__).resolve().parent
        with tempfile.TemporaryDirectory() as folder:
            files = [{"path": f"{folder}/hostctl/{path.name}", "sha256": "0" * 64, "content": path.read_text()} for path in package.glob("*.py")]
            bundle = Path(folder, "bundle.py")
            head = (package / "receive.py").read_text().replace('"/usr/local/lib/webstack"', repr(folder))
            bundle.write_text(f"{head}# BUNDLE {json.dumps({'files': files})}\n")
            done = subprocess.run([sys.executable, "-I", str(bundle), "status", "--help"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("usage: hostctl status", done.stdout)
            copies = [path.name for path in Path(folder).iterdir() if path.is_dir()]
            self.assertEqual(len(copies), 1)
            self.assertRegex(copies[0], r"^hostctl-[0-9a-f]{16}$")


class SystemTest(unittest.TestCase):
    """The real machine's half, as far as it needs no systemd."""

    def test_get_over_a_unix_socket_sends_the_host_and_reads_the_status(self):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(301 if self.headers["Host"] == "shop.test" and self.path == "/healthz" else 500)
                self.send_header("Location", "https://shop.test/")
                self.end_headers()

            def address_string(self):
                return "unix"

            def log_message(self, *_):
                pass

        with tempfile.TemporaryDirectory() as folder, UnixStreamServer(f"{folder}/s.sock", Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            answer = System().get(f"{folder}/s.sock", "shop.test", "/healthz", 2)
            server.shutdown()
        self.assertEqual((answer.status, answer.location), (301, "https://shop.test/"))

    def test_a_command_gets_no_environment_of_the_caller_and_its_time_is_limited(self):
        os.environ["HOSTCTL_TEST"] = "leak"
        self.addCleanup(os.environ.pop, "HOSTCTL_TEST")
        self.assertNotIn("leak", System().run(["env"]).output)
        self.assertEqual(System().run(["sleep", "5"], timeout=0.1, check=False).code, 124)
        self.assertEqual(System().run(["no-such-program"], check=False).code, 127)
