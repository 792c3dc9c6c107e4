from unittest.mock import patch

from django.conf import settings
from django.db import OperationalError, connection
from django.test import TestCase


class Health(TestCase):
    def test_ready_with_its_database(self):
        answer = self.client.get("/healthz")
        self.assertEqual((answer.status_code, answer.json()), (200, {"status": "ok", "release": settings.BASE_DIR.name}))
        self.assertIn("no-store", answer["Cache-Control"])

    def test_not_ready_without_it_but_alive(self):
        with patch.object(connection, "cursor", side_effect=OperationalError("gone")), self.assertLogs("shop.health", "ERROR"):
            answer = self.client.get("/healthz")
            alive = self.client.get("/livez")
        self.assertEqual((answer.status_code, answer.json()["status"]), (503, "database unavailable"))
        self.assertEqual(alive.status_code, 200)

    def test_asks_the_database_and_makes_no_session(self):
        with self.assertNumQueries(1):
            answer = self.client.get("/healthz")
        self.assertFalse(answer.cookies)
        with self.assertNumQueries(0):
            self.client.get("/livez")

    def test_the_load_test_is_closed(self):
        self.assertEqual(self.client.get("/slow").status_code, 404)
