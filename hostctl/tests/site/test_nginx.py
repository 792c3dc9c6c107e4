"""nginx starts anew behind ports that systemd holds, and hands them over or takes them back where it must. Limit: systemd and nginx are played;
tests/machines/site.test.ts and the rows `nginx ...` of tests/machines/faults have real ones."""
import os
import unittest
from unittest import mock

from hostctl.deploy import apply, deploy, lifecycle
from hostctl.deploy.compare import compare
from hostctl.machine.errors import HostError
from hostctl.site import nginx
from hostctl.tests.fake_machine import Killed, Machine, file, manifest, source


UNIT = "/etc/systemd/system/nginx.service"
HTTP, HTTPS, LOCAL = "nginx@80.socket", "nginx@443.socket", "nginx-local@8001.socket"
RESTART = [{"verb": "restart", "unit": "nginx.service"}]


def declared(digest, *ports, unit=""):
    """A site whose nginx has these sockets, or holds its ports itself."""
    text = "[Service]\n" + (f"Sockets={' '.join(ports)}\n" if ports else "") + unit
    return manifest(digest, files=[*manifest(digest).raw["files"], file(UNIT, text, RESTART)], units=[*ports, "nginx.service", "tidy.timer"])


class NginxTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.digest = self.machine.deliver(source(1))

    def apply(self, *ports, **changed):
        self.machine.ran.clear()
        self.machine.refusing.clear()
        apply.apply(self.machine.host(), declared(self.digest, *ports, **changed))

    def fails(self, *ports, at="hostctl.deploy.deploy._save", failure=HostError("the last thing failed"), **changed):
        """An apply that fails at that place."""
        with mock.patch(at, side_effect=failure), self.assertRaises(type(failure)):
            self.apply(*ports, **changed)

    def recover(self):
        deploy.recover(self.machine.host("recover"))

    def told(self):
        """What systemd was told about nginx, in order."""
        return [" ".join(word for word in argv[1:] if word != "--") for argv in self.machine.ran
                if argv[0] == "systemctl" and argv[1] in ("start", "stop", "restart", "reload", "daemon-reload") and (len(argv) == 2 or "nginx" in argv[-1])]

    def serves(self, *ports):
        self.assertEqual(self.machine.answering(), {"web": self.digest})
        self.assertEqual(sorted(self.machine._open_sockets()), sorted(ports))
        self.assertEqual({unit for unit in self.machine.enabled if unit.endswith(".socket") and unit.startswith("nginx")}, set(ports))

    def test_what_stands_in_the_place_of_its_log_is_neither_followed_nor_waited_for(self):
        log, shown = self.machine.paths.at(nginx.LOG), nginx.Nginx(self.machine.paths, self.machine)
        log.parent.mkdir(parents=True)
        emergency = "2026/11/01 00:00:00 [emerg] 1#1: no memory\n"
        log.write_text(emergency)
        self.assertEqual((shown._log_size(), shown._emergencies(0), shown._emergencies(len(emergency))), (len(emergency), ["no memory"], []))
        secret = self.machine.paths.at("/secret")
        secret.write_text(emergency)
        for plant in (lambda: os.symlink(secret, log), lambda: os.mkfifo(log), log.mkdir):
            log.unlink()
            plant()
            self.assertEqual(shown._emergencies(0), [])

    def test_a_changed_unit_restarts_nginx_and_refuses_nobody(self):
        self.apply(HTTP)
        self.serves(HTTP)
        self.apply(HTTP, unit="MemoryMax=1G\n")
        self.assertEqual((self.told(), self.machine.refusing), (["daemon-reload", "restart nginx.service"], []))
        self.serves(HTTP)

    def test_a_port_that_somebody_has_is_refused_by_name_and_nginx_is_not_touched(self):
        self.apply(HTTP)
        self.machine.listening = [("0.0.0.0:80", "nginx", 100), ("127.0.0.1:8001", "python3", 77), ("10.0.0.1:8001", "other", 78)]
        with self.assertRaisesRegex(HostError, r"nginx: its ports must be free\nbind\(\) to 127\.0\.0\.1:8001 failed \(98: Address already in use\): python3 \(process 77\) has it"):
            self.apply(HTTP, LOCAL)
        self.assertEqual([words for words in self.told() if words != "daemon-reload"], [f"stop {LOCAL}"])
        self.serves(HTTP)
        # On another address of the host it is in nobody's way.
        self.machine.listening = self.machine.listening[2:]
        self.apply(HTTP, LOCAL)
        self.serves(HTTP, LOCAL)

    def test_a_port_comes_and_goes_while_the_other_one_stays(self):
        self.apply(HTTP)
        for ports in ((HTTP, HTTPS), (HTTP, HTTPS, LOCAL), (HTTP, HTTPS), (HTTP,)):
            with self.subTest(ports):
                self.apply(*ports)
                self.assertEqual(self.machine.refusing, [])
                self.serves(*ports)
                self.assertEqual(compare(self.machine.host(), declared(self.digest, *ports)).lines, [])

    def test_a_host_without_sockets_gets_them_in_one_moment(self):
        self.apply()
        self.serves()
        self.apply(HTTP, HTTPS)
        self.assertEqual(self.machine.refusing, ["systemctl restart -- nginx.service"])
        self.serves(HTTP, HTTPS)
        self.assertEqual(compare(self.machine.host(), declared(self.digest, HTTP, HTTPS)).lines, [])

    def test_a_failure_before_that_moment_leaves_nginx_alone(self):
        self.apply()
        self.fails(HTTP, HTTPS, at="hostctl.deploy.rollout.Rollout.start")
        self.assertEqual((self.told(), self.machine.refusing), (["daemon-reload", "daemon-reload", f"stop {HTTP} {HTTPS}"], []))
        self.serves()

    def test_a_failure_after_that_moment_gives_nginx_its_ports_back_while_the_unit_is_there_that_lets_requests_end(self):
        self.apply()
        self.fails(HTTP, HTTPS)
        self.assertEqual(self.told()[-5:-1], [f"stop {HTTP} {HTTPS}", "stop nginx.service", "daemon-reload", "start nginx.service"])
        self.serves()
        self.assertNotIn("Sockets", (self.machine.root / UNIT[1:]).read_text())

    def test_a_failure_puts_exactly_the_ports_back_that_were_there(self):
        for before, after in (((HTTP,), (HTTP, HTTPS)), ((HTTP, HTTPS), (HTTP,)), ((HTTP, LOCAL), (HTTP, HTTPS))):
            with self.subTest(before=before, after=after):
                self.apply(*before)
                self.fails(*after)
                self.assertEqual(self.machine.refusing, [])
                self.serves(*before)

    def test_what_a_kill_left_is_put_back_the_same_way_and_after_a_reboot_too(self):
        for before, after in (((), (HTTP, HTTPS)), ((HTTP,), (HTTP, HTTPS)), ((HTTP, HTTPS), (HTTP,))):
            for reboots in (False, True):
                with self.subTest(before=before, after=after, reboots=reboots):
                    self.apply(*before)
                    self.fails(*after, failure=Killed())
                    if reboots:
                        self.machine.reboot(self.recover)
                    else:
                        self.recover()
                    self.serves(*before)

    def test_a_host_goes_back_to_an_nginx_that_holds_its_ports_itself(self):
        self.apply(HTTP, HTTPS)
        self.apply()
        self.serves()

    def test_ports_that_are_missing_are_a_difference_that_apply_mends(self):
        self.apply(HTTP, HTTPS)
        self.machine._systemctl(["stop", HTTPS])
        self.assertEqual(compare(self.machine.host(), declared(self.digest, HTTP, HTTPS)).lines, [f"unit {HTTPS}: is not running"])
        self.apply(HTTP, HTTPS)
        self.assertEqual(self.machine.refusing, [])
        self.serves(HTTP, HTTPS)

    def test_a_port_that_somebody_closed_meanwhile_is_put_back_with_the_rest(self):
        self.apply(HTTP, HTTPS)

        def close(*_):
            self.machine._systemctl(["stop", HTTPS])
            raise HostError("the last thing failed")

        with mock.patch("hostctl.deploy.deploy._save", side_effect=close), self.assertRaises(HostError):
            apply.apply(self.machine.host(), declared(self.digest, HTTP, HTTPS), {"KEY": "two"})
        self.serves(HTTP, HTTPS)

    def test_requests_of_an_nginx_that_was_restarted_are_waited_for_before_their_slot_stops(self):
        self.apply(HTTP)
        self.machine.orphans = [(77, "nginx: worker process is shutting down")]
        self.machine._show_workers()
        self.assertIn(77, self.machine.host().nginx.workers())
        with mock.patch.object(self.machine, "sleep", lambda seconds: setattr(self.machine, "clock", self.machine.clock + seconds)):
            self.assertFalse(self.machine.host().nginx.drain(5))

    def test_a_stop_closes_the_ports_first_and_a_start_or_a_reboot_brings_all_back(self):
        self.apply(HTTP, HTTPS)
        for comes_back in (lambda: lifecycle.start(self.machine.host("start")), self.machine.reboot):
            self.machine.ran.clear()
            lifecycle.stop(self.machine.host("stop"))
            self.assertEqual(self.told(), [f"stop {HTTP} {HTTPS}", "stop nginx.service"])
            self.assertEqual((self.machine.answering(), self.machine._open_sockets()), ({}, []))
            comes_back()
            self.serves(HTTP, HTTPS)

    def test_a_failed_release_of_a_stopped_site_leaves_its_ports_closed(self):
        self.apply(HTTP)
        lifecycle.stop(self.machine.host("stop"))
        with mock.patch("hostctl.deploy.deploy._save", side_effect=HostError("the last thing failed")), self.assertRaises(HostError):
            apply.release(self.machine.host("release"), self.machine.deliver(source(2)))
        self.assertEqual(self.machine._open_sockets(), [])


if __name__ == "__main__":
    unittest.main()
