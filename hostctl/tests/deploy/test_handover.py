"""What one host hands over to the next: the stream holds the certificate and media, and writes nothing outside their folders."""
import io
import json
import os
import signal
import tarfile
import unittest

from hostctl.deploy import apply, handover
from hostctl.machine.errors import HostError
from hostctl.site import certificate, maintenance
from hostctl.tests.fake_machine import Machine, add_file, manifest, source
from hostctl.tests.site.test_certificate import pair
from hostctl.verbs import cli


TIMERS = ["collect.timer", certificate.TIMER]


class HandoverTest(unittest.TestCase):
    def setUp(self):
        self.old, self.new = self.machine(), self.machine()
        (self.old.paths.data / "media/menus").mkdir(parents=True)
        (self.old.paths.data / "media/menus/today.pdf").write_text("margherita")
        os.chmod(self.old.paths.data / "media/menus/today.pdf", 0o640)

    def machine(self):
        made = Machine()
        self.addCleanup(made.remove)
        declared = manifest(made.deliver(source(1)), units=["nginx.service", *TIMERS])
        made.paths.manifest.parent.mkdir(parents=True, exist_ok=True)
        made.paths.manifest.write_text(json.dumps(declared.raw))
        for unit in ["nginx.service", *TIMERS]:
            made.active[unit] = made.root
        return made

    def order(self, machine, name):
        path = machine.paths.ordered_certificate
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(pair(machine.root, name)))

    def stream(self, labels=handover.LABELS):
        written = io.BytesIO()
        handover.send(self.old.host("hand-over"), labels, written)
        return io.BytesIO(written.getvalue())

    def take_over(self, stream, labels=handover.LABELS):
        handover.take_over(self.new.host("take-over"), labels, stream)

    def test_media_and_the_certificate_arrive_with_their_modes_and_nginx_loads_it(self):
        self.order(self.old, "old")
        self.take_over(self.stream())
        arrived = self.new.paths.data / "media/menus/today.pdf"
        self.assertEqual((arrived.read_text(), arrived.stat().st_mode & 0o777), ("margherita", 0o640))
        self.assertEqual(self.new.paths.certificate.read_bytes(), self.old.paths.ordered_certificate.read_bytes())

    def test_a_certificate_that_the_new_host_ordered_gives_way_to_the_one_that_serves(self):
        self.order(self.old, "old")
        self.order(self.new, "new")
        self.take_over(self.stream())
        self.assertEqual(self.new.paths.ordered_certificate.read_bytes(), self.old.paths.ordered_certificate.read_bytes())

    def test_timers_wait_until_the_host_is_in_service(self):
        self.take_over(self.stream())
        self.assertEqual([unit in self.new.active for unit in TIMERS], [False, False])
        self.assertIn("nginx.service", self.new.active)
        handover.in_service(self.new.host("in-service"))
        self.assertEqual([unit in self.new.active for unit in TIMERS], [True, True])

    def test_a_boot_before_the_address_has_moved_starts_no_timer_and_one_after_it_does(self):
        self.new.enabled |= {"nginx.service", *TIMERS}
        self.take_over(self.stream())
        self.new.reboot()
        self.assertEqual([unit in self.new.active for unit in ("nginx.service", *TIMERS)], [True, False, False])
        handover.in_service(self.new.host("in-service"))
        self.new.reboot()
        self.assertEqual([unit in self.new.active for unit in TIMERS], [True, True])

    def test_an_apply_before_the_address_has_moved_starts_no_timer(self):
        self.take_over(self.stream())
        declared = manifest(self.new.deliver(source(2)), units=["nginx.service", *TIMERS])
        apply.apply(self.new.host(), declared, {})
        self.assertEqual([unit in self.new.active for unit in TIMERS], [False, False])
        handover.in_service(self.new.host("in-service"))
        self.assertEqual([unit in self.new.active for unit in TIMERS], [True, True])

    def test_the_second_run_brings_what_is_newer_and_stops_nothing(self):
        self.take_over(self.stream())
        handover.in_service(self.new.host("in-service"))
        ours = self.new.paths.data / "media/menus/today.pdf"
        ours.write_text("changed here meanwhile")
        (self.old.paths.data / "media/late.txt").write_text("uploaded to the old host meanwhile")
        self.take_over(self.stream(("media",)), ("media",))
        self.assertEqual(ours.read_text(), "changed here meanwhile")
        self.assertEqual((self.new.paths.data / "media/late.txt").read_text(), "uploaded to the old host meanwhile")
        self.assertTrue(all(unit in self.new.active for unit in TIMERS))

    def test_media_that_a_power_cut_emptied_are_brought_again(self):
        self.take_over(self.stream())
        ours = self.new.paths.data / "media/menus/today.pdf"
        moment = ours.stat()
        ours.write_text("")
        os.utime(ours, ns=(moment.st_atime_ns, moment.st_mtime_ns))
        self.take_over(self.stream(("media",)), ("media",))
        self.assertEqual(ours.read_text(), "margherita")

    def test_what_a_restore_of_the_old_host_put_aside_comes_with_its_record_also_after_a_first_attempt(self):
        self.take_over(self.stream())
        aside = self.old.paths.data / ".aside-before_20231114t221320z"
        aside.mkdir()
        os.rename(self.old.paths.data / "media", aside / "media")
        restored = self.old.paths.data / "media/menus/today.pdf"
        restored.parent.mkdir(parents=True)
        restored.write_text("of the backup")
        os.utime(restored, (1, 1))
        self.old.paths.restored.write_text('{"database": "shop_before_20231114t221320z", "media": {"media": ".aside-before_20231114t221320z/media"}}')
        self.take_over(self.stream())
        self.assertEqual((self.new.paths.data / "media/menus/today.pdf").read_text(), "of the backup")
        self.assertEqual((self.new.paths.data / aside.name / "media/menus/today.pdf").read_text(), "margherita")
        self.assertEqual(self.new.paths.restored.read_bytes(), self.old.paths.restored.read_bytes())

    def test_what_an_interrupted_switch_needs_comes_too_and_goes_where_the_old_host_has_ended_it_before_the_next_attempt(self):
        records = [(machine.paths.restoring, machine.paths.taken_down) for machine in (self.old, self.new)]
        for record in records[0]:
            record.write_text("{}")
        self.take_over(self.stream())
        self.assertEqual([record.exists() for record in records[1]], [True, True])
        for record in records[0]:
            record.unlink()
        self.take_over(self.stream(("media",)), ("media",))
        self.assertEqual([record.exists() for record in records[1]], [True, True])
        self.take_over(self.stream())
        self.assertEqual([record.exists() for record in records[1]], [False, False])

    def test_maintenance_stays_behind(self):
        for machine in (self.old, self.new):
            for path, content in (("etc/nginx/webstack/maintenance-off/state.conf", "off\n"), ("usr/local/lib/webstack/maintenance/page.css", ""), ("usr/local/lib/webstack/maintenance/page.html", "{{message}}{{until}}")):
                (machine.root / path).parent.mkdir(parents=True, exist_ok=True)
                (machine.root / path).write_text(content)
            maintenance.make_link(machine.paths)
        maintenance.on(self.old.host("maintenance"), "closed")
        self.take_over(self.stream())
        handover.in_service(self.new.host("in-service"))
        self.assertEqual([(maintenance.state(machine.paths) or {}).get("message") for machine in (self.old, self.new)], ["closed", None])

    def test_links_stay_behind(self):
        (self.old.paths.data / "media/passwords").symlink_to("/etc/shadow")
        self.take_over(self.stream())
        self.assertFalse(os.path.lexists(self.new.paths.data / "media/passwords"))

    def test_a_link_on_the_new_host_leads_nowhere(self):
        outside = self.new.root / "outside"
        outside.mkdir()
        (self.new.paths.data / "media").mkdir(parents=True)
        (self.new.paths.data / "media/menus").symlink_to(outside)
        with self.assertRaises(OSError):
            self.take_over(self.stream())
        self.assertEqual(os.listdir(outside), [])

    def test_a_pipe_in_the_place_of_an_unfinished_file_is_not_waited_for(self):
        folder = self.new.paths.data / "media/menus"
        folder.mkdir(parents=True)
        os.mkfifo(folder / ".today.pdf.handover")
        signal.signal(signal.SIGALRM, lambda *_: self.fail("root waits for a reader"))
        signal.alarm(5)
        self.addCleanup(signal.alarm, 0)
        self.take_over(self.stream())
        self.assertEqual((folder / "today.pdf").read_text(), "margherita")

    def test_nobody_reads_along_who_has_opened_an_unfinished_file_before(self):
        folder = self.new.paths.data / "media/menus"
        folder.mkdir(parents=True)
        with open(folder / ".today.pdf.handover", "w+") as planted:
            self.take_over(self.stream())
            self.assertEqual(planted.read(), "")

    def test_a_stream_with_anything_else_is_refused(self):
        for name in ("media/../../etc/passwd", "/etc/passwd", "etc/passwd", "media//x"):
            made = io.BytesIO()
            with tarfile.open(fileobj=made, mode="w") as archive:
                add_file(archive, name, b"x")
            with self.assertRaisesRegex(HostError, "is nothing that a host hands over"):
                self.take_over(io.BytesIO(made.getvalue()))

    def test_media_only_means_media_only(self):
        self.order(self.old, "old")
        with self.assertRaisesRegex(HostError, "'acme' is nothing that a host hands over"):
            self.take_over(self.stream(), ("media",))

    def test_the_verb_needs_to_be_told_what(self):
        with self.assertRaises(SystemExit):
            cli.main(["hand-over"], self.old.root, self.old)


if __name__ == "__main__":
    unittest.main()
