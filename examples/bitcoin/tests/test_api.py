"""The API over HTTP, with the database of the tests."""
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

from django.db import connection, transaction
from django.test import TransactionTestCase

from api.database import CONNECTIONS
from prices.models import Price

from . import serving

HOUR = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)


class Api(TransactionTestCase):
    def setUp(self):
        self.address = self.enterContext(serving.api(serving.test_database_url()))

    def get(self, path: str):
        return serving.get(self.address + path)

    def test_figures_of_a_period(self):
        for back, usd in ((0, "100.10"), (1, "103.00"), (2, "101.00"), (30, "999.00")):
            Price.objects.create(time=HOUR - timedelta(hours=back), usd=usd)
        status, said, _ = self.get("prices?hours=24")
        self.assertEqual((status, said["hours"], said["count"], said["min"], said["max"], said["average"]), (200, 24, 3, 100.1, 103.0, 101.37))
        self.assertEqual([price["usd"] for price in said["prices"]], [101.0, 103.0, 100.1])
        self.assertEqual(datetime.fromisoformat(said["prices"][-1]["time"]), HOUR)
        self.assertEqual(self.get("prices?hours=48")[1]["max"], 999.0)
        self.assertEqual(self.get("latest")[1]["usd"], 100.1)

    def test_an_empty_table_is_no_error(self):
        self.assertEqual(self.get("prices")[:2], (200, {"hours": 24, "count": 0, "min": None, "max": None, "average": None, "prices": []}))
        self.assertEqual(self.get("healthz")[:2], (200, {"status": "ok", "release": "bitcoin"}))
        status, said, _ = self.get("latest")
        self.assertEqual((status, said["error"]["code"]), (404, "no_prices"))

    def test_every_error_has_one_form(self):
        for path, status, code in (("prices?hours=0", 400, "invalid_request"), ("prices?hours=2161", 400, "invalid_request"), ("prices?hours=day", 400, "invalid_request"), ("none", 404, "not_found")):
            with self.subTest(path):
                got, said, _ = self.get(path)
                self.assertEqual((got, said["error"]["code"], sorted(said["error"])), (status, code, ["code", "fields", "message"]))
        self.assertEqual(list(self.get("prices?hours=0")[1]["error"]["fields"]), ["hours"])

    def test_a_missing_table_is_told_and_makes_the_service_unhealthy(self):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE bitcoin_prices RENAME TO hidden")
        try:
            with self.assertLogs("api", "ERROR"):
                answers = [self.get(path) for path in ("healthz", "prices", "latest")]
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE hidden RENAME TO bitcoin_prices")
        for status, said, headers in answers:
            self.assertEqual((status, said["error"]["code"], headers["retry-after"]), (503, "not_migrated", "5"))
        self.assertEqual(self.get("healthz")[0], 200)

    def test_a_database_that_began_anew_is_found_at_the_first_request(self):
        with ThreadPoolExecutor(CONNECTIONS) as visitors:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE bitcoin_prices")
                asked = [visitors.submit(self.get, "healthz") for _ in range(CONNECTIONS)]
                waiting = 0
                while waiting < CONNECTIONS:
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    [waiting] = cursor.fetchone()
            self.assertEqual([each.result()[0] for each in asked], [200] * CONNECTIONS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            self.assertEqual(len(cursor.fetchall()), CONNECTIONS)
        self.assertEqual(self.get("healthz")[0], 200)

    def test_cannot_write(self):
        from api.main import app

        self.assertIn("default_transaction_read_only=on", app.state.database._pool.kwargs["options"])


class Away(TransactionTestCase):
    def test_a_database_that_is_away_is_503_in_seconds_and_never_a_trace(self):
        with self.assertLogs() as logs, serving.api("postgresql://u:hidden@127.0.0.1:1/none") as address:
            began = datetime.now()
            status, said, _ = serving.get(f"{address}healthz")
            self.assertLess(datetime.now() - began, timedelta(seconds=5))
        self.assertEqual((status, said["error"]["code"]), (503, "database_unavailable"))
        self.assertNotIn("hidden", "".join(logs.output))
