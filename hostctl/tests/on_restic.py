"""Backups against restic itself, with a repository in a folder: what a killed run leaves there, and a clock that was ahead. For a machine with restic,
as root: `python3 -m unittest hostctl.tests.on_restic`. Limit: the database is played."""
import json
import os
import shutil
import subprocess
import time
import unittest
from unittest import mock

from hostctl.backup import backup, drill, repository_lock, restore
from hostctl.backup.repository import KEPT, Repository
from hostctl.deploy import apply, rollback
from hostctl.machine.errors import HostError
from hostctl.machine.paths import Paths
from hostctl.machine.system import System
from hostctl.monitor import status
from hostctl.release import kept
from hostctl.tests.backup.test_restore import NOW, Restoring
from hostctl.tests.fake_machine import manifest, source
from hostctl.tests.given import give_settings
from hostctl.verbs import cli


class OnRestic(Restoring):
    """A machine whose restic is the real one. Its clock is that of the box, `ahead` seconds later."""

    def __init__(self):
        super().__init__()
        self.real, self.ahead, self.hostname = System(), 0, os.uname().nodename
        self.paths.backup_access.write_text(f'RESTIC_PASSWORD="marker"\nRESTIC_REPOSITORY="{self.root}/repository"\n')

    def time(self):
        return time.time() + self.ahead

    def name(self):
        return self.hostname

    def may_run(self, pid, program):
        return self.real.may_run(pid, program)

    def pipe(self, source, sink, **options):
        """pg_dump writes the content of the database, pg_restore reads it."""
        if source[0] == "pg_dump":
            return self.real.pipe(["echo", self.databases["shop"]], sink, **options)
        kept = self.root / "loaded"
        done = self.real.pipe(source, ["tee", str(kept)], **options)
        self.databases[sink[-1].removeprefix("--dbname=")] = kept.read_text().strip()
        return done

    def _run(self, argv):
        return super()._run(argv) if argv[0] != "restic" else self.real.run(argv, env=self.env, check=False)

    @property
    def env(self):
        return {"RESTIC_PASSWORD": "marker", "RESTIC_REPOSITORY": f"{self.root}/repository", "RESTIC_CACHE_DIR": f"{self.root}/cache", "TZ": "UTC"}


@unittest.skipUnless(shutil.which("restic"), "needs restic")
class Restic(unittest.TestCase):
    def setUp(self):
        self.machine = OnRestic()
        self.addCleanup(self.machine.remove)
        apply.apply(self.machine.host(), manifest(self.machine.deliver(source(1))))
        Repository(self.machine.host()).make()

    def back_up(self):
        return backup.run(self.machine.host("backup"))["id"]

    def restic(self, *words):
        return self.machine.real.run(["restic", *words], env=self.machine.env).output

    def locks(self):
        # One that is being written has another name.
        return [name for name in os.listdir(self.machine.root / "repository/locks") if len(name) == 64]

    def kill_prune(self, hostname):
        """kill -9 a prune that another host runs, or this one, once it has its lock."""
        stuff = self.machine.root / "stuff"
        stuff.write_bytes(os.urandom(20 << 20))
        for _ in range(2):
            self.restic("backup", "--quiet", "--host", "stuff", str(stuff))
            stuff.write_bytes(os.urandom(20 << 20))
        self.restic("forget", "--quiet", "--host", "stuff", "--keep-last", "1")
        words = ["unshare", "--uts", "sh", "-c", f"hostname {hostname} && exec restic prune --max-unused 0"]
        process = subprocess.Popen(words, env={**os.environ, **self.machine.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.locks():
            self.assertIsNone(process.poll(), "the prune was done before it could be killed")
            time.sleep(0.005)
        process.kill()
        process.wait()
        self.assertEqual(len(self.locks()), 1)
        return process.pid


class KilledPrune(Restic):
    def test_a_lost_host_keeps_nobody_from_reading_the_repository(self):
        found = self.back_up()
        self.machine.databases["shop"] = "later"
        pid = self.kill_prune("lost-0")
        Repository(self.machine.host()).make()
        self.assertEqual([one["id"] for one in backup.listing(self.machine.host())[0]], [found])
        restore.restore(self.machine.host("restore"), "latest", lambda _: None)
        self.assertEqual(self.machine.content(), NOW)
        report = drill.run(self.machine.host("drill"))
        self.assertEqual((report["backup"], report["ok"], report["error"]), (found, True, None))
        # What writes names the holder, and does not take his lock away.
        with self.assertRaisesRegex(HostError, rf"repository: locked for itself by process {pid} on lost-0, \d+ s ago, which may be at work\n"
                                               r"Run this again once that has ended; `sudo hostctl backups --unlock` looks again"):
            self.back_up()
        self.assertEqual(len(self.locks()), 1)

    def test_the_verb_removes_his_lock_when_it_is_told_that_he_is_gone_and_backups_go_on(self):
        self.kill_prune("lost-0")
        with self.assertRaisesRegex(HostError, "on lost-0, .*\nNothing was removed: .* `sudo hostctl backups --unlock --holder-is-gone`"):
            backup.unlock(self.machine.host("backups"), False)
        self.assertEqual(len(self.locks()), 1)
        self.assertEqual(cli.main(["backups", "--unlock", "--holder-is-gone"], self.machine.root, self.machine, echo=lambda line, **_: self.machine.said.append(line)), 0)
        self.assertRegex(self.machine.said[-1], r"^removed: locked for itself by process \d+ on lost-0, \d+ s ago, which may be at work$")
        self.assertEqual(self.locks(), [])
        self.assertEqual(backup.unlock(self.machine.host("backups"), False), [])
        self.back_up()
        self.restic("check", "--read-data")

    def test_an_empty_lock_as_a_power_cut_of_its_machine_leaves_one_is_removed_by_the_verb_that_is_told(self):
        (self.machine.root / "repository/locks" / f"{7:064x}").write_bytes(b"")
        self.assertEqual(len(backup.listing(self.machine.host())[0]), 0)
        with self.assertRaisesRegex(HostError, "since lock 00000000 cannot be read\nRun this again"):
            self.back_up()
        self.assertEqual(backup.unlock(self.machine.host("backups"), True), ["locked by somebody whom nobody can name, since lock 00000000 cannot be read"])
        self.assertEqual(self.locks(), [])
        self.back_up()

    def test_a_lock_that_nobody_renews_for_half_an_hour_is_removed_by_the_next_backup(self):
        self.kill_prune("lost-0")
        self.machine.ahead = repository_lock.STALE + 60
        self.back_up()
        self.assertEqual(self.locks(), [])

    def test_a_run_of_this_host_that_was_killed_is_cleared_away_by_the_next_one(self):
        self.killed_here()
        self.back_up()
        self.assertEqual((self.locks(), self.machine.paths.backup_writing.exists()), ([], False))

    def killed_here(self):
        with self.assertRaises(KeyboardInterrupt):
            with repository_lock.writing(self.machine.host("backup"), Repository(self.machine.host())):
                self.kill_prune(self.machine.hostname)
                raise KeyboardInterrupt

    def test_a_restore_point_is_taken_beside_somebody_who_reads_or_adds(self):
        writing = subprocess.Popen(["sh", "-c", "(echo one; sleep 5) | restic backup --quiet --stdin"], env={**os.environ, **self.machine.env})
        try:
            while not self.locks():
                time.sleep(0.01)
            with repository_lock.writing(self.machine.host("release"), Repository(self.machine.host()), exclusive=False):
                pass
            with self.assertRaisesRegex(HostError, r"repository: locked by process \d+ on "):
                self.back_up()
        finally:
            writing.wait()


class LostHost(Restic):
    """Another machine with the same repository and the same database begins with nothing but the release that is declared."""

    def declare(self, machine, digest, revision):
        steps = [{"name": "migrate", "command": ["migrate-to", revision], "timeoutSeconds": 9}, {"name": "static", "command": ["touch-static", f"{revision}.css"], "timeoutSeconds": 9}]
        release = {**manifest(digest).raw["release"], "keep": 5, "steps": steps, "schema": {"revision": ["schema"], "down": [], "check": []}}
        apply.apply(machine.host(), manifest(digest, release=release))

    def successor(self, digest):
        made, folder = OnRestic(), self.machine.root
        made.databases = self.machine.databases
        # Nothing of the other is left, and this one has its paths.
        os.rename(folder / "repository", made.root / "repository")
        shutil.rmtree(folder)
        os.rename(made.root, folder)
        made.root, made.paths = folder, Paths(folder)
        made.paths.backup_access.unlink()
        self.assertEqual(made.deliver(source(3)), digest)
        self.declare(made, digest, "C")
        return made

    def connect(self, machine):
        """What `up` does next."""
        backup.set_repository(machine.host("backup-repository"), json.dumps({"RESTIC_PASSWORD": "marker", "RESTIC_REPOSITORY": f"{machine.root}/repository"}))

    def test_the_next_one_has_its_releases_and_restore_points_and_goes_back_to_them(self):
        one, two, three = (self.machine.deliver(source(number)) for number in (1, 2, 3))
        self.declare(self.machine, two, "B")
        self.back_up()
        self.machine.databases["shop"] = "of B"
        self.declare(self.machine, three, "C")
        self.machine.databases["shop"] = "of C"
        lost = status.releases(self.machine.host())
        # No last backup: it is lost with what it told the repository by itself.
        there = self.successor(three)
        self.connect(there)
        found = status.releases(there.host("releases"))
        self.assertEqual([(one["digest"], one["onHost"]) for one in found[1:]], [(one["digest"], True) for one in lost])
        self.assertEqual((found[0]["digest"], found[0]["serving"], len(found)), (three, True, len(lost) + 1))
        backup.run(there.host("backup"))
        self.assertEqual([point.release for point in Repository(there.host()).listing().points()], [one, two])

        there.ran.clear()
        there.schema = "C"
        rollback.rollback(there.host("rollback"), point=True)
        self.assertEqual((there.answering(), there.databases["shop"]), ({"web": two}, "of B"))
        # Its steps, which made its static files, did not run again.
        self.assertEqual([argv for argv in there.ran if argv[0] == "systemd-run" and "touch-static" in argv], [])
        self.assertTrue((there.paths.static / "static/B.css").exists())
        self.assertFalse((there.paths.state / "kept.unfinished").exists())
        # The same again changes nothing.
        history = there.paths.history.read_text()
        kept.fetch(there.host("backup-repository"), Repository(there.host()))
        self.assertEqual(there.paths.history.read_text(), history)

    def test_a_next_one_whose_first_contact_broke_off_leaves_them_there_until_it_has_them(self):
        two, three = self.machine.deliver(source(2)), self.machine.deliver(source(3))
        self.declare(self.machine, two, "B")
        there = self.successor(three)
        with mock.patch.object(kept, "merge", side_effect=HostError("the network is away")), self.assertRaises(HostError):
            self.connect(there)
        backup.run(there.host("backup"))
        self.assertEqual([release["digest"] for release in status.releases(there.host())], [three])
        self.declare(there, there.deliver(source(4)), "C")
        self.assertIn(two, [release["digest"] for release in status.releases(there.host()) if release["onHost"]])

    def test_one_of_a_clock_that_was_ahead_is_not_what_the_next_host_gets(self):
        self.declare(self.machine, self.machine.deliver(source(3)), "C")
        repository = Repository(self.machine.host())
        self.restic("backup", "--quiet", "--host", KEPT, "--tag", KEPT, "--time", "2036-01-01 00:00:00", str(self.machine.paths.env))
        newest = repository.listing().kept()[-1]
        self.assertIn(str(self.machine.paths.history), dict(repository.files(newest)))
        self.back_up()
        self.assertEqual(len(repository.listing().kept()), 1)
        self.assertIn(str(self.machine.paths.history), dict(repository.files(repository.listing().kept()[-1])))


class ClockAhead(Restic):
    def test_a_backup_of_the_future_is_neither_the_latest_nor_the_end_of_the_others(self):
        chosen = json.loads(self.machine.paths.settings.read_text())["backup"]
        give_settings(self.machine.paths, backup={**chosen, "keepDays": 1, "keepWeekly": 1})
        first = self.back_up()
        self.machine.ahead, self.machine.databases["shop"] = 10 * 365 * 86400, "future"
        future = self.back_up()
        self.machine.ahead, self.machine.databases["shop"] = 5, "now"
        second = self.back_up()
        found, state = backup.listing(self.machine.host())
        self.assertEqual([(one["id"], one["ahead"]) for one in found], [(future, True), (second, False), (first, False)])
        self.assertEqual((state["last"], state["stale"]), (second, False))
        self.assertEqual(drill.run(self.machine.host("drill"))["backup"], second)
        restore.restore(self.machine.host("restore"), future, lambda _: None)
        self.assertEqual(self.machine.databases["shop"], "future")


if __name__ == "__main__":
    unittest.main()
