"""Who holds the repository, and whether that one is gone. Limit: restic is played; on_restic.py has the real one."""
import json
import unittest

from hostctl.backup import backup, repository_lock
from hostctl.backup.repository import Repository
from hostctl.machine import errors
from hostctl.machine.errors import CommandFailed, HostError
from hostctl.machine.system import Result, System
from hostctl.tests.fake_machine import Machine

# The machine's clock stands at 2023-11-14T22:13:20Z.
FRESH, OLD = "2023-11-14T22:11:20.123456789Z", "2023-11-14T22:43:19+01:00"


class Locked(Machine):
    def __init__(self, *locks):
        super().__init__()
        self.locks = {f"{number:064x}": lock for number, lock in enumerate(locks)}
        self.processes, self.vanishing = {}, None
        self.paths.backup_access.parent.mkdir(parents=True, exist_ok=True)
        self.paths.backup_access.write_text('RESTIC_PASSWORD="marker"\nRESTIC_REPOSITORY="/r"\n')

    def name(self):
        return "web-0"

    def may_run(self, pid, program):
        return self.processes.get(pid) == program

    def _run(self, argv):
        if argv[:3] == ["restic", "list", "locks"]:
            return Result(0, "a warning of restic\n" + "".join(f"{name}\n" for name in self.locks))
        if argv[:3] == ["restic", "cat", "lock"]:
            if argv[3] == self.vanishing:
                del self.locks[argv[3]]
            if self.locks.get(argv[3]) is None:
                return Result(1, "invalid data returned" if argv[3] in self.locks else "does not exist")
            return Result(0, f"repository opened\n{json.dumps(self.locks[argv[3]], indent=1)}\n")
        if argv[:3] == ["restic", "unlock", "--remove-all"]:
            self.locks = {}
        return super()._run(argv)


def lock(time=FRESH, hostname="web-0", pid=7, exclusive=True):
    return {"time": time, "exclusive": exclusive, "hostname": hostname, "username": "root", "pid": pid}


class Judgement(unittest.TestCase):
    def machine(self, *locks, since=None, until=None):
        made = Locked(*locks)
        self.addCleanup(made.remove)
        if since is not None:
            made.paths.state.mkdir(parents=True, exist_ok=True)
            made.paths.backup_writing.write_text(json.dumps([[made.clock - since, until and made.clock - until]]))
        return made

    def gone(self, machine):
        return [one.gone for one in repository_lock.held(machine.host(), Repository(machine.host()))]

    def test_who_is_gone(self):
        for what, one, since, processes, gone in [
            ("half an hour without being renewed", lock(OLD, "other"), None, {}, True),
            ("another host's", lock(hostname="other"), 300, {}, False),
            ("ours, of a run that has not come to its end", lock(), 300, {}, True),
            ("the same, and its process runs", lock(), 300, {7: "restic"}, False),
            ("the same, and another program has its number", lock(), 300, {7: "nginx"}, True),
            ("of our name from before that run: a host that this one replaces", lock(), 60, {}, False),
            ("of our name, and every run here has ended", lock(), None, {}, False),
            ("stamped in the future", lock("2033-11-14T22:11:20Z", "other"), None, {}, False),
        ]:
            with self.subTest(what):
                machine = self.machine(one, since=since)
                machine.processes = processes
                self.assertEqual(self.gone(machine), [gone])

    def test_the_lock_of_a_host_of_the_same_name_is_none_of_a_run_that_failed_here_before(self):
        """As while a host is replaced: both are called web-0, and the old one makes backups still."""
        machine = self.machine(lock(), since=400, until=300)
        self.assertEqual(self.gone(machine), [False])
        machine = self.machine(lock(), since=400, until=110)
        self.assertEqual(self.gone(machine), [True])

    def test_one_that_ends_while_it_is_looked_at_is_none(self):
        machine = self.machine(lock(), lock(pid=8))
        machine.vanishing = f"{0:064x}"
        self.assertEqual([one.pid for one in repository_lock.held(machine.host(), Repository(machine.host()))], [8])

    def test_one_that_cannot_be_read_is_somebody_s_until_the_verb_is_told_otherwise(self):
        machine = self.machine(None, lock(OLD))
        for exclusive in (True, False):
            with self.assertRaisesRegex(HostError, r"^repository: locked by somebody whom nobody can name, since lock 00000000 cannot be read\nRun this again .*"), \
                    repository_lock.writing(machine.host(), Repository(machine.host()), exclusive):
                self.fail("must not write")
        with self.assertRaisesRegex(HostError, "lock 00000000 cannot be read\nNothing was removed: .*--unlock --holder-is-gone`"):
            backup.unlock(machine.host(), False)
        self.assertEqual(len(machine.locks), 2)
        self.assertEqual(backup.unlock(machine.host(), True), ["locked for itself by process 7 on web-0, 1801 s ago, which is gone",
                                                               "locked by somebody whom nobody can name, since lock 00000000 cannot be read"])
        self.assertEqual(machine.locks, {})

    def test_a_holder_that_may_be_at_work_is_named_and_none_of_the_locks_is_removed(self):
        machine = self.machine(lock(OLD, "other"), lock(hostname="web-1", pid=8))
        with self.assertRaises(HostError) as caught, repository_lock.writing(machine.host(), Repository(machine.host())):
            self.fail("must not write")
        self.assertEqual(str(caught.exception), "repository: locked for itself by process 8 on web-1, 120 s ago, which may be at work\n"
                                                "Run this again once that has ended; `sudo hostctl backups --unlock` looks again")
        self.assertEqual(len(machine.locks), 2)

    def test_the_mark_of_a_run_outlasts_it_unless_it_comes_to_its_end(self):
        machine = self.machine()
        with repository_lock.writing(machine.host(), Repository(machine.host())):
            self.assertEqual(json.loads(machine.paths.backup_writing.read_text()), [[machine.clock, None]])
        self.assertFalse(machine.paths.backup_writing.exists())
        began = machine.clock
        with self.assertRaises(CommandFailed), repository_lock.writing(machine.host(), Repository(machine.host())):
            raise CommandFailed(["restic"], 1, "")
        # A lock that may be somebody's is left, and so is the proof that it is ours.
        machine.locks, machine.processes = {f"{1:064x}": lock("2023-11-14T22:13:21Z", exclusive=False)}, {7: "restic"}
        machine.clock += 60
        with repository_lock.writing(machine.host(), Repository(machine.host()), exclusive=False):
            self.assertEqual(json.loads(machine.paths.backup_writing.read_text()), [[began, began], [machine.clock, None]])

    def test_the_verb_takes_the_lock_of_one_that_is_gone_and_needs_to_be_told_of_another(self):
        machine = self.machine(lock(OLD))
        self.assertEqual(backup.unlock(machine.host(), False), ["locked for itself by process 7 on web-0, 1801 s ago, which is gone"])
        machine.locks = {f"{0:064x}": lock(hostname="other")}
        with self.assertRaisesRegex(HostError, "on other, 120 s ago, which may be at work\nNothing was removed: .*--unlock --holder-is-gone`"):
            backup.unlock(machine.host(), False)
        self.assertEqual(backup.unlock(machine.host(), True), ["locked for itself by process 7 on other, 120 s ago, which may be at work"])
        self.assertEqual(machine.locks, {})

    def test_a_run_of_this_host_is_named_at_once(self):
        machine = self.machine(lock(OLD))
        with backup.turn(machine.host(), "backup"), self.assertRaisesRegex(errors.Locked, "held by .* for `backup`"):
            backup.unlock(machine.host(), True)
        self.assertEqual(len(machine.locks), 1)

    def test_a_process_that_runs_is_told_by_its_program(self):
        here = System()
        self.assertEqual([here.may_run(1, "no such program"), here.may_run(2**22 + 1, "restic")], [False, False])


if __name__ == "__main__":
    unittest.main()
