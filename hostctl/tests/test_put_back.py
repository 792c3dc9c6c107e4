"""A deployment that fails leaves every unit as it was, running or not, enabled or not: whatever the two were before.
Limit: systemd is played; tests/machines/operations.test.ts has a real one."""
import itertools
import json
import unittest
from unittest import mock

from hostctl import apply, deploy, lifecycle
from hostctl.errors import HostError

from .machine import Killed, Machine, file, manifest, source

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
        with mock.patch("hostctl.deploy._save", side_effect=failure), self.assertRaises(type(failure)):
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
        with mock.patch("hostctl.deploy._save", side_effect=HostError("the last thing failed")), self.assertRaises(HostError):
            apply.apply(self.machine.host(), declared(self.one))
        self.assertEqual((self.states(), self.machine.answering()), (before, {"web": self.one}))

    def test_what_ended_meanwhile_and_ran_before_starts_again(self):
        before = self.states()

        def end(*_):
            for unit in ("nginx.service", "nftables.service", "web@blue.service"):
                self.machine._systemctl(["stop", unit])
            raise HostError("the last thing failed")

        with mock.patch("hostctl.deploy._save", side_effect=end), self.assertRaises(HostError):
            apply.apply(self.machine.host(), declared(self.two, "table inet two"))
        self.assertEqual(self.states(), before)
        self.assertEqual(self.machine.answering(), {"web": self.one})

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
