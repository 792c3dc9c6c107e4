"""A restore changes everything or nothing: what fails or is killed in between is turned back. Limit: restic and PostgreSQL are played, a mounted
disk is a line of mountinfo; tests/machines has the real ones."""
import contextlib
import errno
import io
import itertools
import json
import os
import re
import shutil
import time
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

from hostctl.backup import backup, media, restore, switch
from hostctl.database.dump_file import DumpFile
from hostctl.database.engines import open_url
from hostctl.deploy import apply
from hostctl.machine.errors import HostError
from hostctl.machine.system import Result
from hostctl.monitor import status
from hostctl.tests.fake_machine import Killed, Machine, manifest, source
from hostctl.tests.given import give_settings
from hostctl.verbs import cli

ID = "20231113T060000Z"
DATA = "srv/webstack/shared/data"


class Restoring(Machine):
    """A machine with one backup: the database and the media of then. `databases`: {name: content}."""

    def __init__(self, media=("media", "uploads/menus")):
        super().__init__()
        self.databases, self.media, self.refused = {"shop": "now"}, media, None
        self.paths.env.parent.mkdir(parents=True, exist_ok=True)
        give_settings(self.paths, backup={"schedule": "daily", "keepDays": 7, "keepWeekly": 4, "keepMonthly": 0, "paths": media,
                                          "drill": {"schedule": "weekly", "checks": []}})
        self.paths.backup_access.write_text('RESTIC_PASSWORD="marker"\nRESTIC_REPOSITORY="/r"\n')
        self.paths.env.write_text('DATABASE_URL="postgresql://shop:pass@10.0.0.3/shop"\n')
        for path in media:
            self.upload(path, "now")

    def upload(self, path, content):
        (self.paths.data / path / "photos").mkdir(parents=True, exist_ok=True)
        (self.paths.data / path / "photos/one").write_text(content)
        (self.paths.data / path / f"of-{content}").write_text(content)

    def mount(self, *paths):
        (self.paths.proc / "self").mkdir(parents=True, exist_ok=True)
        lines = "".join(f"36 35 98:0 / /{DATA}/{path} rw,noatime - ext4 /dev/sda rw\n" for path in paths)
        (self.paths.proc / "self/mountinfo").write_text(lines)

    def content(self):
        """(database, {path of a medium: content}), without the restores' own folders."""
        found = [file for path in self.media for file in sorted((self.paths.data / path).rglob("*")) if file.is_file()]
        shown = {str(file.relative_to(self.paths.data)): file.read_text() for file in found}
        return self.databases.get("shop"), {name: text for name, text in shown.items() if ".aside-" not in name and ".incoming-" not in name}

    def pipe(self, source, sink, **_):
        self.on_command(source)
        self.databases[sink[-1].removeprefix("--dbname=")] = "then"
        return "ab" * 32, 3, ""

    def _run(self, argv):
        if argv[:2] == ["restic", "snapshots"]:
            return Result(0, json.dumps([{"id": "d1", "paths": ["/database.dump"], "tags": [ID, f"sha256:{'ab' * 32}"]},
                                         {"id": "m1", "paths": ["/media"], "tags": [ID]}]))
        if argv[:2] == ["restic", "restore"]:
            for path in [word for option, word in zip(argv, argv[1:]) if option == "--include"]:
                target = Path(argv[argv.index("--target") + 1])
                if target.is_symlink():
                    # As restic 0.18.
                    return Result(1, f"ignoring error for /: failed to remove stale item: remove {target}: operation not permitted")
                folder = target / path.lstrip("/")
                (folder / "photos").mkdir(parents=True)
                (folder / "photos/one").write_text("then")
                (folder / "of-then").write_text("then")
        if argv[0] == "psql":
            return self._psql(next(word for word in argv if word.startswith("--command=")).removeprefix("--command="))
        return super()._run(argv)

    def _psql(self, sql):
        if match := re.match(r"select 1 from pg_database where datname = '(\w+)'", sql):
            return Result(0, "1\n" if match[1] in self.databases else "")
        if "rename to" in sql:
            if self.refused:
                return Result(2, self.refused)
            for old, new in re.findall(r'alter database "(\w+)" rename to "(\w+)"', sql):
                assert new not in self.databases
                self.databases[new] = self.databases.pop(old)
        if "query like" in sql:
            return Result(0, "0\n")
        if match := re.match(r'drop database if exists "(\w+)"', sql):
            self.databases.pop(match[1], None)
        if match := re.match(r'create database "(\w+)"', sql):
            self.databases[match[1]] = ""
        if "datname ~" in sql:
            return Result(0, "\n".join(name for name in self.databases if re.search("_(before|undone)_", name)))
        return Result(0, "1\n")


NOW = ("now", {"media/photos/one": "now", "media/of-now": "now", "uploads/menus/photos/one": "now", "uploads/menus/of-now": "now"})
THEN = ("then", {"media/photos/one": "then", "media/of-then": "then", "uploads/menus/photos/one": "then", "uploads/menus/of-then": "then"})


class Failing:
    """Counts renames of media and lets that with this number end so, and all later ones if it `lasts`."""

    def __init__(self, number, ending, lasts=False):
        self.number, self.ending, self.lasts, self.count, self.rename = number, ending, lasts, 0, os.rename

    def __enter__(self):
        self.patch = mock.patch("os.rename", self._rename)
        self.patch.start()
        return self

    def __exit__(self, *_):
        self.patch.stop()

    def _rename(self, *names, **options):
        if "src_dir_fd" in options:
            self.count += 1
            if self.count == self.number or self.lasts and self.count > self.number:
                raise self.ending
        return self.rename(*names, **options)


@contextlib.contextmanager
def no_record(machine):
    """The disk does not take the record of a switch that is done."""
    rename = os.rename

    def refuse(old, new, **options):
        if new == machine.paths.restored:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        rename(old, new, **options)

    with mock.patch("os.rename", refuse):
        yield


class RestoreTest(unittest.TestCase):
    mounts = ()

    def machine(self):
        made = Restoring()
        self.addCleanup(made.remove)
        apply.apply(made.host(), manifest(made.deliver(source(1))))
        made.mount(*self.mounts)
        return made

    def restore(self, machine):
        return restore.restore(machine.host("restore"), ID, lambda _: None)

    def record(self, machine):
        self.assertFalse(machine.paths.restoring.exists())
        return switch.read(machine.paths.restored)

    def test_puts_media_and_database_in_place_and_undo_changes_back_and_forth(self):
        machine = self.machine()
        left = [machine.paths.data / folder / ".incoming-20200101T000000Z" for folder in (self.mounts or (".", "uploads"))]
        for folder in left:
            (folder / "photos").mkdir(parents=True)
        self.restore(machine)
        self.assertEqual((machine.content(), [folder.exists() for folder in left]), (THEN, [False] * len(left)))
        for content in (NOW, THEN):
            machine.clock += 10
            restore.undo(machine.host("restore"))
            self.assertEqual(machine.content(), content)
        machine.clock += 10
        restore.drop_old(machine.host("restore"))
        self.assertEqual((machine.content(), set(machine.databases), self.record(machine)), (THEN, {"shop"}, None))
        self.assertEqual([str(path) for path in machine.paths.data.rglob(".*")], [])

    def test_a_dump_in_a_file_becomes_the_database_and_the_media_stay(self):
        machine = self.machine()
        dump = machine.root / "20261122T050000Z.dump"
        dump.write_bytes(b"PGDMP...")
        asked, piped = [], []
        pipe = machine.pipe
        machine.pipe = lambda source, sink, **options: (piped.append((source, options["source_env"])), pipe(source, sink, **options))[1]
        done = restore.restore_dump(machine.host("restore"), str(dump), asked.append)
        self.assertEqual((done["id"], piped), (dump.name, [(["cat", str(dump)], {})]))
        self.assertEqual(asked, [f"database shop becomes what {dump.name} holds; what serves now is kept beside it, and the media stay as they are"])
        self.assertEqual((machine.content()[0], machine.content()[1]), ("then", NOW[1]))
        machine.clock += 10
        restore.undo(machine.host("restore"))
        self.assertEqual(machine.content(), NOW)

    def test_a_file_that_is_no_dump_of_this_engine_is_refused_with_nothing_touched(self):
        machine = self.machine()
        sql, packed = machine.root / "old.sql", machine.root / "old.sql.gz"
        sql.write_text("-- MariaDB dump")
        packed.write_bytes(b"\x1f\x8b...")
        for path, must in ((sql, "as `pg_dump --format=custom` writes it"), (packed, "as `pg_dump --format=custom` writes it"), (machine.root / "none", "cannot be read: No such file")):
            with self.subTest(path=path), self.assertRaisesRegex(HostError, must):
                restore.restore_dump(machine.host("restore"), str(path), lambda _: None)
        self.assertEqual((machine.content(), machine.databases), (NOW, {"shop": "now"}))

    def test_a_packed_dump_of_mysql_is_unpacked_on_its_way(self):
        machine = self.machine()
        packed = machine.root / "20261122T050000Z.sql.gz"
        packed.write_bytes(b"\x1f\x8b...")
        database = open_url(machine, "mysql://shop:pass@10.0.0.3/shop")
        self.assertEqual(DumpFile(str(packed), database).source(None), (["gzip", "--decompress", "--stdout", str(packed)], {}))

    def test_a_rename_of_media_that_fails_is_turned_back_and_the_database_was_not_touched(self):
        renames = self.renames()
        self.assertGreaterEqual(renames, 4)
        for number in range(1, renames + 1):
            why = (errno.EXDEV, errno.ENOSPC, errno.EBUSY)[number % 3]
            with self.subTest(number=number, why=os.strerror(why)):
                machine = self.machine()
                with Failing(number, OSError(why, os.strerror(why))), self.assertRaises(HostError) as caught:
                    self.restore(machine)
                self.assertIn(f"media could not be put in place ([Errno {why}] {os.strerror(why)})\n"
                              "It was turned back: database shop and the media are what they were", str(caught.exception))
                self.assertEqual((machine.content(), machine.databases, self.record(machine)), (NOW, {"shop": "now"}, None))

    def test_what_the_site_writes_while_media_change_places_is_in_nobodys_way_and_is_kept(self):
        renames = self.renames()
        for number, refused in itertools.product(range(1, renames + 1), (None, "other users are there")):
            with self.subTest(number=number, refused=refused):
                machine = self.machine()
                machine.refused = refused
                with self.writing_after(machine, number), self.assertRaises(HostError) if refused else contextlib.nullcontext():
                    self.restore(machine)
                serving = {name: text for name, text in machine.content()[1].items() if name != "media/photos/late"}
                self.assertEqual((machine.content()[0], serving), NOW if refused else THEN)
                self.assertEqual([path.read_text() for path in machine.paths.data.rglob("late")], ["late"])
                self.assertFalse(machine.paths.restoring.exists())
                machine.refused = None
                machine.clock += 10
                restore.drop_old(machine.host("restore"))
                self.assertEqual([str(path) for path in machine.paths.data.rglob(".*")], [])

    @contextlib.contextmanager
    def writing_after(self, machine, number):
        """The site puts a photo into its media right after the rename of this number."""
        rename, count = media._rename, iter(range(1, 1000))

        def renamed(*words):
            rename(*words)
            if next(count) == number:
                photos = machine.paths.data / "media/photos"
                photos.mkdir(parents=True, exist_ok=True)
                # A file is as young as the last tick of the kernel's clock.
                time.sleep(0.01)
                (photos / "late").write_text("late")

        with mock.patch.object(media, "_rename", renamed):
            yield

    def test_media_that_served_for_a_moment_and_were_not_written_to_are_not_kept(self):
        machine = self.machine()
        machine.refused = "other users are there"
        with self.assertRaises(HostError):
            self.restore(machine)
        kept = [path for path in machine.paths.data.rglob(".*") if path.is_dir() and any(path.rglob("one"))]
        self.assertEqual((machine.content(), kept), (NOW, []))

    def test_a_database_that_does_not_switch_leaves_the_media_that_served(self):
        machine = self.machine()
        self.restore(machine)
        before, machine.refused = self.record(machine), 'database "shop" is being accessed by other users'
        machine.upload("media", "later")
        serving = machine.content()
        machine.clock += 10
        with self.assertRaisesRegex(HostError, "is being accessed by other users\nIt was turned back"):
            self.restore(machine)
        # What the restore before has kept can still be changed back to.
        self.assertEqual((machine.content(), self.record(machine)), (serving, before))
        machine.refused = None
        restore.undo(machine.host("restore"))
        self.assertEqual(machine.content(), NOW)

    def test_a_switch_whose_record_the_disk_does_not_take_is_told_with_what_ends_it(self):
        machine = self.machine()
        with no_record(machine), self.assertRaisesRegex(HostError, r"^database and media have switched, but .*Read-only file system\)\nMend that and run `hostctl restore --recover`"):
            self.restore(machine)
        self.assertEqual(machine.content(), THEN)
        self.assertEqual(restore.settle(machine.host("restore")), "database shop and the media: are what was restored")
        self.assertEqual((machine.content(), self.record(machine)["database"] in machine.databases), (THEN, True))
        machine.clock += 10
        restore.undo(machine.host("restore"))
        self.assertEqual(machine.content(), NOW)

    def test_services_that_cannot_be_moved_for_want_of_room_get_the_old_data_back(self):
        machine = self.machine()
        with mock.patch("hostctl.deploy.journal.begin", side_effect=OSError(errno.ENOSPC, "No space left on device")), \
             self.assertRaisesRegex(HostError, "so the old data serves again: .*No space left on device"):
            self.restore(machine)
        self.assertEqual(machine.content(), NOW)

    def test_what_a_kill_leaves_is_turned_back_by_undo_and_by_the_next_restore(self):
        renames = self.renames()
        for number in range(1, renames + 2):
            for mend in ("undo", "restore"):
                with self.subTest(number=number, mend=mend):
                    machine = self.machine()
                    if number > renames:
                        machine.on_command = lambda argv: self.kill_at_switch(argv)
                    with Failing(number, Killed()), self.assertRaises(Killed):
                        # kill -9 runs no clean-up of hostctl's either.
                        with mock.patch("shutil.rmtree"), mock.patch.object(switch, "_turned_back", side_effect=Killed):
                            self.restore(machine)
                    machine.on_command = lambda argv: None
                    machine.clock += 10
                    if mend == "undo":
                        self.assertEqual(restore.undo(machine.host("restore"))["kept"], None)
                        self.assertEqual((machine.content(), machine.databases["shop"], self.record(machine)), (NOW, "now", None))
                    else:
                        self.restore(machine)
                        self.assertEqual(machine.content(), THEN)
                        machine.clock += 10
                        restore.undo(machine.host("restore"))
                        self.assertEqual(machine.content(), NOW)

    def test_what_a_power_cut_leaves_is_turned_back_at_boot_without_the_database(self):
        renames = self.renames()
        for number in range(1, renames + 1):
            with self.subTest(number=number):
                machine = self.machine()
                self.cut(machine, Failing(number, Killed()))
                self.assertIn("\nan interrupted restore waits: `hostctl restore --recover` ends it, or turns it back\n", status.status_text(status.status(machine.host("status"))))
                machine.ran.clear()
                self.assertEqual(cli.main(["recover"], machine.root, machine, echo=lambda *_, **__: None), 0)
                self.assertEqual((machine.content(), self.record(machine)), (NOW, None))
                self.assertEqual([argv for argv in machine.ran if argv[0] == "psql"], [])

    def test_a_deployment_that_cannot_be_put_back_keeps_no_media_from_being_turned_back(self):
        machine = self.machine()
        self.cut(machine, Failing(2, Killed()))
        with mock.patch("hostctl.verbs.deployments.recover", side_effect=HostError("nginx kept its old configuration")), redirect_stderr(io.StringIO()) as said:
            self.assertEqual(cli.main(["recover"], machine.root, machine, echo=lambda *_, **__: None), 1)
        self.assertEqual((machine.content(), self.record(machine), said.getvalue()), (NOW, None, "hostctl: nginx kept its old configuration\n"))

    def test_what_a_power_cut_leaves_of_the_switch_itself_is_for_the_database_to_say(self):
        for switched in (False, True):
            with self.subTest(switched=switched):
                machine = self.machine()
                real = machine._psql
                machine._psql = lambda sql: self.switch_and_die(real, sql) if switched and "rename to" in sql else real(sql)
                machine.on_command = (lambda argv: None) if switched else self.kill_at_switch
                self.cut(machine, contextlib.nullcontext())
                machine._psql, machine.on_command = real, lambda argv: None
                self.assertEqual(cli.main(["recover"], machine.root, machine, echo=lambda *_, **__: None), 0)
                self.assertEqual(machine.ran[-1][-6:], ["--", "/usr/local/bin/hostctl", "restore", "--recover", "--lock-wait", "300"])
                self.assertTrue(machine.paths.restoring.exists())
                self.assertEqual(cli.main(machine.ran[-1][-4:], machine.root, machine, echo=lambda line, **_: machine.said.append(line)), 0)
                self.assertEqual(machine.said[-1], f"database shop and the media: are what {'was restored' if switched else 'they were before the restore that was interrupted'}")
                self.assertEqual((machine.content(), self.record(machine) is None), (THEN, False) if switched else (NOW, True))
                if switched:
                    machine.clock += 10
                    restore.undo(machine.host("restore"))
                    self.assertEqual(machine.content(), NOW)
                self.assertEqual(cli.main(["restore", "--recover"], machine.root, machine, echo=lambda line, **_: machine.said.append(line)), 0)
                self.assertEqual(machine.said[-1], "no restore was interrupted")

    def renames(self):
        """How many a restore makes."""
        with Failing(0, None) as counted:
            self.restore(self.machine())
        return counted.count

    def cut(self, machine, at):
        with at, self.assertRaises(Killed), mock.patch("shutil.rmtree"):
            self.restore(machine)

    @staticmethod
    def switch_and_die(real, sql):
        real(sql)
        raise Killed

    def test_media_that_cannot_be_turned_back_are_so_later_and_none_are_lost(self):
        renames = self.renames()
        for number in range(2, renames + 1):
            with self.subTest(number=number):
                machine = self.machine()
                with Failing(number, OSError(errno.EIO, "Input/output error"), lasts=True), self.assertRaisesRegex(HostError, "It could not be turned back: media could not be .*Input"):
                    self.restore(machine)
                machine.clock += 10
                restore.undo(machine.host("restore"))
                self.assertEqual((machine.content(), machine.databases["shop"], self.record(machine)), (NOW, "now", None))

    def kill_at_switch(self, argv):
        if argv[0] == "psql" and any("rename to" in word for word in argv):
            raise Killed

    def test_a_database_that_cannot_be_removed_afterwards_hides_nothing(self):
        machine = self.machine()
        real = machine._psql
        machine._psql = lambda sql: Result(2, "connection lost") if sql.startswith("drop") and machine.databases["shop"] == "then" else real(sql)
        self.assertEqual(self.restore(machine)["database"], "shop")
        self.assertIn("database shop_restoring: could not be removed", "\n".join(machine.said))


class RestoreToMountsTest(RestoreTest):
    """The same with media on a disk of their own: it is never renamed, and nothing leaves it."""
    mounts = ("media",)

    def test_nothing_leaves_the_disk(self):
        machine = self.machine()
        disk = os.stat(machine.paths.data / "media").st_ino
        self.restore(machine)
        self.assertEqual(os.stat(machine.paths.data / "media").st_ino, disk)
        aside, = (machine.paths.data / "media").glob(".aside-*/media")
        self.assertEqual(sorted(os.listdir(aside)), ["of-now", "photos"])
        self.assertEqual(list((machine.paths.data / "media").glob(".incoming-*")), [])

    def test_a_power_cut_that_takes_the_earlier_moves_of_one_disk_and_leaves_the_later_ones_of_another(self):
        for lost in self.machine().media:
            with self.subTest(lost=lost):
                machine = self.machine()
                machine.on_command = self.kill_at_switch
                self.cut(machine, contextlib.nullcontext())
                machine.on_command = lambda argv: None
                moves = switch.read(machine.paths.restoring)["moves"]
                for source, to in reversed([move for move in moves if any(lost in name for name in move)]):
                    media._rename(machine.paths, to, source)
                restore.undo(machine.host("restore"))
                self.assertEqual((machine.content(), self.record(machine)), (NOW, None))

    def test_a_disk_that_comes_later_than_the_boot_is_waited_for(self):
        renames = self.renames()
        for number in range(1, renames + 1):
            with self.subTest(number=number):
                machine = self.machine()
                self.cut(machine, Failing(number, Killed()))
                there, elsewhere = machine.paths.data / "media", machine.root / "disk"
                machine.mount()
                there.rename(elsewhere)
                there.mkdir()
                self.assertEqual(cli.main(["recover"], machine.root, machine, echo=lambda *_, **__: None), 0)
                again = machine.ran[-1][-4:]
                self.assertEqual(again, ["restore", "--recover", "--lock-wait", "300"])
                with redirect_stderr(io.StringIO()) as said:
                    self.assertEqual(cli.main(again, machine.root, machine, echo=lambda *_, **__: None), 1)
                self.assertIn(f"hostctl: /{DATA}/media: must be mounted, and is not; media of a restore that was interrupted are on it. Mount it and run", said.getvalue())
                there.rmdir()
                elsewhere.rename(there)
                machine.mount("media")
                self.assertEqual(cli.main(again, machine.root, machine, echo=lambda *_, **__: None), 0)
                self.assertEqual((machine.content(), self.record(machine)), (NOW, None))

    def test_what_a_restore_keeps_there_is_in_no_backup(self):
        machine = self.machine()
        backup.run(machine.host("backup"))
        words, = [argv for argv in machine.ran if argv[:2] == ["restic", "backup"] and "webstack" in argv]
        there = str(machine.paths.data / "media")
        self.assertEqual([word for option, word in zip(words, words[1:]) if option == "--exclude"], [f"{there}/.incoming-*", f"{there}/.aside-*"])

    def test_a_link_in_place_of_a_restores_folder_leads_nowhere(self):
        machine = self.machine()
        outside = machine.root / "outside"
        outside.mkdir()
        (machine.paths.data / f"media/.incoming-{ID}").symlink_to(outside)
        with self.assertRaisesRegex(HostError, "its media cannot be unpacked; neither they nor the database were touched"):
            self.restore(machine)
        self.assertEqual((machine.content(), os.listdir(outside)), (NOW, []))

    def test_nor_does_one_that_comes_once_it_was_made(self):
        machine = self.machine()
        folder, outside = machine.paths.data / f"media/.incoming-{ID}", machine.root / "outside"
        outside.mkdir()

        def swap(argv):
            if argv[:2] == ["restic", "restore"] and not folder.is_symlink():
                os.rename(folder, folder.with_name("elsewhere"))
                folder.symlink_to(outside)

        machine.on_command = swap
        self.restore(machine)
        self.assertEqual(os.listdir(outside), [])


class RefusedTest(unittest.TestCase):
    def machine(self):
        made = Restoring(("media",))
        self.addCleanup(made.remove)
        apply.apply(made.host(), manifest(made.deliver(source(1))))
        return made

    def refused(self, machine, sentence):
        with self.assertRaisesRegex(HostError, sentence):
            restore.restore(machine.host("restore"), ID, lambda _: None)
        self.assertEqual((machine.databases, switch.read(machine.paths.restored), [argv for argv in machine.ran if argv[:2] == ["restic", "restore"]]), ({"shop": "now"}, None, []))

    def test_a_mount_inside_a_folder_of_media(self):
        machine = self.machine()
        machine.mount("media/photos")
        self.refused(machine, "/media: must have no mount inside it, got .*/media/photos; unmount that, or mount one disk at .*/media for all of it")

    def test_a_link_in_the_place_of_a_folder_of_media(self):
        machine = self.machine()
        shutil.move(machine.paths.data / "media", machine.root / "disk")
        (machine.paths.data / "media").symlink_to(machine.root / "disk")
        self.refused(machine, "/media: must be a folder, got a link to .*/disk; mount that disk at .*/media itself")
        with self.assertRaisesRegex(HostError, "must be a folder, got a link"):
            backup.run(machine.host("backup"))

    def test_media_for_which_there_is_no_room(self):
        machine = self.machine()
        real = machine._run
        machine._run = lambda argv: Result(1, "no space left on device") if argv[:2] == ["restic", "restore"] else real(argv)
        with self.assertRaisesRegex(HostError, f"backup {ID}: its media cannot be unpacked; neither they nor the database were touched\n(.|\n)*no space left"):
            restore.restore(machine.host("restore"), ID, lambda _: None)
        self.assertEqual((machine.databases, list(machine.paths.data.glob(".*"))), ({"shop": "now"}, []))


if __name__ == "__main__":
    unittest.main()
