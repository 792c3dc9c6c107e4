"""Backups: what the programs are told and what their answers mean. Limit: restic and PostgreSQL are played; tests/machines has the real ones."""
import hashlib
import json
import unittest

from hostctl.backup import backup, drill as drills
from hostctl.backup.repository import Repository, seconds_of
from hostctl.database.engines import open_url
from hostctl.database.postgres import Postgres
from hostctl.machine.errors import CommandFailed, HostError
from hostctl.machine.system import Result, System
from hostctl.tests.fake_machine import Machine
from hostctl.tests.given import give_settings
from hostctl.verbs import cli

URL = "postgresql://shop:p%40ss%2Fword@10.0.0.3:5433/shop?sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem"


class Programs(Machine):
    """A machine whose further programs answer as told, by the first words of their command."""

    def __init__(self, answers):
        super().__init__()
        self.answers, self.given = answers, []

    def run(self, argv, *, timeout=600, env=None, check=True):
        for words, answer in self.answers.items():
            if argv[:len(words)] == list(words):
                self.given.append((argv, env))
                result = Result(*answer)
                if check and result.code:
                    raise CommandFailed(argv, *answer)
                return result
        return super().run(argv, timeout=timeout, env=env, check=check)


class Login(unittest.TestCase):
    def test_the_password_is_in_the_environment_and_in_no_word_of_the_command(self):
        machine = Programs({("psql",): (0, "1\n")})
        self.addCleanup(machine.remove)
        Postgres(machine, URL).ask("select 1", "shop")
        (words, env), = machine.given
        self.assertNotIn("p@ss/word", " ".join(words))
        self.assertEqual({name: env[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT")},
                         {"PGHOST": "10.0.0.3", "PGPORT": "5433", "PGUSER": "shop", "PGPASSWORD": "p@ss/word", "PGDATABASE": "shop",
                          "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/etc/webstack/database-ca.pem"})

    def test_another_engine_is_refused(self):
        with self.assertRaisesRegex(HostError, "DATABASE_URL: must be of postgresql:// or mysql://"):
            open_url(None, "oracle://shop@10.0.0.3/shop")

    def test_a_long_name_leaves_room_for_what_is_added(self):
        name = Postgres(None, "postgresql://u@h/" + "d" * 63).beside("before_20261122t060000z")
        self.assertEqual([len(name), name[-24:]], [63, "_before_20261122t060000z"])


class Pipe(unittest.TestCase):
    def pipe(self, source, sink, timeout=20):
        return System().pipe(["sh", "-c", source], ["sh", "-c", sink], source_env={}, sink_env={}, timeout=timeout)

    def test_gives_digest_size_and_the_words_of_the_second(self):
        self.assertEqual(self.pipe("printf abc", "cat; echo -end"), (hashlib.sha256(b"abc").hexdigest(), 3, "abc-end\n"))

    def test_a_source_that_fails_kills_the_sink_before_it_sees_the_end(self):
        machine = Machine()
        self.addCleanup(machine.remove)
        with self.assertRaisesRegex(CommandFailed, "broke off"):
            self.pipe("printf abc; echo broke off >&2; exit 3", f"cat > {machine.root}/half && touch {machine.root}/whole")
        self.assertFalse((machine.root / "whole").exists())

    def test_a_sink_that_fails_is_the_one_that_is_named(self):
        with self.assertRaisesRegex(CommandFailed, "no room"):
            self.pipe("head -c 9000000 /dev/zero", "head -c 10 > /dev/null; echo no room; exit 4")

    def test_a_sink_that_fails_at_the_end_fails(self):
        with self.assertRaisesRegex(CommandFailed, "ended with 4"):
            self.pipe("printf abc", "cat > /dev/null; exit 4")

    def test_takes_no_longer_than_told(self):
        with self.assertRaises(CommandFailed):
            self.pipe("exec sleep 30", "cat", timeout=0.2)


class Listing(unittest.TestCase):
    def machine(self, snapshots, calendar=""):
        machine = Programs({("restic", "snapshots"): (0, f"warning of restic\n{json.dumps(snapshots)}\n"), ("restic",): (0, ""),
                            ("systemd-analyze",): (0, calendar)})
        self.addCleanup(machine.remove)
        machine.paths.backup_access.parent.mkdir(parents=True, exist_ok=True)
        machine.paths.backup_access.write_text('RESTIC_PASSWORD="marker"\nRESTIC_REPOSITORY="/r"\n')
        drill = {"schedule": "weekly", "health": True, "checks": [{"sql": "select 1", "expect": "1"}]}
        give_settings(machine.paths, backup={"schedule": "daily", "keepDays": 7, "keepWeekly": 4, "keepMonthly": 0, "paths": ["media"], "drill": drill})
        return machine

    SNAPSHOTS = [
        {"id": "d1", "paths": ["/database.dump"], "tags": ["20231113T060000Z", "sha256:aa"]},
        {"id": "m1", "paths": ["/srv/webstack/shared/data/media"], "tags": ["20231113T060000Z"]},
        {"id": "d2", "paths": ["/database.dump"], "tags": ["20231114T060000Z"]},
        {"id": "x", "paths": ["/home"], "tags": None},
    ]

    def test_a_backup_without_its_hash_is_none(self):
        found = Repository(self.machine(self.SNAPSHOTS).host()).listing().backups()
        self.assertEqual([(one.id, one.dump, one.media, one.sha256) for one in found], [("20231113T060000Z", "d1", "m1", "aa")])

    def test_what_a_killed_run_left_goes(self):
        machine = self.machine(self.SNAPSHOTS)
        repository = Repository(machine.host())
        repository.forget(repository.listing().unfinished())
        self.assertEqual([words for words, _ in machine.given if words[1] == "forget"], [["restic", "forget", "--quiet", "d2", "x"]])

    def test_an_unknown_id_is_named(self):
        with self.assertRaisesRegex(HostError, "backup 20200101T000000Z: is not in the repository"):
            Repository(self.machine(self.SNAPSHOTS).host()).find("20200101T000000Z")

    def test_the_policy_as_restic_reads_it(self):
        chosen = backup.settings(self.machine([]).paths)
        self.assertEqual(backup.policy(chosen), ["--keep-within", "7d", "--keep-weekly", "4"])
        self.assertEqual(chosen.checks, (("select 1", "1"),))

    # As systemd 252 prints them.
    WEEKDAYS = """Normalized form: Mon..Fri *-*-* 06:00:00
    Next elapse: Fri 2026-11-20 06:00:00 UTC
       Iter. #2: Mon 2026-11-23 06:00:00 UTC
       From now: 1 day left
       Iter. #3: Tue 2026-11-24 06:00:00 UTC
"""

    def test_the_longest_pause_of_the_schedule_and_an_hour_is_how_old_a_backup_may_be(self):
        machine = self.machine([], self.WEEKDAYS)
        host = machine.host()
        self.assertEqual(backup.allowed_age(host, "Mon..Fri 06:00"), 3 * 86400 + 3600)
        chosen = backup.settings(machine.paths)
        machine.clock = 1700028000.0  # 2023-11-15 06:00:00
        self.assertFalse(backup.judge(host, chosen, "20231112T060000Z")["stale"])
        self.assertTrue(backup.judge(host, chosen, "20231112T045959Z")["stale"])
        self.assertTrue(backup.judge(host, chosen, None)["stale"])

    AHEAD = {"id": "d9", "paths": ["/database.dump"], "tags": ["20361114T060000Z", "sha256:99"]}

    def test_a_backup_of_the_future_is_named_and_is_neither_fresh_nor_the_latest(self):
        machine = self.machine([*self.SNAPSHOTS, self.AHEAD], self.WEEKDAYS)
        machine.clock = 1700028000.0  # 2023-11-15 06:00:00
        said = []
        machine.paths.state.mkdir(parents=True, exist_ok=True)
        machine.paths.last_backup.write_text(json.dumps({"id": "20361114T060000Z"}))
        self.assertEqual(cli.main(["backups", "--check"], machine.root, machine, lambda line, **_: said.append(line)), 0)
        self.assertEqual(said[-1].splitlines(), ["20361114T060000Z  stamped 410227200 s AHEAD OF THIS HOST'S CLOCK", "20231113T060000Z  172800 s old  with media",
                                                 "backup  20231113T060000Z, 172800 s old"])
        repository = Repository(machine.host())
        self.assertEqual([repository.find(name).id for name in ("latest", "20361114T060000Z")], ["20231113T060000Z", "20361114T060000Z"])
        # What the host alone knows, until the next backup.
        state = backup.state(machine.host())
        self.assertEqual((state["ahead"], state["stale"], backup.state_text(state)), (True, True, "backup  20361114T060000Z, stamped 410227200 s AHEAD OF THIS HOST'S CLOCK"))
        machine.clock += 3 * 86400
        self.assertEqual(cli.main(["backups", "--check"], machine.root, machine, lambda *_, **__: None), 1)

    def test_some_minutes_are_the_difference_of_two_clocks(self):
        machine = self.machine([*self.SNAPSHOTS, self.AHEAD])
        machine.clock = seconds_of("20361114T060000Z") - 600
        self.assertEqual(Repository(machine.host()).find("latest").id, "20361114T060000Z")
        machine.clock -= 1
        self.assertEqual(Repository(machine.host()).find("latest").id, "20231113T060000Z")

    def test_a_host_whose_clock_is_behind_every_backup_is_told_so(self):
        machine = self.machine([self.AHEAD], self.WEEKDAYS)
        with self.assertRaisesRegex(HostError, "every backup is stamped ahead of this host's clock, the first one 20361114T060000Z; set the clock, or name one by its ID"):
            Repository(machine.host()).find("latest")
        self.assertEqual(cli.main(["backups", "--check"], machine.root, machine, lambda *_, **__: None), 1)

    def test_those_of_the_future_take_no_place_of_another(self):
        chosen = backup.settings(self.machine([]).paths)
        self.assertEqual(backup.policy(chosen, 2), ["--keep-within", "7d", "--keep-weekly", "6"])

    def test_a_drill_of_the_future_is_stale(self):
        machine = self.machine([], self.WEEKDAYS)
        machine.paths.state.mkdir(parents=True, exist_ok=True)
        machine.paths.drill.write_text(json.dumps({"backup": "20361112T060000Z", "at": machine.clock + 7200, "ok": True}))
        state = drills.state(machine.host())
        self.assertEqual((state["stale"], drills.state_text(state)), (True, "drill   ok, stamped 7200 s AHEAD OF THIS HOST'S CLOCK"))

    def test_a_failed_drill_and_an_old_one_show(self):
        machine = self.machine([], self.WEEKDAYS)
        self.assertIsNone(drills.state(machine.host()))
        machine.paths.state.mkdir(parents=True, exist_ok=True)
        machine.paths.drill.write_text(json.dumps({"backup": "20231112T060000Z", "at": machine.clock - 5, "ok": False}))
        self.assertEqual(drills.state_text(drills.state(machine.host())), "drill   FAILED, 5 s ago")
        machine.paths.drill.write_text(json.dumps({"backup": "20231112T060000Z", "at": machine.clock - 263000, "ok": True}))
        self.assertEqual(drills.state_text(drills.state(machine.host())), "drill   ok, 263000 s ago, OLDER THAN ITS SCHEDULE ALLOWS")

    def test_a_host_without_backups_says_so(self):
        machine = Machine()
        self.addCleanup(machine.remove)
        self.assertIsNone(backup.state(machine.host()))
        with self.assertRaisesRegex(HostError, "backups: are off on this host"):
            backup.settings_or_fail(machine.paths)


if __name__ == "__main__":
    unittest.main()
