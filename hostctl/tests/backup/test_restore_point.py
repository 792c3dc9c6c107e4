"""Restore points: when one is taken, what is refused, and what a rollback does with it. Limit: restic and the database are played;
tests/machines has the real ones.
Modules: backup/restore_point.py."""
import io
import json
import unittest
from contextlib import redirect_stderr
from unittest import mock

from hostctl.backup import backup, restore
from hostctl.backup.repository import Repository
from hostctl.deploy import apply, deploy, rollback
from hostctl.machine.errors import CommandFailed, HostError, Locked
from hostctl.machine.system import Result
from hostctl.tests.backup.test_restore import Restoring, no_record
from hostctl.tests.fake_machine import Killed, MachineWithDatabases, manifest, source
from hostctl.tests.given import give_settings
from hostctl.tests.test_kill import KillAt
from hostctl.verbs import cli

URL = "postgresql://shop:pass@10.0.0.3/shop"


class Saving(MachineWithDatabases):
    """A machine that keeps backups; `check` is what the release's check step ends with. `databases`: {name: its schema}."""

    def __init__(self):
        super().__init__()
        self.snapshots, self.check, self.broken, self.refused = [], 1, False, None

    def keep_backups(self):
        etc = self.paths.env.parent
        etc.mkdir(parents=True, exist_ok=True)
        give_settings(self.paths, backup={"schedule": "daily", "keepDays": 7, "keepWeekly": 4, "keepMonthly": 0, "paths": [],
                                          "drill": {"schedule": "weekly", "checks": [{"sql": "select 1", "expect": "2"}], "health": False}})
        self.paths.backup_access.write_text('RESTIC_PASSWORD="marker"\nRESTIC_REPOSITORY="/r"\n')
        self.paths.env.write_text(f'DATABASE_URL="{URL}"\n')

    def pipe(self, source, sink, **_):
        self.on_command(source)
        if self.broken:
            raise CommandFailed(source, 1, "connection refused")
        if sink[0] == "restic":
            tags = [word for option, word in zip(sink, sink[1:]) if option == "--tag"]
            self.snapshots.append({"id": f"s{len(self.snapshots)}", "paths": ["/database.dump"], "tags": tags, "schema": self.schema})
        else:
            self.databases[sink[-1].removeprefix("--dbname=")] = next(one["schema"] for one in self.snapshots if one["id"] == source[3])
        return "ab" * 32, 3, ""

    def _run(self, argv):
        if argv[:2] == ["restic", "snapshots"]:
            return Result(0, json.dumps(self.snapshots))
        if argv[0] == "psql":
            return Restoring._psql(self, argv[-1].removeprefix("--command="))
        if argv[0] == "systemd-run" and argv[-1] == "check":
            return Result(self.check, "")
        return super()._run(argv)


class RestorePoints(unittest.TestCase):
    def setUp(self):
        self.machine = Saving()
        self.addCleanup(self.machine.remove)
        self.one, self.two, self.three = (self.machine.deliver(source(number)) for number in (1, 2, 3))
        self.declare(self.one, "A")
        self.machine.keep_backups()

    def declare(self, digest, revision, *, check=("check",), wanted=True, **more):
        raw = manifest(digest).raw
        steps = [{"name": "migrate", "command": ["migrate-to", revision], "timeoutSeconds": 9}]
        release = {**raw["release"], "keep": 5, "steps": steps, "restorePoint": wanted, "schema": {"revision": ["schema"], "down": [], "check": list(check)}}
        apply.apply(self.machine.host(), manifest(digest, release=release), **more)

    def points(self):
        return [point.release for point in Repository(self.machine.host()).listing().points()]

    def test_is_taken_of_what_served_before_the_steps_and_recorded(self):
        self.declare(self.two, "B")
        self.assertEqual(self.points(), [self.one])
        self.assertEqual(self.machine.snapshots[0]["schema"], "A")
        entry = json.loads(self.machine.paths.history.read_text())[-1]
        self.assertEqual({**entry["restorePoint"], "id": ""}, {"id": "", "release": self.one, "schema": "A", "sha256": "ab" * 32})

    def test_is_not_taken_where_the_check_says_that_the_steps_change_nothing(self):
        self.machine.check = 0
        self.declare(self.two, "A")
        self.assertEqual(self.points(), [])

    def test_is_taken_always_where_no_check_is_declared(self):
        self.declare(self.two, "A", check=())
        self.assertEqual(self.points(), [self.one])

    def test_a_release_whose_database_cannot_be_saved_is_refused_before_anything_changed(self):
        self.machine.broken = True
        with self.assertRaises(HostError) as caught:
            self.declare(self.two, "B")
        self.assertIn(f"release {self.two}: was refused, and nothing has changed", str(caught.exception))
        self.assertIn(f"`hostctl release {self.two} --without-restore-point`", str(caught.exception))
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.one}, "A"))
        self.assertFalse(self.machine.paths.undo.exists())

    def test_a_drill_is_not_waited_for(self):
        began = self.machine.clock
        with backup.drill_turn(self.machine.host("drill"), "drill"):
            self.declare(self.two, "B")
        self.assertEqual((self.machine.answering(), self.points(), self.machine.clock - began < 60), ({"web": self.two}, [self.one], True))
        self.assertNotIn("since one is under way", "\n".join(self.machine.said))

    def test_a_backup_is_waited_for_which_is_said_and_then_the_release_is_refused(self):
        began = self.machine.clock
        with backup.turn(self.machine.host("backup"), "backup"), self.assertRaisesRegex(HostError, f"release {self.two}: was refused, and nothing has changed(.|\n)*held by .* for `backup`"):
            self.declare(self.two, "B")
        self.assertEqual((self.machine.answering(), self.points(), round(self.machine.clock - began) // 60), ({"web": self.one}, [], 15))
        self.assertRegex("\n".join(self.machine.said), r"\nrestore point: waits for `backup` of \S+, since \S+ \(process \d+\), at most 15 minutes$")

    def test_a_drill_and_a_backup_take_turns(self):
        for first, second in ((backup.drill_turn, backup.turn), (backup.turn, backup.drill_turn)):
            with first(self.machine.host(), "first"), self.assertRaisesRegex(Locked, "held by .* for `first`"), second(self.machine.host(), "second"):
                pass

    def test_an_emergency_goes_on_without(self):
        self.machine.broken = True
        self.declare(self.two, "B", save_database=False)
        self.assertEqual(self.machine.answering(), {"web": self.two})
        self.declare(self.three, "C", wanted=False)
        self.assertEqual((self.machine.answering(), self.points()), ({"web": self.three}, []))

    def test_a_rollback_offers_it_and_with_it_goes_back_whatever_todays_checks_say(self):
        self.declare(self.two, "B")
        point = self.machine.snapshots[0]["tags"][0]
        with self.assertRaises(HostError) as caught:
            rollback.rollback(self.machine.host("rollback"))
        self.assertIn(f"`hostctl rollback {self.one} --restore` goes back to restore point {point}", str(caught.exception))
        rollback.rollback(self.machine.host("rollback"), point=True)
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.one}, "A"))
        self.assertEqual([schema for name, schema in self.machine.databases.items() if "_before_" in name], ["B"])

    def test_a_rollback_whose_code_does_not_start_changes_the_database_back(self):
        self.declare(self.two, "B")
        (self.machine.paths.release(self.one) / "crash").write_text("")
        with self.assertRaisesRegex(HostError, "so the old data serves again"):
            rollback.rollback(self.machine.host("rollback"), point=True)
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.two}, "B"))
        self.assertEqual([schema for name, schema in self.machine.databases.items() if "_undone_" in name], ["A"])
        self.assertFalse(self.machine.paths.restoring.exists())

    def test_a_rollback_whose_record_the_disk_does_not_take_serves_and_says_what_ends_it(self):
        self.declare(self.two, "B")
        with no_record(self.machine), self.assertRaisesRegex(HostError, "^database and media have switched, but .*\nMend that and run `hostctl restore --recover`"):
            rollback.rollback(self.machine.host("rollback"), point=True)
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.one}, "A"))
        self.assertEqual(restore.settle(self.machine.host("restore")), "database shop and the media: are what was restored")
        self.assertEqual((self.machine.answering(), self.machine.schema, self.machine.paths.restoring.exists()), ({"web": self.one}, "A", False))

    def test_those_of_a_host_that_is_lost_outlast_the_first_backup_of_the_next_one(self):
        self.declare(self.two, "B")
        other = Saving()
        self.addCleanup(other.remove)
        other.keep_backups()
        other.snapshots = self.machine.snapshots
        apply.apply(other.host(), manifest(other.deliver(source(2))))
        backup.run(other.host("backup"))
        self.assertEqual([argv for argv in other.ran if argv[:2] == ["restic", "forget"] and "s0" in argv], [])

    def test_those_of_a_release_that_served_and_is_kept_no_longer_go(self):
        self.declare(self.two, "B")
        backup.run(self.machine.host("backup"))
        self.assertEqual([argv for argv in self.machine.ran if argv[:2] == ["restic", "forget"] and "s0" in argv], [])
        for number in range(4, 9):
            self.declare(self.machine.deliver(source(number)), "B", wanted=False)
        backup.run(self.machine.host("backup"))
        self.assertEqual([argv[3:] for argv in self.machine.ran if argv[:2] == ["restic", "forget"]][-2:-1], [["s0"]])

    def test_release_and_schema_stay_a_pair_wherever_a_rollback_is_killed(self):
        others, number, points = (self.undo, self.release_again, self.roll_back_again), 0, 0
        while number <= points:
            for mend in (self.boot, others[number % 3]):
                with self.subTest(mend=mend.__name__, point=number):
                    self.setUp()
                    self.declare(self.two, "B")
                    self.machine.clock += 10
                    with KillAt(self.machine, number, True) as kill:
                        try:
                            rollback.rollback(self.machine.host("rollback"), point=True)
                        except Killed:
                            pass
                    points = points or kill.count
                    self.machine.clock += 10
                    self.assertEqual(mend(), {self.two: "B", self.one: "A"}[self.machine.answering()["web"]])
                    self.assertFalse(self.machine.paths.restoring.exists())
                    self.assertIn("B", self.machine.databases.values())
            number += 1
        self.assertGreater(points, 60)

    def test_no_deployment_comes_to_a_database_that_an_interrupted_rollback_left_and_that_cannot_be_settled(self):
        self.declare(self.two, "B")
        with mock.patch.object(rollback, "deploy", side_effect=Killed), self.assertRaises(Killed):
            rollback.rollback(self.machine.host("rollback"), point=True)
        self.machine.refused = "the database is starting up"
        with self.assertRaisesRegex(HostError, "a rollback was interrupted, and its database cannot be settled: (.|\n)*is starting up\nMend that and try again; "
                                               "where that database is gone for good, remove /var/lib/webstack/restore.unfinished.json"):
            self.declare(self.three, "C")
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.two}, "A"))
        self.machine.refused = None
        self.declare(self.three, "C")
        self.assertEqual(self.machine.snapshots[-1]["schema"], "B")
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.three}, "C"))

    def boot(self):
        self.machine.reboot(lambda: self.hostctl("recover"))
        for argv in [argv for argv in self.machine.ran if argv[0] == "systemd-run" and "--recover" in argv]:
            self.hostctl(*argv[-4:])
        return self.machine.schema

    def undo(self):
        if self.machine.paths.restoring.exists():
            self.hostctl("restore", "--undo")
        deploy.recover(self.machine.host("recover"))
        return self.machine.schema

    def release_again(self):
        self.declare(self.two, "B")
        return self.machine.schema

    def roll_back_again(self):
        with redirect_stderr(io.StringIO()) as said:
            cli.main(["rollback", self.one, "--restore"], self.machine.root, self.machine, echo=lambda *_, **__: None)
        self.assertIn(said.getvalue(), ("", f"hostctl: release {self.one}: serves already; `hostctl restart` starts its services anew\n"))
        self.assertEqual(self.machine.answering(), {"web": self.one})
        return self.machine.schema

    def hostctl(self, *words):
        self.assertEqual(cli.main(words, self.machine.root, self.machine, echo=lambda *_, **__: None), 0)

    def test_a_point_that_is_gone_is_named(self):
        self.declare(self.two, "B")
        self.machine.snapshots.clear()
        with self.assertRaisesRegex(HostError, r"restore point \w+: is not in the repository any more"):
            rollback.rollback(self.machine.host("rollback"), point=True)


if __name__ == "__main__":
    unittest.main()
