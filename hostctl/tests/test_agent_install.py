"""cloud-init/bin/agent-install with a key, a signature and a gpgv that are real; the package's maker is played by functions."""
import contextlib
import importlib.machinery
import importlib.util
import io
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

PROGRAM = Path(__file__).parents[2] / "cloud-init/bin/agent-install"


def load():
    loader = importlib.machinery.SourceFileLoader("agent_install", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("agent_install", loader))
    loader.exec_module(module)
    return module


class AgentInstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Path(tempfile.mkdtemp(prefix="gpg-"))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.gpg("--batch", "--passphrase", "", "--quick-generate-key", "maker@example.org", "rsa2048", "sign", "never")
        cls.fingerprint = next(line.split(":")[9] for line in cls.gpg("--with-colons", "--list-keys").decode().splitlines() if line.startswith("fpr"))
        cls.key = cls.gpg("--armor", "--export", "maker@example.org")
        cls.addClassCleanup(subprocess.run, ["gpgconf", "--homedir", cls.home, "--kill", "all"], check=False)

    @classmethod
    def gpg(cls, *words, given=None):
        return subprocess.run(["gpg", "--homedir", cls.home, "--quiet", "--pinentry-mode", "loopback", *words], input=given, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True).stdout

    def setUp(self):
        self.program, self.folder = load(), Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.package = self.folder / "agent.deb"
        self.package.write_bytes(b"package")
        self.signature = self.gpg("--detach-sign", given=b"package")

    def verify(self, **changed):
        values = {"key": self.key, "signature": self.signature, "fingerprint": self.fingerprint, **changed}
        self.program.verify(str(self.folder), str(self.package), values["key"], values["signature"], values["fingerprint"])

    def test_a_package_signed_by_the_key_is_taken(self):
        self.verify()

    def test_another_key_a_changed_package_and_no_signature_are_refused(self):
        for changed in ({"fingerprint": "0" * 40}, {"signature": b"none"}):
            with self.assertRaisesRegex(SystemExit, "agent-install: agent.deb: is not signed by"):
                self.verify(**changed)
        self.package.write_bytes(b"another package")
        with self.assertRaisesRegex(SystemExit, f"is not signed by {self.fingerprint}"):
            self.verify()

    def test_no_package_is_taken_without_a_key(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            self.program.main(["agent", "https://example.org/a.deb"])
        self.assertIn("--key", said.getvalue())

    def test_a_key_may_be_a_file_of_this_machine_and_the_one_for_sessions_can_be_read(self):
        key = PROGRAM.parent.parent / "keys/amazon-ssm-agent.asc"
        self.assertEqual(self.program.key_at(str(key)), key.read_bytes())
        shown = self.gpg("--with-colons", "--show-keys", given=self.program.dearmored(key.read_bytes())).decode()
        self.assertIn("fpr:::::::::1C5B395CBE5E74E2F1CA21592784DBF388D19D46:", shown)
        got = []
        (self.folder / "key.asc").write_bytes(self.key)
        self.program.get = lambda url: got.append(url) or (self.signature if url.endswith(".sig") else b"package")
        run = subprocess.run
        with mock.patch.object(self.program.subprocess, "run", side_effect=lambda argv, **more: run(argv, **more) if argv[0] == "gpgv" else got.append(argv[0])):
            self.program.install("agent", "https://example.org/a.deb", [str(self.folder / "key.asc"), self.fingerprint])
        self.assertEqual(got, ["https://example.org/a.deb", "https://example.org/a.deb.sig", "dpkg"])

    def test_only_https_is_asked(self):
        with self.assertRaisesRegex(SystemExit, "must be https"):
            self.program.get("http://example.org/agent.deb")

    def test_what_fails_is_tried_again_each_minute(self):
        did = []

        def install(*_):
            did.append("failed" if len(did) < 2 else "installed")
            if did[-1] == "failed":
                raise OSError("no route to host")
        self.program.is_there = lambda name: "installed" in did
        self.program.install = install
        with mock.patch.object(self.program.time, "sleep") as slept, contextlib.redirect_stderr(io.StringIO()) as said:
            self.program.main(["agent", "https://example.org/a.deb", "--key", "https://example.org/k", "F"])
        self.assertEqual((did, slept.mock_calls), (["failed", "failed", "installed"], [mock.call(60)] * 2))
        self.assertEqual(said.getvalue(), "no route to host; again in a minute\n" * 2)

    def test_it_is_installed_once_and_what_comes_then_runs_each_time(self):
        did = []
        self.program.is_there = lambda name: name in did
        self.program.install = lambda name, url, key: did.append(name)
        for _ in range(2):
            self.program.main(["agent", "https://example.org/a.deb", "--key", "https://example.org/k", "F", "--then", "touch", str(self.folder / "then")])
            self.assertTrue((self.folder / "then").exists())
            (self.folder / "then").unlink()
        self.assertEqual(did, ["agent"])
