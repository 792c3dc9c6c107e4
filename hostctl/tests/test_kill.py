"""kill -9 at every command, rename and removal of a deployment; then the same with a reboot. Each time the site must answer,
and the next run must end as declared without a manual step."""
import os
import unittest
from unittest import mock

from hostctl.database.ca_bundle import CA
from hostctl.deploy import apply, deploy
from hostctl.deploy.compare import compare
from hostctl.tests.fake_machine import RELOAD_NGINX, SITE, UNIT, Killed, Machine, file, manifest, source


def changed_manifest(digest):
    """Another release, site file, unit file and certificate of the database at once."""
    files = [file(SITE, "server { listen 80; }\n", [RELOAD_NGINX]), *manifest(digest).raw["files"][1:3],
             file(UNIT, "[Service]\nNice=1\n", [{"verb": "roll", "service": "web"}])]
    return manifest(digest, files=files).with_files({CA: "two\n"})


def first_manifest(digest):
    return manifest(digest).with_files({CA: "one\n"})


class KillAt:
    """Counts what changes the machine and kills before (or after) the one with this number."""

    def __init__(self, machine, number, after):
        self.machine, self.number, self.after, self.count, self.armed = machine, number, after, 0, True

    def __enter__(self):
        run, rename, unlink = self.machine.run, os.rename, os.unlink
        self.patches = [mock.patch.object(self.machine, "run", lambda argv, **options: self._step(run, argv, **options)),
                        mock.patch("os.rename", lambda *names, **options: self._step(rename, *names, **options)),
                        mock.patch("os.unlink", lambda *names, **options: self._step(unlink, *names, **options))]
        for patch in self.patches:
            patch.start()
        return self

    def __exit__(self, *_):
        for patch in self.patches:
            patch.stop()

    def _step(self, call, *words, **options):
        self.count += 1
        if self.count == self.number and not self.after:
            raise Killed
        number = self.count
        try:
            return call(*words, **options)
        finally:
            # After one that fails, too: a file that was to be removed may not have been there.
            if number == self.number and self.after:
                raise Killed


class KillTest(unittest.TestCase):
    def deployed(self):
        machine = Machine()
        self.addCleanup(machine.remove)
        one, two = machine.deliver(source(1)), machine.deliver(source(2))
        apply.apply(machine.host(), first_manifest(one), {"KEY": "one"})
        return machine, one, two

    def run_killed(self, number, after):
        machine, one, two = self.deployed()
        with KillAt(machine, number, after) as kill:
            try:
                apply.apply(machine.host(), changed_manifest(two), {"KEY": "two"})
            except Killed:
                pass
        return machine, one, two, kill.count

    def test_the_site_answers_after_a_kill_at_every_point_and_the_next_run_mends_all(self):
        points = self.run_killed(0, False)[3]
        self.assertGreater(points, 60)
        for reboots in (False, True):
            for after in (False, True):
                for number in range(1, points + 1):
                    with self.subTest(point=number, after=after, reboots=reboots):
                        machine, one, two, _ = self.run_killed(number, after)
                        if reboots:
                            machine.reboot()
                        serving = machine.answering().get("web")
                        self.assertIn(serving, (one, two))
                        self.assertIn("one" if serving == one else "two", machine.paths.at(CA).read_text().split())
                        if reboots:
                            deploy.recover(machine.host("recover"))
                            self.assertIn(machine.answering().get("web"), (one, two))
                        apply.apply(machine.host(), changed_manifest(two), {"KEY": "two"})
                        self.check_is_as_declared(machine, two)

    def test_going_back_to_the_old_manifest_after_a_kill_works_too(self):
        points = self.run_killed(0, False)[3]
        for number in range(1, points + 1, 3):
            with self.subTest(point=number):
                machine, one, _, _ = self.run_killed(number, True)
                apply.apply(machine.host(), first_manifest(one), {"KEY": "one"})
                self.assertEqual(machine.answering(), {"web": one})
                self.assertEqual(compare(machine.host(), first_manifest(one), {"KEY": "one"}).lines, [])

    def test_a_kill_while_the_old_state_is_put_back_is_mended_as_well(self):
        machine, one, two, _ = self.run_killed(40, True)
        for number in range(1, 12):
            with KillAt(machine, number, True):
                try:
                    deploy.recover(machine.host("recover"))
                except Killed:
                    pass
            self.assertIn(machine.answering().get("web"), (one, two))
        apply.apply(machine.host(), changed_manifest(two), {"KEY": "two"})
        self.check_is_as_declared(machine, two)

    def check_is_as_declared(self, machine, digest):
        self.assertEqual(machine.answering(), {"web": digest})
        self.assertEqual(compare(machine.host(), changed_manifest(digest), {"KEY": "two"}).lines, [])
        self.assertEqual(len([unit for unit in machine.active if unit.startswith("web@") and unit.endswith(".service")]), 1)
        self.assertEqual(len([unit for unit in machine.enabled if unit.startswith("web@") and unit.endswith(".service")]), 1)
        self.assertFalse(machine.paths.undo.exists())
        self.assertFalse((machine.paths.state / "undo.done").exists())
