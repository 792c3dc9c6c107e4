"""A clock that is set and a disk that fills up in the middle of a deployment."""
import errno
import io
import os
import shutil
import unittest
from contextlib import redirect_stderr
from unittest import mock

from hostctl.deploy import apply, rollback
from hostctl.deploy.compare import compare
from hostctl.release import history
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.verbs import cli


class ClockTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))
        apply.apply(self.machine.host(), manifest(self.one))

    def test_a_release_goes_through_while_the_clock_is_set(self):
        for jump in (3600, -3600):
            with self.subTest(jump=jump):
                offset = [0]
                self.machine.time = lambda: self.machine.clock + offset[0]
                self.machine.on_command = lambda argv: offset.__setitem__(0, jump) if argv[:2] == ["systemctl", "start"] else None
                serving = self.machine.answering()["web"]
                wanted = self.two if serving == self.one else self.one
                apply.apply(self.machine.host(), manifest(wanted))
                self.assertEqual(self.machine.answering(), {"web": wanted})

    def test_releases_are_in_the_order_in_which_they_served_whatever_the_clock_said(self):
        self.machine.clock -= 86400
        apply.apply(self.machine.host(), manifest(self.two))
        self.assertEqual([entry["digest"] for entry in history.read(self.machine.paths)], [self.one, self.two])
        rollback.rollback(self.machine.host("rollback"))
        self.assertEqual(self.machine.answering(), {"web": self.one})


class FullDiskTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two = self.machine.deliver(source(1)), self.machine.deliver(source(2))
        apply.apply(self.machine.host(), manifest(self.one))

    def test_the_old_state_is_put_back_though_the_log_cannot_be_written(self):
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with mock.patch("hostctl.machine.log.os.write", side_effect=full), mock.patch("hostctl.release.static.publish", side_effect=full):
            with self.assertRaises(OSError):
                apply.apply(self.machine.host(), manifest(self.two))
        self.assertEqual(self.machine.answering(), {"web": self.one})
        self.assertEqual(compare(self.machine.host(), manifest(self.one)).lines, [])
        self.assertFalse(self.machine.paths.undo.exists())
        apply.apply(self.machine.host(), manifest(self.two))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_another_fault_of_the_log_is_told(self):
        with mock.patch("hostctl.machine.log.os.write", side_effect=OSError(errno.EIO, os.strerror(errno.EIO))):
            log = self.machine.host().log
            log.step("FILES")
            log.step("UNITS")
        self.assertEqual(self.machine.said[-3:], [f"WARNING: {self.machine.paths.logs}/deploy_logs: takes nothing (Input/output error)", "# Step 1 : FILES", "# Step 2 : UNITS"])

    def test_the_command_says_so_in_one_line(self):
        for failure in (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), shutil.Error([("a", "b", "[Errno 28] No space left on device")])):
            with self.subTest(failure=failure), mock.patch("hostctl.deploy.apply.restart", side_effect=failure), redirect_stderr(io.StringIO()) as said:
                self.assertEqual(cli.main(["status"], self.machine.root, self.machine, lambda line, **_: None), 0)
                with mock.patch("hostctl.verbs.deployments.recover", side_effect=failure):
                    self.assertEqual(cli.main(["recover"], self.machine.root, self.machine, lambda line, **_: None), 1)
                self.assertEqual(said.getvalue(), "hostctl: No space left on device; make room, then run the command again\n")
