"""What the next host gets of the releases: history, archives, what steps made. Limit: the repository is played; on_restic.py has the real one."""
import errno
import io
import os
import sys
import tarfile
import unittest
from unittest import mock

from hostctl.controller_ini import update
from hostctl.deploy import apply, handover, rollback
from hostctl.machine.errors import HostError
from hostctl.monitor import status
from hostctl.release import archive, history, kept
from hostctl.tests.fake_machine import Machine, add_file, manifest, source


def declared(digest, *steps):
    release = {**manifest(digest).raw["release"], "keep": 3, "steps": [{"name": "static", "command": ["touch-static", f"{digest}.css"], "timeoutSeconds": 9}, *steps]}
    return manifest(digest, release=release)


class HandoverOfReleases(unittest.TestCase):
    def setUp(self):
        self.old, self.new = Machine(), Machine()
        for machine in (self.old, self.new):
            self.addCleanup(machine.remove)
        self.one, self.two, self.three = (self.old.deliver(source(number), [("x.whl", b"wheel")]) for number in (1, 2, 3))
        for digest in (self.one, self.two, self.three):
            apply.apply(self.old.host(), declared(digest))
        # As `up` makes a machine: the declared release is there and serves, and nothing else.
        self.new.deliver(source(3))
        self.new.clock = self.old.clock + 60
        apply.apply(self.new.host(), declared(self.three))

    def take_over(self, labels=handover.LABELS):
        stream = io.BytesIO()
        handover.send(self.old.host("hand-over"), labels, stream)
        stream.seek(0)
        handover.take_over(self.new.host("take-over"), labels, stream)

    def releases(self):
        return [(one["digest"], one["serving"], one["onHost"]) for one in status.releases(self.new.host())]

    def test_the_new_host_lists_what_the_old_one_served_and_goes_back_to_it_without_its_steps(self):
        self.take_over()
        self.assertEqual(self.releases(), [(self.three, True, True), (self.three, False, True), (self.two, False, True), (self.one, False, True)])
        self.new.ran.clear()
        rollback.rollback(self.new.host("rollback"))
        self.assertEqual(self.new.answering(), {"web": self.two})
        self.assertEqual([argv for argv in self.new.ran if argv[0] == "systemd-run"], [])
        self.assertTrue((self.new.paths.static / f"static/{self.two}.css").exists())
        rollback.rollback(self.new.host("rollback"), self.one)
        self.assertEqual(self.new.answering(), {"web": self.one})

    def test_again_it_changes_nothing(self):
        self.take_over()
        before = (self.new.paths.history.read_text(), sorted(self.new.paths.inbox.iterdir()))
        self.take_over()
        self.assertEqual((self.new.paths.history.read_text(), sorted(self.new.paths.inbox.iterdir())), before)

    def test_the_next_deployment_keeps_what_was_handed_over(self):
        self.take_over()
        for path in self.new.paths.inbox.iterdir():
            os.utime(path, (self.new.clock, self.new.clock))
        self.new.clock += 2 * 86400
        apply.apply(self.new.host(), declared(self.new.deliver(source(4))))
        self.assertEqual([entry for entry in self.releases() if entry[2]][-1], (self.two, False, True))
        # Three are kept, and this one is older.
        self.assertFalse(archive.of(self.new.paths, self.one).exists())

    def test_what_has_no_room_stays_behind_and_is_said(self):
        with mock.patch("hostctl.machine.disk.check", side_effect=HostError("/srv/webstack/releases: must have 9 bytes free for release, got 1")):
            self.take_over()
        self.assertEqual(self.releases(), [(self.three, True, True), (self.three, False, True), (self.two, False, False), (self.one, False, False)])
        self.assertIn(f"release {self.two}: stays behind\n/srv/webstack/releases: must have 9 bytes free", "\n".join(self.new.said))
        with self.assertRaisesRegex(HostError, f"release {self.one}: is not on this host"):
            rollback.rollback(self.new.host("rollback"), self.one)

    def test_media_alone_bring_no_releases(self):
        self.take_over(("media",))
        self.assertEqual(self.releases(), [(self.three, True, True)])

    def test_anything_else_below_that_name_is_refused(self):
        for name, content in (("releases/manifest.json", b"{}"), ("releases/x/history.json", b"[]"), ("releases/abc.tar.gz", b""), ("releases/history.json", b'{"digest": 1}'),
                              ("releases/history.json", b"no JSON")):
            made = io.BytesIO()
            with tarfile.open(fileobj=made, mode="w") as stream:
                add_file(stream, name, content)
            made.seek(0)
            with self.subTest(name), self.assertRaisesRegex(HostError, "is nothing that a host hands over|history: must be the list of releases that served"):
                handover.take_over(self.new.host("take-over"), handover.LABELS, made)
            self.assertEqual(self.releases(), [(self.three, True, True)])

    def test_a_release_with_wheels_for_another_python_says_so_unless_its_runtime_is_there_already(self):
        other = f"psycopg_c-3.2-cp3{sys.version_info[1] + 1}-cp3{sys.version_info[1] + 1}-manylinux_2_28_x86_64.whl"
        fits = ["psycopg-3.2-py3-none-any.whl", f"uvloop-1-cp3{sys.version_info[1]}-cp3{sys.version_info[1]}-manylinux_2_28_x86_64.whl", "cryptography-42-cp39-abi3-manylinux_2_28_x86_64.whl"]
        four = self.new.deliver(source(4, **{"requirements.txt": "psycopg-c==3.2\n"}), [(other, b"wheel")])
        with self.assertRaisesRegex(HostError, rf"the wheels of this release are for Python 3\.{sys.version_info[1] + 1}, and this host has 3\.{sys.version_info[1]}\."):
            apply.apply(self.new.host(), declared(four))
        self.assertEqual(self.releases()[-1], (self.three, True, True))
        same = self.new.deliver(source(5), [(other, b"wheel")])
        apply.apply(self.new.host(), declared(same))
        apply.apply(self.new.host(), declared(self.new.deliver(source(6, **{"requirements.txt": "all==1\n"}), [(name, b"wheel") for name in fits])))

    def test_a_release_that_never_served_is_none_to_go_back_to(self):
        four = self.new.deliver(source(4))
        with self.assertRaisesRegex(HostError, f"release {four}: is not on this host"):
            rollback.rollback(self.new.host("rollback"), four)

    def test_an_archive_that_an_update_made_has_the_wheels_of_the_release_before(self):
        folder = self.old.root / "components"
        folder.mkdir()
        (folder / "controller.ini").write_text("[heavy]\napp.py = .\n")
        (folder / "app.py").write_text("version = 4\n")
        update.update(self.old.host("update"), folder)
        digest = history.read(self.old.paths)[-1]["digest"]
        with tarfile.open(archive.of(self.old.paths, digest)) as made:
            self.assertEqual(made.extractfile("wheels/x.whl").read(), b"wheel")

    def test_a_full_disk_after_the_switch_fails_no_deployment(self):
        four = self.old.deliver(source(4))
        with mock.patch.object(kept, "pack_made", side_effect=OSError(errno.ENOSPC, "No space left on device")):
            apply.apply(self.old.host(), declared(four))
        self.assertEqual(self.old.answering(), {"web": four})
        self.assertIn(f"release {four} serves, but what its steps made is not kept for the next host", "\n".join(self.old.said))


if __name__ == "__main__":
    unittest.main()
