"""A deployment that fails leaves every unit as it was, running or not, enabled or not: whatever the two were before.
Limit: systemd is played; tests/machines/operations.test.ts has a real one."""
import errno
import itertools
import json
import os
import unittest
from unittest import mock

from hostctl.deploy import apply, deploy, journal as journals, lifecycle
from hostctl.machine.errors import HostError
from hostctl.machine.system import Result
from hostctl.tests.fake_machine import Killed, Machine, file, manifest, source


FIREWALL = "/etc/nftables.conf"
PORTS = ["nginx@80.socket", "nginx@443.socket"]
UNITS = {"nginx": ["nginx.service"], "nginx's ports": PORTS, "one of nginx's ports": PORTS[1:], "the slot that serves": ["web@blue.socket", "web@blue.service"], "a timer": ["tidy.timer"],
         "the firewall": ["nftables.service"], "a process without a socket": ["bot.service"]}


def declared(digest, firewall="table inet one"):
    files = [*manifest(digest).raw["files"], file(FIREWALL, firewall, [{"verb": "reload", "unit": "nftables.service"}]),
             file("/etc/systemd/system/nginx.service", f"Sockets={' '.join(PORTS)}\n")]
    return manifest(digest, files=files, units=["nftables.service", *PORTS, "nginx.service", "tidy.timer"])


class PutBackTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))
        apply.apply(self.machine.host(), declared(self.one))

    def states(self):
        return set(self.machine.active), set(self.machine.enabled)

    def make(self, units, runs, enabled):
        for unit in units:
            # systemd opens no port beside an nginx that runs.
            self.machine._systemctl(["restart", "nginx.service"] if unit in PORTS and runs else ["start" if runs else "stop", unit])
            self.machine._systemctl(["enable" if enabled else "disable", unit])

    def deploy(self, failure):
        """A deployment that does everything, and fails at its last word."""
        with mock.patch("hostctl.deploy.deploy._save", side_effect=failure), self.assertRaises(type(failure)):
            apply.apply(self.machine.host(), declared(self.two, "table inet two"), {"KEY": "two"})

    def each(self, check):
        """Call `check` with the four states that one kind of unit can have before, for each kind."""
        for (what, units), runs, enabled in itertools.product(UNITS.items(), (True, False), (True, False)):
            with self.subTest(what, runs=runs, enabled=enabled):
                self.make(units, runs, enabled)
                check()
                self.assertFalse(self.machine.paths.undo.exists())
                self.make(units, True, True)

    def test_a_failure_leaves_both_states_of_every_unit_as_they_were(self):
        def check():
            before = self.states()
            self.deploy(HostError("the last thing failed"))
            self.assertEqual(self.states(), before)

        self.each(check)

    def test_what_a_kill_left_is_put_back_the_same_way(self):
        def check():
            before = self.states()
            self.deploy(Killed())
            deploy.recover(self.machine.host("recover"))
            self.assertEqual(self.states(), before)

        self.each(check)

    def test_after_a_power_cut_what_was_enabled_runs_and_nothing_else(self):
        def check():
            _, enabled = self.states()
            self.deploy(Killed())
            self.machine.ran.clear()
            self.machine.reboot(lambda: deploy.recover(self.machine.host("recover")))
            # nginx starts its ports, enabled or not.
            self.assertEqual(self.states(), (enabled | set(PORTS if "nginx.service" in enabled else []), enabled))
            # Who waits, at boot, for what comes after the recovery waits for ever.
            waits = [argv for argv in self.machine.ran if argv[:2] in (["systemctl", "start"], ["systemctl", "restart"]) and "--no-block" not in argv]
            self.assertEqual(waits, [])

        self.each(check)

    def test_a_slot_that_serves_without_being_enabled_goes_on_serving(self):
        self.machine.enabled -= {"web@blue.service", "web@blue.socket"}
        before = self.states()
        with mock.patch("hostctl.deploy.deploy._save", side_effect=HostError("the last thing failed")), self.assertRaises(HostError):
            apply.apply(self.machine.host(), declared(self.one))
        self.assertEqual((self.states(), self.machine.answering()), (before, {"web": self.one}))

    def test_what_ended_meanwhile_and_ran_before_starts_again(self):
        before = self.states()

        def end(*_):
            for unit in ("nginx.service", "nftables.service", "web@blue.service"):
                self.machine._systemctl(["stop", unit])
            raise HostError("the last thing failed")

        with mock.patch("hostctl.deploy.deploy._save", side_effect=end), self.assertRaises(HostError):
            apply.apply(self.machine.host(), declared(self.two, "table inet two"))
        self.assertEqual(self.states(), before)
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_another_unit_that_does_not_load_its_old_file_keeps_nothing_else_from_being_put_back(self):
        before, real, failing = self.states(), self.machine._systemctl, []
        self.machine._systemctl = lambda words: Result(1, "Job failed") if failing and words[0] == "reload" and "nftables.service" in words else real(words)

        def fail(*_):
            failing.append(True)
            raise HostError("the last thing failed")

        with mock.patch("hostctl.deploy.deploy._save", side_effect=fail), self.assertRaisesRegex(HostError, "(?s)the last thing failed\nThe old state could not be put back: .*nftables"):
            apply.apply(self.machine.host(), declared(self.two, "table inet two"))
        self.assertEqual((self.states(), self.machine.answering(), self.machine.paths.undo.exists()), (before, {"web": self.one}, True))
        failing.clear()
        deploy.recover(self.machine.host("recover"))
        self.assertEqual((self.states(), self.machine.answering(), self.machine.paths.undo.exists()), (before, {"web": self.one}, False))

    def test_an_nginx_that_does_not_load_its_old_files_keeps_no_other_unit_from_its_old_state(self):
        before = self.states()
        for part in ("_load_nginx", "_close_new_ports"):
            with self.subTest(part), mock.patch(f"hostctl.deploy.journal.{part}", side_effect=HostError("nginx: kept its old configuration")), \
                 mock.patch("hostctl.deploy.deploy._save", side_effect=HostError("the last thing failed")):
                with self.assertRaisesRegex(HostError, "the last thing failed\nThe old state could not be put back: nginx: kept its old configuration\nMend that and run `hostctl recover`"):
                    apply.apply(self.machine.host(), declared(self.two))
            self.assertEqual(self.states(), before)
            deploy.recover(self.machine.host("recover"))
            self.assertEqual((self.states(), self.machine.answering(), self.machine.paths.undo.exists()), (before, {"web": self.one}, False))

    def test_a_disk_without_room_for_the_old_files_is_said_beside_the_failure_and_put_back_once_there_is(self):
        before = self.states()
        with mock.patch("hostctl.deploy.deploy._save", side_effect=HostError("the last thing failed")), mock.patch("hostctl.deploy.journal._restore", side_effect=OSError(errno.ENOSPC, "No space left on device")), \
             self.assertRaisesRegex(HostError, "the last thing failed\nThe old state could not be put back: .*No space left on device\nMend that and run `hostctl recover`"):
            apply.apply(self.machine.host(), declared(self.two))
        deploy.recover(self.machine.host("recover"))
        self.assertEqual((self.states(), self.machine.answering()), (before, {"web": self.one}))

    def test_requests_of_before_which_go_to_the_slot_that_serves_on_keep_nobody_waiting(self):
        worker, sleep = self.machine.workers[-1][0], self.machine.sleep

        def slept(seconds):
            sleep(seconds)
            if worker not in dict(self.machine.workers):
                # It has a download that lasts.
                self.machine.workers.insert(0, (worker, "nginx: worker process is shutting down"))
                self.machine._show_workers()

        for code in ({"crash": ""}, {"answer": "500"}):
            with self.subTest(code), mock.patch.object(self.machine, "sleep", slept), mock.patch.object(journals, "put_back", self.timed(journals.put_back)):
                with self.assertRaises(HostError):
                    apply.apply(self.machine.host(), declared(self.machine.deliver(source(3, **code))))
                self.assertLess(self.seconds, 1)
        with mock.patch.object(self.machine, "sleep", slept), mock.patch.object(journals, "put_back", self.timed(journals.put_back)):
            self.deploy(HostError("the last thing failed"))
            self.assertLess(self.seconds, 1)
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def timed(self, put_back):
        def run(host, journal):
            began = self.machine.clock
            put_back(host, journal)
            self.seconds = self.machine.clock - began
        return run

    def test_a_log_that_takes_nothing_keeps_nobody_from_putting_back(self):
        before, real = self.states(), os.open

        def refuse(path, flags, *words, **options):
            if str(path).startswith(str(self.machine.paths.logs)):
                raise OSError(errno.EROFS, "Read-only file system")
            return real(path, flags, *words, **options)

        with mock.patch("os.open", refuse):
            self.deploy(HostError("the last thing failed"))
        self.assertEqual((self.states(), self.machine.answering(), self.machine.paths.undo.exists()), (before, {"web": self.one}, False))
        self.assertEqual([line for line in self.machine.said if "takes nothing" in line], [f"WARNING: {self.machine.paths.logs}/deploy_logs: takes nothing (Read-only file system)"])

    def test_one_that_is_between_two_starts_is_not_stopped(self):
        show = self.machine._show
        with mock.patch.object(self.machine, "_show", lambda name: show(name).replace("=inactive", "=activating") if name == "tidy.timer" else show(name)):
            self.make(["tidy.timer"], False, True)
            self.machine.ran.clear()
            self.deploy(HostError("the last thing failed"))
        self.assertEqual([argv for argv in self.machine.ran if "tidy.timer" in argv and argv[1] in ("stop", "disable")], [])

    def test_a_stopped_site_stays_stopped_after_a_failure_then_starts_and_serves_after_a_reboot(self):
        for digest in (self.two, self.machine.deliver(source(3, crash="")), self.machine.deliver(source(4, answer="500"))):
            with self.subTest(digest):
                lifecycle.stop(self.machine.host("stop"))
                before = self.states()
                if digest == self.two:
                    self.deploy(HostError("the last thing failed"))
                else:
                    with self.assertRaises(HostError):
                        apply.apply(self.machine.host(), declared(digest))
                self.assertEqual(self.states(), before)
                self.assertNotIn("nginx.service", self.machine.active)
                lifecycle.start(self.machine.host("start"))
                self.assertEqual(self.machine.answering(), {"web": self.one})
                self.machine.reboot()
                self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_what_somebody_left_in_the_idle_slot_goes_and_does_not_come_again(self):
        before = self.states()
        self.make(["web@green.socket", "web@green.service"], True, True)
        self.deploy(HostError("the last thing failed"))
        self.assertEqual(self.states(), before)

    def test_a_journal_of_before_states_were_known_is_put_back(self):
        before = self.states()
        self.deploy(Killed())
        journal = self.machine.paths.undo / "journal.json"
        raw = json.loads(journal.read_text())
        raw["starts"] = [unit for unit in raw.pop("units") if "green" in unit]
        journal.write_text(json.dumps(raw))
        deploy.recover(self.machine.host("recover"))
        self.assertEqual((self.states(), self.machine.answering()), (before, {"web": self.one}))


if __name__ == "__main__":
    unittest.main()
