"""A host of the earlier version, whose modules lay in one folder and whose settings in four files, comes to this one by the next apply, and back, each time in one transaction.
earlier.tar.xz is hostctl as it was then, and runs as its own process; both play on the same folder. Limit: systemd, nginx and apt are played."""
import io
import json
import pickle
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

from hostctl.deploy import deploy
from hostctl.deploy.compare import compare
from hostctl.machine import signals
from hostctl.manifest.settings import EARLIER
from hostctl.tests.fake_machine import Killed, Machine, file, manifest, source
from hostctl.tests.given import modules, sums
from hostctl.tests.test_kill import KillAt
from hostctl.verbs import cli

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARY = "/usr/local/lib/webstack/hostctl"
STATE = ("active", "enabled", "failed", "installed", "users", "loaded", "workers", "nginx_main", "orphans", "nginx_sockets", "clock")
# What one version has as a module, the other as a folder, and one that only it has.
FEW = ("__main__.py", "manifest.py", "database.py", "undo.py", "manifest/__init__.py", "manifest/manifest.py", "deploy/journal.py", "database/__init__.py")
PARTS = {"backup": None, "monitoring": {"emails": ["ops@shop.example"], "smtp": None, "sentry": None}, "watchdog": {"services": []}, "externalDatabase": None}
RUN = """
import io, json, pickle, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from hostctl import cli
from hostctl.tests.machine import Machine
machine, state = Machine(Path(sys.argv[2])), Path(sys.argv[3])
if state.exists():
    machine.__dict__.update(pickle.loads(state.read_bytes()))
code = cli.main(sys.argv[5:], machine.root, machine, lambda line, **_: print(line), io.StringIO(""))
state.write_bytes(pickle.dumps({name: machine.__dict__[name] for name in json.loads(sys.argv[4])}))
sys.exit(code)
"""


def declared(digest, texts, settings):
    """A manifest with these modules of hostctl, their sums, and settings as that version has them."""
    own = [file(f"{LIBRARY}/{name}", text) for name, text in {**texts, "SHA256SUMS": sums(texts)}.items()]
    return manifest(digest, files=[*manifest(digest).raw["files"], *own, *settings])


FOUR = [file(EARLIER[part], json.dumps(said)) for part, said in PARTS.items() if said]
ONE = [file("/etc/webstack/settings.json", json.dumps({"version": 1, **PARTS}))]


class UpgradeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        with tarfile.open(PACKAGE / "tests/earlier.tar.xz") as packed:
            packed.extractall(cls.folder)
        cls.earlier, cls.now = modules(cls.folder / "hostctl"), modules(PACKAGE)

    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))

    def few(self, texts):
        return {name: text for name, text in texts.items() if name in FEW}

    def apply_earlier(self, what, verb=("apply",)):
        """By the earlier version, as its own process."""
        path, state = self.machine.root / "declared.json", self.machine.root / "state"
        path.write_text(json.dumps(what.raw))
        state.write_bytes(pickle.dumps({name: self.machine.__dict__[name] for name in STATE}))
        words = [*verb, str(path)] if verb == ("apply",) else verb
        done = subprocess.run([sys.executable, "-I", "-c", RUN, str(self.folder), str(self.machine.root), str(state), json.dumps(STATE), *words], capture_output=True, text=True)
        self.machine.__dict__.update(pickle.loads(state.read_bytes()))
        return done

    def apply(self, what):
        path = self.machine.root / "declared.json"
        path.write_text(json.dumps(what.raw))
        return cli.main(["apply", str(path)], self.machine.root, self.machine, lambda line, **_: self.machine.said.append(line), io.StringIO(""))

    def check_is(self, texts, settings):
        """The machine has hostctl whole as it is in these texts, no other file beside, and it starts from there."""
        library = self.machine.paths.at(LIBRARY)
        there = {str(path.relative_to(library)): path.read_text() for path in library.rglob("*") if path.is_file()}
        self.assertEqual({name: text for name, text in there.items() if name != "SHA256SUMS"}, texts)
        self.assertEqual(subprocess.run(["sha256sum", "--check", "--strict", "--status", "SHA256SUMS"], cwd=library).returncode, 0)
        every = {*EARLIER.values(), "/etc/webstack/settings.json"}
        self.assertEqual({path for path in every if self.machine.paths.at(path).exists()}, {one["path"] for one in settings})

    def check_starts(self):
        started = subprocess.run([sys.executable, "-I", str(self.machine.paths.at(LIBRARY) / "__main__.py"), "releases", "--help"], capture_output=True, text=True)
        self.assertEqual((started.returncode, started.stderr), (0, ""))

    def test_an_apply_over_the_earlier_version_and_back_leaves_the_release_that_serves_alone(self):
        old, new = declared(self.one, self.earlier, FOUR), declared(self.one, self.now, ONE)
        done = self.apply_earlier(old)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check_is(self.earlier, FOUR)
        slot, history = dict(self.machine.loaded), self.machine.paths.history.read_text()
        for there, texts, settings in ((True, self.now, ONE), (False, self.earlier, FOUR), (True, self.now, ONE)):
            self.machine.ran.clear()
            if there:
                self.assertEqual(self.apply(new), 0, self.machine.said)
                self.assertEqual(compare(self.machine.host(), new).lines, [])
            else:
                done = self.apply_earlier(old)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(self.apply_earlier(old, ("verify",)).stdout, "as declared\n")
            self.check_is(texts, settings)
            self.check_starts()
            self.assertEqual((self.machine.answering(), self.machine.loaded, self.machine.paths.history.read_text()), ({"web": self.one}, slot, history))
            self.assertEqual([argv for argv in self.machine.ran if argv[0] == "systemctl" and argv[1] in ("stop", "restart", "start")], [])

    def test_an_upgrade_that_is_killed_anywhere_is_put_back_by_this_version_and_done_by_the_next_run(self):
        old, new = declared(self.one, self.few(self.earlier), FOUR), declared(self.two, self.few(self.now), ONE)
        point, killed = 0, True
        while killed:
            point += 1
            with self.subTest(point=point):
                self.machine = Machine()
                self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))
                self.apply(old)
                with KillAt(self.machine, point, point % 2 == 0):
                    try:
                        self.apply(new)
                        killed = False
                    except Killed:
                        pass
                if self.machine.paths.undo.exists():
                    # Which the command prefers until the old state is put back.
                    self.assertEqual((self.machine.paths.undo / "hostctl").resolve(), PACKAGE)
                with signals.ignored():
                    deploy.recover(self.machine.host("recover"))
                serves = self.machine.answering()["web"]
                self.check_is(self.few(self.earlier if serves == self.one else self.now), FOUR if serves == self.one else ONE)
                self.assertEqual(self.apply(new), 0)
                self.check_is(self.few(self.now), ONE)
                self.assertEqual(self.machine.answering(), {"web": self.two})
                self.machine.remove()
        self.assertGreater(point, 60)
        self.machine = Machine()

    def test_one_that_this_version_did_not_finish_is_not_the_earlier_ones_to_judge(self):
        """The earlier version's apply finds the journal of this one, which it reads, and puts back before it begins."""
        old, new = declared(self.one, self.few(self.earlier), FOUR), declared(self.two, self.few(self.now), ONE)
        self.apply(old)
        with KillAt(self.machine, 60, False):
            try:
                self.apply(new)
            except Killed:
                pass
        self.assertTrue(self.machine.paths.undo.exists())
        done = self.apply_earlier(old)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check_is(self.few(self.earlier), FOUR)
        self.assertEqual(self.machine.answering(), {"web": self.one})


if __name__ == "__main__":
    unittest.main()
