"""Migrations, there and back, and the made-up programme."""
import os
import unittest
from unittest.mock import patch

from booking import environment, migrate, sample
from booking.environment import Misconfigured

from . import serving


class Migrate(serving.Case):
    def tearDown(self) -> None:
        migrate.up(self.database)

    def test_goes_back_to_a_revision_and_forth_again(self):
        self.assertEqual(migrate.applied(self.database), migrate.known())
        self.assertEqual(migrate.down(self.database, "0001_events"), ["0002_bookings"])
        self.assertEqual(migrate.missing(self.database), ["0002_bookings"])
        self.assertEqual(migrate.down(self.database, "none"), ["0001_events"])
        self.assertEqual(migrate.up(self.database), ["0001_events", "0002_bookings"])
        self.assertEqual(migrate.up(self.database), [])

    def test_one_that_broke_off_is_run_again(self):
        self.database.rows("DELETE FROM migrations WHERE name = '0002_bookings'")
        self.assertEqual(migrate.up(self.database), ["0002_bookings"])

    def test_one_that_the_database_refuses_ends_in_its_words(self):
        self.database.rows("DELETE FROM migrations WHERE name = '0002_bookings'")
        with patch.object(migrate, "statements", lambda name, way: ["ALTER TABLE events DROP COLUMN nothing"]), self.assertLogs("booking.database"):
            with self.assertRaisesRegex(SystemExit, "^migration 0002_bookings, up: Can't DROP COLUMN `nothing`"):
                migrate.up(self.database)

    def test_refuses_a_revision_that_never_was(self):
        with self.assertRaisesRegex(SystemExit, "must be none or one of 0001_events, 0002_bookings, got 0003_more"):
            migrate.down(self.database, "0003_more")

    def test_the_programme_is_made_once_and_its_seats_add_up(self):
        self.assertEqual(sample.fill(self.database), len(sample.PROGRAMME))
        self.assertEqual(sample.fill(self.database), 0)
        for row in self.database.rows("SELECT id FROM sessions"):
            self.check_seats(row["id"])


class Environment(unittest.TestCase):
    def test_what_is_wrong_is_said_without_the_password(self):
        for url in ("", "hidden", "postgresql://u:hidden@h/n", "mysql://u:hidden@h", "mysql://u:hidden@h/n?ssl=1", "mysql://u:hidden/word@h/n",
                    "mysql://u:hidden]@h/n"):
            with self.subTest(url), patch.dict(os.environ, DATABASE_URL=url), self.assertRaises(Misconfigured) as raised:
                environment.server("DATABASE_URL")
            self.assertRegex(str(raised.exception), "^DATABASE_URL: must be mysql://")
            self.assertNotIn("hidden", str(raised.exception))
        with patch.dict(os.environ, ADMIN_PASSWORD="short"), self.assertRaisesRegex(Misconfigured, "at least 12 characters, got 5"):
            environment.admin_password()

    def test_tls_checks_certificate_and_name(self):
        # Debian's own.
        with patch.dict(os.environ, DATABASE_URL="mysql://u%40x:p%2F@db:3307/n?ssl_ca=/etc/ssl/certs/ca-certificates.crt"):
            server = environment.server("DATABASE_URL")
        self.assertEqual((server["user"], server["password"], server["port"], server["ssl"].check_hostname), ("u@x", "p/", 3307, True))
