"""Release archives: what may be in them and how their digest is computed (tests/release/digest.test.ts has the other half)."""
import hashlib
import os
import tarfile
import tempfile
import unittest
from pathlib import Path

from hostctl.machine.errors import HostError
from hostctl.release import archive
from hostctl.tests.fake_machine import add_file


class ArchiveTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make(self, *members):
        path = self.folder / "a.tar.gz"
        with tarfile.open(path, "w:gz") as made:
            for name, content, fields in members:
                add_file(made, name, content, **fields)
        return path

    def test_files_are_unpacked_with_modes_of_our_own(self):
        archive.unpack(self.make(("source/a/run.sh", b"x", {"mode": 0o4777}), ("source/b.py", b"y", {"mode": 0o666, "uid": 1234})), self.folder / "out", "prod")
        self.assertEqual((self.folder / "out/source/a/run.sh").stat().st_mode & 0o7777, 0o755)
        self.assertEqual((self.folder / "out/source/b.py").stat().st_mode & 0o7777, 0o644)
        self.assertEqual((self.folder / "out/source/b.py").stat().st_uid, os.getuid())

    def test_members_that_leave_the_folder_or_are_no_files_are_refused(self):
        for name, fields, text in [
            ("/etc/passwd", {}, "must be below source/"), ("source/../../x", {}, "must be below source/"), ("other/x", {}, "must be below source/"),
            ("source/l", {"type": tarfile.SYMTYPE, "linkname": "/etc"}, "a link or a device"),
            ("source/h", {"type": tarfile.LNKTYPE, "linkname": "source/b.py"}, "a link or a device"),
            ("source/d", {"type": tarfile.CHRTYPE}, "a link or a device"), ("source/f", {"type": tarfile.FIFOTYPE}, "a link or a device"),
        ]:
            with self.subTest(name):
                target = self.folder / f"out-{name.replace('/', '_')}"
                with self.assertRaisesRegex(HostError, text):
                    archive.unpack(self.make(("source/b.py", b"y", {}), (name, b"", fields)), target, "prod")

    def test_the_same_file_twice_and_a_damaged_archive_are_refused(self):
        with self.assertRaisesRegex(HostError, "cannot be unpacked"):
            archive.unpack(self.make(("source/a", b"1", {}), ("source/a", b"2", {})), self.folder / "twice", "prod")
        whole = self.make(("source/a", os.urandom(5000), {}))
        whole.write_bytes(whole.read_bytes()[:2000])
        with self.assertRaisesRegex(HostError, "cannot be unpacked"):
            archive.unpack(whole, self.folder / "cut", "prod")
        with self.assertRaisesRegex(HostError, r"none\.tar\.gz: is not there; on the machine that deploys, npm run up -- prod --replace '\*\*-release' delivers it anew$"):
            archive.unpack(self.folder / "none.tar.gz", self.folder / "none", "prod")

    def test_the_digest_is_over_names_contents_and_the_right_to_execute(self):
        (self.folder / "s/b").mkdir(parents=True)
        (self.folder / "s/b/c").write_text("1")
        (self.folder / "s/é").write_text("2")
        (self.folder / "s/b/c").chmod(0o755)
        lines = f"x {hashlib.sha256(b'1').hexdigest()} b/c\n- {hashlib.sha256(b'2').hexdigest()} é\n"
        self.assertEqual(archive.digest(self.folder / "s"), hashlib.sha256(lines.encode()).hexdigest()[:16])

    def test_files_are_in_the_order_of_the_bytes_of_their_paths(self):
        (self.folder / "s/a").mkdir(parents=True)
        for name in ("a/z", "a.b", "B"):
            (self.folder / "s" / name).write_text("")
        empty = hashlib.sha256(b"").hexdigest()
        lines = "".join(f"- {empty} {name}\n" for name in ("B", "a.b", "a/z"))
        self.assertEqual(archive.digest(self.folder / "s"), hashlib.sha256(lines.encode()).hexdigest()[:16])
