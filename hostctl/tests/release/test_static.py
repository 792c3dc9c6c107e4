"""Static folders that a release step has turned against root, and published files on a disk of their own."""
import errno
import gzip
import os
import signal
import tempfile
import threading
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from hostctl.machine.errors import HostError
from hostctl.machine.paths import Paths
from hostctl.release import static

DIGEST = "0123456789abcdef"
# Long enough to be compressed.
SECRET = "secret" * 1000


class StaticTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        paths = Paths(self.root)
        self.host = SimpleNamespace(paths=paths, system=SimpleNamespace(sync=lambda folder: self.synced.append(folder), ids=lambda *_: self.ids))
        self.synced = []
        # Where a test may, it gives to somebody else.
        self.ids = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
        self.owner = os.getuid()
        self.release = paths.release(DIGEST)
        self.release.mkdir(parents=True)
        # What only root may read, outside the release.
        self.secret = self.root / "secret"
        self.secret.mkdir()
        (self.secret / "key").write_text(SECRET)
        (self.secret / "key").chmod(0o600)

    def static(self, *folders):
        return [SimpleNamespace(url=f"/{folder}/", folder=folder) for folder in folders]

    def check_untouched(self):
        self.assertEqual(oct((self.secret / "key").stat().st_mode & 0o777), "0o600")
        self.assertEqual((self.secret / "key").read_text(), SECRET)
        self.assertEqual([path.stat().st_uid for path in (self.secret, self.secret / "key")], [self.owner, self.owner])
        for path in self.host.paths.static.rglob("*"):
            self.assertFalse(path.is_symlink(), path)
            if path.is_file():
                content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                self.assertFalse(SECRET.encode() in content, path)

    def test_a_link_in_the_place_of_a_folder_inside_another_leads_root_nowhere(self):
        declared = self.static("assets", "assets/inner")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/inner").rmdir()
        (self.release / "assets/inner").symlink_to(self.secret)
        with self.assertRaisesRegex(HostError, f"^release {DIGEST}: assets/inner: must be a folder, and inner of it is a link or a file; no step may put one there$"):
            static.give(self.host, DIGEST, declared, self.ids)
        for look in (lambda: static.keep(self.host, self.release, declared), lambda: static.publish(self.host, DIGEST, declared), lambda: static.damaged(self.host, DIGEST, declared)):
            with self.assertRaisesRegex(HostError, "assets/inner: must be a folder"):
                look()
        self.check_untouched()

    def test_a_link_in_the_middle_of_a_path_is_refused_before_anything_is_made_behind_it(self):
        (self.release / "shop").symlink_to(self.secret)
        with self.assertRaisesRegex(HostError, "shop/static: must be a folder, and shop of it is a link"):
            static.give(self.host, DIGEST, self.static("shop/static"), self.ids)
        self.assertEqual([path.name for path in self.secret.iterdir()], ["key"])

    def test_published_files_may_be_on_a_disk_of_their_own_and_are_on_it_before_anything_switches(self):
        declared, published = self.static("assets"), self.host.paths.static / "assets/shop.css"
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/shop.css").write_text("body{}" * 500)
        static.keep(self.host, self.release, declared)
        with mock.patch("os.link", side_effect=OSError(errno.EXDEV, os.strerror(errno.EXDEV))):
            self.assertEqual(static.publish(self.host, DIGEST, declared), 1)
            self.assertEqual(self.synced[-2:], [self.release, self.host.paths.static])
            self.assertEqual(static.publish(self.host, DIGEST, declared), 0)
        source = self.release / "assets/shop.css"
        self.assertEqual((published.read_text(), published.stat().st_mtime_ns, static.faults(self.host, DIGEST)), (source.read_text(), source.stat().st_mtime_ns, []))

    def test_links_inside_are_neither_followed_nor_published(self):
        declared = self.static("assets")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/folder").symlink_to(self.secret)
        (self.release / "assets/file.css").symlink_to(self.secret / "key")
        (self.release / "assets/own.css").write_text("own")
        os.mkfifo(self.release / "assets/pipe")
        static.give(self.host, DIGEST, declared, self.ids)
        static.keep(self.host, self.release, declared)
        static.publish(self.host, DIGEST, declared)
        self.assertEqual([path.relative_to(self.host.paths.static).as_posix() for path in self.host.paths.static.rglob("*") if path.is_file()], ["assets/own.css"])
        self.check_untouched()

    def test_what_came_after_the_record_is_not_published(self):
        declared = self.static("assets")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/own.css").write_text("own")
        static.keep(self.host, self.release, declared)
        (self.release / "assets/half.css").write_text("half")
        static.publish(self.host, DIGEST, declared)
        self.assertEqual([path.name for path in (self.host.paths.static / "assets").iterdir()], ["own.css"])

    def test_what_interrupted_steps_left_is_removed_in_the_release_alone(self):
        declared = self.static("assets")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/own.css").write_text("own")
        static.keep(self.host, self.release, declared)
        (self.release / "assets/half.css").write_text("half")
        (self.release / "assets/folder").symlink_to(self.secret)
        static.clear(self.host, DIGEST, declared)
        self.assertEqual(sorted(path.name for path in (self.release / "assets").iterdir()), ["folder", "own.css"])
        self.check_untouched()

    def swap_while(self, run, name, plant):
        """Call `run` again and again while a thread puts what `plant` makes in the place of a file or folder of the release, and takes it away again."""
        place, own, other = self.release / name, self.root / "own", self.root / "other"
        plant(other)
        ends = threading.Event()

        def swap():
            while not ends.is_set():
                for source, aside in ((other, own), (own, other)):
                    os.rename(place, aside)
                    os.rename(source, place)
        swapper = threading.Thread(target=swap)
        # One that waits for a pipe ends by it.
        signal.signal(signal.SIGALRM, lambda *_: self.fail(f"root waits for what is in the place of {name}"))
        signal.alarm(10)
        swapper.start()
        try:
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                try:
                    run()
                except HostError as refusal:
                    # What was recorded as one file is another by now, or none.
                    self.assertRegex(str(refusal), "must be as they were made, and are not|must be a folder, and")
        finally:
            signal.alarm(0)
            ends.set()
            swapper.join()

    def all_of_it(self, declared):
        for run in (lambda: static.give(self.host, DIGEST, declared, self.ids), lambda: static.keep(self.host, self.release, declared),
                    lambda: static.publish(self.host, DIGEST, declared), lambda: static.prune(self.host, [DIGEST], declared)):
            run()
            self.check_untouched()

    def test_a_link_that_takes_the_place_of_a_file_at_any_moment_is_not_followed(self):
        declared = self.static("assets")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/file.css").write_text("o" * len(SECRET))
        self.swap_while(lambda: self.all_of_it(declared), "assets/file.css", lambda place: place.symlink_to(self.secret / "key"))
        self.check_untouched()

    def test_a_link_that_takes_the_place_of_a_folder_at_any_moment_is_not_entered(self):
        declared = self.static("assets")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/inner").mkdir()
        (self.release / "assets/inner/key").write_text("own")
        self.swap_while(lambda: self.all_of_it(declared), "assets/inner", lambda place: place.symlink_to(self.secret))
        self.check_untouched()

    def test_a_pipe_that_takes_the_place_of_a_folder_or_a_file_at_any_moment_is_not_waited_for(self):
        declared = self.static("assets")
        static.give(self.host, DIGEST, declared, self.ids)
        (self.release / "assets/inner").mkdir()
        (self.release / "assets/own.css").write_text("own")
        for name in ("assets/inner", "assets/own.css"):
            self.swap_while(lambda: self.all_of_it(declared), name, os.mkfifo)
            os.unlink(self.root / "other")


if __name__ == "__main__":
    unittest.main()
