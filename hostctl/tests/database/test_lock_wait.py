"""Steps that wait for a lock: which are ended, and what is said. Limit: the server is played; on_postgres.py has a real one."""
import os
import tempfile
import unittest
from unittest import mock

from hostctl.database.database import Waiting
from hostctl.database.engines import open_url
from hostctl.deploy import apply
from hostctl.machine import sockets
from hostctl.machine.errors import CommandFailed, HostError, Interrupted
from hostctl.machine.paths import Paths
from hostctl.machine.system import Result
from hostctl.tests.fake_machine import Machine, manifest, source


ENV = {"DATABASE_URL": "postgresql://shop:a-long-password@10.0.0.3/shop"}
UNIT = "webstack-step.service"


class Database:
    """Each look sees the next of `looks`, the last one for ever: session numbers, or what a look raises."""

    def __init__(self, looks):
        self.looks, self.ended = looks, []

    def waiting(self, ports, mark):
        seen = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(seen, Exception):
            raise seen
        return [Waiting(session, began, "table orders", f"session 7 ({mark})") for session, began in seen]

    def end_lost(self, mark):
        pass

    def end(self, waiting):
        self.ended.append(waiting.session)


class LockWaitTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))
        apply.apply(self.machine.host(), manifest(self.one), ENV)

    def release(self, looks, seconds=3):
        """A release whose step lasts until it has been looked at ten times, or is ended; each look is a second after the last one."""
        database, step = Database(looks), self.machine._step
        killed, looked = [], []

        class Clock:
            """The looker's Event: time goes by when it waits."""
            over = False

            def wait(clock, _):
                self.machine.clock += 1
                looked.append(1)
                return clock.over or len(looked) > 10

            def set(clock):
                clock.over = True

        class Thread:
            def __init__(thread, target):
                thread.target = target

            def start(thread):
                thread.target()

            def join(thread):
                pass

        def run(argv):
            if argv[:2] == ["systemctl", "kill"]:
                killed.append(argv[-1])

        self.machine.on_command = run
        self.machine._step = lambda words: Result(137, "killed\n") if killed else step(words)
        declared = manifest(self.two, release={**manifest(self.two).raw["release"], "lockTimeoutSeconds": seconds})
        with mock.patch("hostctl.database.lock_wait._database", return_value=database), mock.patch("hostctl.database.lock_wait.threading.Event", Clock), \
                mock.patch("hostctl.database.lock_wait.threading.Thread", Thread):
            try:
                apply.apply(self.machine.host(), declared, ENV)
            except HostError as failure:
                return str(failure), killed, database.ended
        return None, killed, database.ended

    def test_a_step_that_waits_too_long_is_ended_with_its_session_and_the_old_release_serves(self):
        said, killed, ended = self.release([[], [(11, "12:00")]])
        self.assertEqual(said, "Database-upgrading: waited 3 s for table orders, held by session 7 (webstack-step web-0)\nWhat else asks for it waits behind the step, "
                               "so the step was ended: release again once it is free, or raise release.lockTimeoutSeconds")
        self.assertEqual((killed, ended, self.machine.answering()), ([UNIT], [11], {"web": self.one}))

    def test_a_run_that_is_interrupted_leaves_no_session_that_waits(self):
        step = self.machine._step

        def interrupt(words):
            self.machine._step = step
            raise Interrupted("interrupted by SIGTERM")

        self.machine._step = interrupt
        said, killed, ended = self.release([[(11, "12:00")]], seconds=60)
        self.assertEqual((said, killed, ended, self.machine.answering()), ("interrupted by SIGTERM", [UNIT], [11], {"web": self.one}))

    def test_short_waits_one_after_the_other_are_none_too_long(self):
        self.assertEqual(self.release([[(11, "12:00")], [(11, "12:00")], [(11, "12:02")], [(11, "12:02")], [(12, "12:02")], []]), (None, [], []))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_the_time_is_that_of_the_stack_s_file(self):
        self.assertEqual(self.release([*[[(11, "12:00")]] * 9, []], seconds=60), (None, [], []))

    def test_a_look_that_fails_ends_no_step_and_is_told(self):
        failure = CommandFailed(["psql"], 2, "too many connections")
        self.assertEqual(self.release([failure]), (None, [], []))
        self.assertIn("WARNING: nobody saw whether the step waits for a lock of the database\npsql: ended with 2\ntoo many connections", "\n".join(self.machine.said))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_an_answer_that_nobody_foresaw_is_told_and_the_next_look_goes_on(self):
        said, killed, _ = self.release([TypeError("'NoneType' object is not subscriptable"), [(11, "12:00")]])
        self.assertIn("waited 3 s for table orders", said)
        self.assertEqual(killed, [UNIT])

    def test_a_step_has_a_name_for_the_server(self):
        self.release([[]])
        steps = [argv for argv in self.machine.ran if argv[0] == "systemd-run" and "--wait" in argv]
        self.assertTrue(all("--setenv=PGAPPNAME=webstack-step web-0" in argv for argv in steps) and steps)

    def test_nobody_looks_where_there_is_no_database_that_can_be_asked(self):
        for env in ({}, {"DATABASE_URL": "sqlite:///x"}):
            with mock.patch("hostctl.database.lock_wait.threading.Thread.start", side_effect=AssertionError):
                apply.apply(self.machine.host(), manifest(self.two if env else self.one), env)


class SocketsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.paths = Paths(folder.name)

    def process(self, pid, cgroup, inodes, tcp, tcp6=""):
        folder = self.paths.proc / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "net").mkdir()
        (folder / "cgroup").write_text(cgroup)
        for number, inode in enumerate(inodes):
            os.symlink(f"socket:[{inode}]", folder / "fd" / str(number))
        os.symlink("/dev/null", folder / "fd/9")
        (folder / "net/tcp").write_text("  sl  local_address rem_address   st\n" + tcp)
        (folder / "net/tcp6").write_text("  sl  local_address rem_address   st\n" + tcp6)

    @staticmethod
    def line(port, state, inode):
        return f"   0: 0201540A:{port:04X} 0301540A:1538 {state} 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 0 100 0 0 10 0\n"

    def test_the_ports_of_a_unit_s_open_connections_and_of_nobody_else(self):
        tables = self.line(40001, "01", 5) + self.line(40002, "0A", 6) + self.line(40003, "01", 7), self.line(40004, "01", 8)
        self.process(10, f"0::/system.slice/{UNIT}\n", [5, 6], *tables)
        self.process(11, f"2:memory:/\n1:name=systemd:/system.slice/{UNIT}/child\n", [8], *tables)
        self.process(12, "0::/system.slice/other-webstack-step.service\n", [7], *tables)
        (self.paths.proc / "13").mkdir()
        (self.paths.proc / "self").mkdir()
        self.assertEqual(sockets.of_unit(self.paths, UNIT), {40001, 40004})
        self.assertEqual(sockets.of_unit(self.paths, "webstack-step"), set())


class MariaDBTest(unittest.TestCase):
    """What the server is asked; tests/machines/mysql.test.ts has one that answers."""

    def test_a_session_is_found_by_its_port_and_is_told_with_its_statement(self):
        asked = []
        said = '{"session": 5, "began": "alter table `orders` add note text", "statement": "alter table `orders` add note text", "state": "Waiting for table metadata lock"}\n'

        class Played(Machine):
            def run(self, argv, **_):
                asked.append(argv[-1])
                return Result(0, said if "json_object" in argv[-1]
                              else "session 4 (user shop, sleep for 300 s)\n")

        machine = Played()
        self.addCleanup(machine.remove)
        database = open_url(machine, "mysql://shop:x@10.0.0.3/shop")
        found, = database.waiting({40001, 40002}, "mark")
        self.assertEqual((found.session, found.what, found.holders), (
            5, "what `alter table `orders` add note text` needs (waiting for table metadata lock)", "perhaps one of session 4 (user shop, sleep for 300 s)"))
        self.assertIn("substring_index(host, ':', -1) in ('40001', '40002')", asked[0])
        database.end(found)
        self.assertEqual(asked[-1], "--execute=kill 5")

    def test_a_server_that_does_not_tell_of_transactions_is_asked_for_them_once_and_another_refusal_is_told(self):
        asked = []

        class Played(Machine):
            def run(self, argv, **_):
                asked.append("innodb_trx" in argv[-1])
                if asked[-1]:
                    raise CommandFailed(argv, 1, "ERROR 1227 (42000): Access denied; you need (at least one of) the PROCESS privilege(s) for this operation")
                if len(asked) > 3:
                    raise CommandFailed(argv, 1, "ERROR 1040 (08004): Too many connections")
                return Result(0, "")

        machine = Played()
        self.addCleanup(machine.remove)
        database = open_url(machine, "mysql://shop:x@10.0.0.3/shop")
        self.assertEqual([database.waiting({40001}, "mark") for _ in range(2)], [[], []])
        self.assertEqual(asked, [True, False, False])
        with self.assertRaisesRegex(CommandFailed, "ERROR 1040"):
            database.waiting({40001}, "mark")


if __name__ == "__main__":
    unittest.main()
