"""What a database under load, or a cluster, does to a transaction. Limit: conflicts of a cluster are those codes, not a cluster."""
import os
import threading
import time
import unittest
from unittest.mock import patch

import pymysql

from booking import bookings, database, environment
from booking.bookings import NewBooking
from booking.database import ATTEMPTS, Database
from booking.errors import ApiError

from . import serving

VISITOR = b"v" * 32
LOG = "booking.database"


class Retry(serving.Case):
    def setUp(self) -> None:
        super().setUp()
        self.other = pymysql.connect(**environment.server("DATABASE_URL"), autocommit=False)
        self.addCleanup(self.other.close)

    def test_the_loser_of_a_deadlock_books_all_the_same(self):
        event = self.event(5, 5)
        mine, heavy = event.sessions[0].id, event.sessions[1].id
        bookings.book(self.database, mine, NewBooking(name="First"), VISITOR, "first-key-0123456789")
        rival = self.other.cursor()
        # The one that changed fewer rows is undone. https://dev.mysql.com/doc/refman/8.0/en/innodb-deadlock-detection.html
        for _ in range(3):
            rival.execute("INSERT INTO event_categories SELECT %s, UUID() FROM seq_1_to_30", [event.id])
        rival.execute("INSERT INTO bookings (code, session_id, visitor, idempotency_key, name, seats, state) VALUES "
                      "('AAAA-BBBB', %s, %s, 'the-same-key-0123456789', 'Rival', 1, 'confirmed')", [heavy, VISITOR])
        with self.assertLogs(LOG, "WARNING") as logs:
            # It has the row of its session, and waits for the key, which the rival has.
            booker = threading.Thread(target=lambda: self.booked.append(
                bookings.book(self.database, mine, NewBooking(name="Second"), VISITOR, "the-same-key-0123456789")))
            self.booked = []
            booker.start()
            self.wait_for_lock()
            rival.execute("UPDATE sessions SET taken = taken WHERE id = %s", [mine])
            self.other.rollback()
            booker.join()
        self.assertIn("1213", logs.output[0])
        self.assertEqual([(booking.state, is_new) for booking, is_new in self.booked], [("confirmed", True)])
        self.assertEqual(self.row(mine)["taken"], 2)
        self.check_seats(mine)

    def wait_for_lock(self) -> None:
        late = time.monotonic() + 10
        while not self.database.rows("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"):
            self.assertLess(time.monotonic(), late, "nobody waits for a lock")
            time.sleep(0.02)

    def test_a_row_that_is_locked_for_too_long_is_tried_again(self):
        session = self.session(5)
        self.other.cursor().execute("UPDATE sessions SET taken = taken WHERE id = %s", [session])
        release = threading.Timer(2.3, self.other.rollback)
        release.start()
        with self.assertLogs(LOG, "WARNING") as logs:
            booking, _ = bookings.book(self.database, session, NewBooking(name="Patient"), VISITOR, "patient-key-0123456789")
        release.join()
        self.assertIn("1205", logs.output[0])
        self.assertEqual((booking.state, self.row(session)["taken"]), ("confirmed", 1))

    def test_a_lost_connection_is_made_anew(self):
        session = self.session(5)
        [row] = self.database.rows("SELECT CONNECTION_ID() AS id")
        self.other.cursor().execute("KILL %s", [row["id"]])
        with self.assertLogs(LOG, "WARNING"):
            bookings.book(self.database, session, NewBooking(name="Lost"), VISITOR, "lost-key-0123456789")
        self.assertEqual(self.row(session)["taken"], 1)

    def test_a_booking_whose_commit_was_not_heard_of_is_there_once(self):
        session = self.session(5)
        commit, failures = pymysql.Connection.commit, [pymysql.OperationalError(2013, "Lost connection to MySQL server during query")]

        def lossy(connection):
            commit(connection)
            if failures:
                raise failures.pop()

        with patch.object(pymysql.Connection, "commit", lossy), self.assertLogs(LOG, "WARNING"):
            booking, _ = bookings.book(self.database, session, NewBooking(name="Once"), VISITOR, "once-key-0123456789")
        self.assertEqual((booking.state, self.row(session)["taken"]), ("confirmed", 1))
        self.check_seats(session)

    def test_an_event_whose_commit_was_not_heard_of_is_not_made_twice(self):
        def lossy(connection):
            raise pymysql.OperationalError(2013, "Lost connection to MySQL server during query")

        with patch.object(pymysql.Connection, "commit", lossy), self.assertLogs(LOG, "ERROR"), self.assertRaises(ApiError):
            self.database.transaction(lambda cursor: None, repeatable=False)


class Conflicts(serving.Case):
    def run_with(self, code: int, times: int, at_commit: bool) -> int:
        """How often a transaction ran that met an error so many times."""
        ran, left = [], [pymysql.OperationalError(code, "a conflict")] * times

        def work(cursor):
            ran.append(cursor)
            if left and not at_commit:
                raise left.pop()

        def commit(connection):
            if left and at_commit:
                raise left.pop()

        with patch.object(pymysql.Connection, "commit", commit), patch.object(database, "pause", lambda attempt: 0):
            self.database.transaction(work)
        return len(ran)

    def test_each_is_met_by_another_attempt_at_any_time_of_the_transaction(self):
        for code in (1213, 1205, 1047, 2006, 2013):
            for at_commit in (False, True):
                with self.subTest(code=code, at_commit=at_commit), self.assertLogs(LOG, "WARNING"):
                    self.assertEqual(self.run_with(code, 3, at_commit), 4)

    def test_there_is_an_end(self):
        with self.assertLogs(LOG, "WARNING") as logs, self.assertRaises(ApiError) as raised:
            self.run_with(1213, ATTEMPTS + 1, at_commit=True)
        self.assertEqual((raised.exception.status, raised.exception.code), (503, "database_unavailable"))
        self.assertEqual(len(logs.output), ATTEMPTS)
        self.assertIn(f"gave up after {ATTEMPTS} attempts", logs.output[-1])

    def test_a_mistake_is_no_conflict(self):
        with self.assertRaises(pymysql.ProgrammingError):
            self.database.rows("SELEC 1")


class Pause(unittest.TestCase):
    def test_is_anything_up_to_a_bound_that_doubles_and_ends(self):
        for attempt, bound in ((1, 0.04), (2, 0.08), (5, 0.64), (6, 1.0), (ATTEMPTS, 1.0)):
            drawn = [database.pause(attempt) for _ in range(200)]
            self.assertTrue(0 <= min(drawn) < bound / 4 and bound * 3 / 4 < max(drawn) <= bound, (attempt, min(drawn), max(drawn)))


class Away(unittest.TestCase):
    def test_a_database_that_is_away_is_503_after_a_bound(self):
        with patch.dict(os.environ, DATABASE_URL="mysql://u:hidden@127.0.0.1:1/none"), self.assertLogs(LOG, "WARNING") as logs:
            with patch.object(database, "pause", lambda attempt: 0), self.assertRaises(ApiError) as raised:
                Database().rows("SELECT 1")
        self.assertEqual(raised.exception.status, 503)
        self.assertNotIn("hidden", "".join(logs.output))
