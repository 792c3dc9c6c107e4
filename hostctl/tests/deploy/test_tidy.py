"""What is left to do once a release serves: whatever goes wrong with it, the release serves, and the run says so.
Modules: deploy/deploy.py, deploy/hooks.py, verbs/host.py and verbs/host_secrets.py."""
import contextlib
import errno
import io
import json
import os
import signal
import unittest
from unittest import mock

from hostctl.machine.errors import HostError
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.verbs import cli


BROKEN = OSError(errno.EIO, os.strerror(errno.EIO), "/srv/webstack")


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))
        self.bundles = []
        self.apply(self.one)

    def apply(self, digest):
        """(exit code, what it said, what it said of a failure) of a bundle that arrives a second after the last one."""
        bundle = self.machine.paths.inbox / f"{len(self.bundles):016x}.bundle"
        bundle.write_text(json.dumps(manifest(digest).raw))
        os.utime(bundle, (1_700_000_000 + len(self.bundles),) * 2)
        self.bundles.append(bundle)
        return self.run_verb("apply", str(bundle))

    def run_verb(self, *words):
        said, errors = [], io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = cli.main(list(words), self.machine.root, self.machine, lambda line, **_: said.append(line), io.StringIO())
        return code, "\n".join(said), errors.getvalue()

    def serves_with(self, warning, patch):
        with patch:
            code, said, errors = self.apply(self.two)
        self.assertEqual((code, errors, self.machine.answering()), (0, "", {"web": self.two}))
        self.assertIn(f"WARNING: {warning}", said)
        logged = f"WARNING: {warning}".replace("\n", "\n    ")
        self.assertIn(f"    {logged}", (self.machine.paths.logs / "deploy_logs").read_text())
        self.assertEqual(self.run_verb("verify")[0], 0)

    def test_what_cannot_be_stopped_is_named_and_stopped_by_the_next_run(self):
        for name, fault in (("hostctl.database.ca_bundle.narrow", BROKEN), ("hostctl.site.nginx.Nginx.drain", HostError("nginx is odd")), ("hostctl.deploy.journal.forget", None)):
            with self.subTest(name):
                self.apply(self.one)
                # The first one is the commit's own.
                faults = {"side_effect": fault} if fault else {"side_effect": [None, BROKEN]}
                old = "web@green" if "web@green.service" in self.machine.active else "web@blue"
                self.serves_with(f"release {self.two} serves, but what only the old state needs ({old}.socket, {old}.service) is not all gone; the next run",
                                 mock.patch(name, **faults))
                self.assertEqual(self.run_verb("recover")[0], 0)
                self.assertNotIn(f"{old}.service", self.machine.active)
                self.assertFalse((self.machine.paths.state / "undo.done").exists())

    def test_what_cannot_be_removed_is_named(self):
        self.serves_with(f"release {self.two} serves, but what no kept release needs is not all removed; the next deployment does that\n[Errno 5] Input/output error: '/srv",
                         mock.patch("hostctl.release.prune.prune", side_effect=BROKEN))

    def test_sentry_that_fails_in_its_own_way_is_named(self):
        self.serves_with(f"release {self.two} serves, but Sentry was not told of it\nKeyError()", mock.patch("hostctl.monitor.sentry.announce", side_effect=KeyError))

    def test_bundles_that_cannot_be_removed_are_named(self):
        self.serves_with("the host is as declared, but bundles of before are not all removed", mock.patch("hostctl.release.prune.prune_bundles", side_effect=BROKEN))

    def test_a_signal_comes_too_late(self):
        for name in ("hostctl.database.ca_bundle.narrow", "hostctl.release.prune.prune"):
            for digest in (self.two, self.one):
                with self.subTest(name, digest=digest), mock.patch(name, side_effect=lambda *_: os.kill(os.getpid(), signal.SIGTERM)):
                    code, _, errors = self.apply(digest)
                    self.assertEqual((code, errors, self.machine.answering()), (0, "", {"web": digest}))

    def test_a_release_that_cannot_be_committed_is_put_back(self):
        rename = os.rename

        def refuse(source_, target):
            if target == self.machine.paths.state / "undo.done":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            rename(source_, target)

        with mock.patch("hostctl.deploy.journal.os.rename", refuse):
            code, said, errors = self.apply(self.two)
        self.assertEqual((code, self.machine.answering()), (1, {"web": self.one}), said)
        self.assertIn("No space left", errors)
        self.assertFalse(self.machine.paths.undo.exists())

    def test_bundles_of_before_go_and_the_one_that_is_declared_and_later_ones_stay(self):
        later = self.machine.paths.inbox / "f.bundle"
        later.write_text("half of it")
        os.utime(later, (self.machine.clock + 3600,) * 2)
        ahead = self.machine.paths.inbox / "e.bundle"
        ahead.write_text("of a clock that was ahead")
        os.utime(ahead, (self.machine.clock + 30 * 86400,) * 2)
        other = self.machine.paths.inbox / "notes.txt"
        other.write_text("of the operator")
        self.apply(self.two)
        first, second = self.bundles
        left = [path for path in self.machine.paths.inbox.iterdir() if not path.name.endswith(".tar.gz")]
        self.assertEqual(sorted(left), sorted([second, later, other]))
        # As the engine does when only the environment changes.
        self.assertEqual(self.run_verb("apply", str(second))[:2], (0, "unchanged"))

    def test_archives_that_nobody_asked_for_in_a_day_go_and_those_of_days_to_come(self):
        names = ["0" * 16 + ".tar.gz", "1" * 16 + ".tar.gz", "2" * 16 + ".tar.gz.part", "3" * 16 + ".tar.gz.part"]
        for name, age in zip(names, (60, -30 * 86400, -30 * 86400, 2 * 86400)):
            (self.machine.paths.inbox / name).write_text("")
            os.utime(self.machine.paths.inbox / name, (self.machine.clock - age,) * 2)
        for digest in (self.one, self.two):
            os.utime(self.machine.paths.inbox / f"{digest}.tar.gz", (self.machine.clock + 30 * 86400,) * 2)
        self.assertEqual(self.apply(self.two)[0], 0)
        left = {path.name for path in self.machine.paths.inbox.glob("*.tar.gz*") if ".made." not in path.name}
        self.assertEqual(left, {names[0], f"{self.one}.tar.gz", f"{self.two}.tar.gz"})

    def test_a_copy_of_hostctl_that_nobody_came_to_finish_goes_after_a_day(self):
        names = [f"hostctl-{'0' * 16}", f"hostctl-{'1' * 16}.77", f"hostctl-{'2' * 16}.78", f"hostctl-{'3' * 16}.79", "hostctl"]
        for name, age in zip(names, (0, 60, 2 * 86400, -2 * 86400, 2 * 86400)):
            folder = self.machine.paths.programs / name
            folder.mkdir(parents=True)
            os.utime(folder, (self.machine.clock - age,) * 2)
        self.apply(self.two)
        self.assertEqual(sorted(os.listdir(self.machine.paths.programs)), sorted([names[1], names[4]]))

    def test_a_bundle_that_is_refused_leaves_that_of_the_release_that_serves(self):
        self.assertEqual(self.apply(self.machine.deliver(source(3, crash="")))[0], 1)
        self.assertEqual([bundle.exists() for bundle in self.bundles], [True, True])


if __name__ == "__main__":
    unittest.main()
