"""The page, with the API behind it."""
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from django.db import OperationalError, connection
from django.test import TransactionTestCase, override_settings

from prices.models import Price

from . import serving

HOUR = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)


# Hashed names want a collectstatic.
@override_settings(STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}})
class Page(TransactionTestCase):
    def setUp(self):
        address = self.enterContext(serving.api(serving.test_database_url()))
        self.enterContext(override_settings(API_URL=address))

    def test_shows_the_figures_of_the_chosen_period(self):
        for back, usd in ((0, "64210.50"), (1, "66000"), (30, "70000")):
            Price.objects.create(time=HOUR - timedelta(hours=back), usd=usd)
        day = self.client.get("/")
        for text in ("$64,210.50", "▼ 2.71 %", "<dd>$64,210.50</dd>", "<dd>$65,105.25</dd>", "<dd>$66,000.00</dd>", '<path class="line" d="M', 'aria-current="page">24 hours'):
            self.assertContains(day, text)
        self.assertNotContains(day, "70,000.00")
        self.assertContains(self.client.get("/?period=7d"), "<dd>$70,000.00</dd>")
        self.assertEqual(day["Cache-Control"], "public, max-age=60")

    def test_needs_no_script_and_nothing_from_elsewhere(self):
        Price.objects.create(time=HOUR, usd=1)
        text = self.client.get("/").content.decode()
        for word in ("<script", "style=", "http://", "https://"):
            self.assertNotIn(word, text)

    def test_an_empty_table_is_said_and_not_drawn(self):
        page = self.client.get("/?period=7d")
        self.assertContains(page, "No price of the last 7 days is stored yet")
        self.assertNotContains(page, "<svg")

    def test_old_prices_are_called_old(self):
        Price.objects.create(time=HOUR - timedelta(hours=5), usd=1)
        self.assertContains(self.client.get("/"), "has brought nothing new since")
        Price.objects.create(time=HOUR, usd=1)
        self.assertNotContains(self.client.get("/"), "has brought nothing new since")

    def test_an_unknown_period_is_404(self):
        with self.assertLogs("django.request", "WARNING"):
            self.assertContains(self.client.get("/?period=<b>"), "no such page", status_code=404)

    def test_without_the_api_the_page_says_so_and_asks_to_come_back(self):
        with override_settings(API_URL="http://127.0.0.1:1/api/"), self.assertLogs("prices.views", "ERROR"), self.assertLogs("django.request", "ERROR"):
            page = self.client.get("/")
        self.assertContains(page, "No prices just now", status_code=503)
        self.assertEqual(page["Retry-After"], "10")


class Health(TransactionTestCase):
    def test_asks_the_database(self):
        answer = self.client.get("/healthz")
        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "ok", "release": "bitcoin"}))
        with patch.object(connection, "cursor", side_effect=OperationalError("gone")), self.assertLogs("prices.health", "ERROR"), self.assertLogs("django.request", "ERROR"):
            self.assertEqual(self.client.get("/healthz").status_code, 503)
