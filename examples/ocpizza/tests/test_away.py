from unittest.mock import patch

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, SimpleTestCase

from shop.away import DatabaseAway


class Away(SimpleTestCase):
    def setUp(self):
        self.asked = 0
        self.middleware = DatabaseAway(self.page)
        self.request = RequestFactory().get("/products")

    def page(self, _request: HttpRequest) -> HttpResponse:
        self.asked += 1
        return HttpResponse("page")

    def lose(self):
        with patch.object(connection, "is_usable", return_value=False):
            return self.middleware.process_exception(self.request, OperationalError("gone"))

    def test_a_page_that_cannot_reach_it_is_503_and_says_when_to_come_again(self):
        answer = self.lose()
        self.assertEqual((answer.status_code, answer["Retry-After"], answer["Cache-Control"]), (503, "5", "no-store"))

    def test_what_is_the_pages_own_fault_is_left_to_django(self):
        with patch.object(connection, "is_usable", return_value=True):
            self.assertIsNone(self.middleware.process_exception(self.request, OperationalError("canceling statement")))
        self.assertIsNone(self.middleware.process_exception(self.request, ValueError("wrong")))
        self.assertEqual(self.middleware(self.request).content, b"page")

    def test_while_it_is_away_pages_are_refused_without_being_asked_and_the_live_page_is_not(self):
        self.lose()
        with patch.object(connection, "ensure_connection", side_effect=OperationalError("gone")), patch.object(connection, "close"):
            self.assertEqual((self.middleware(self.request).status_code, self.asked), (503, 0))
            self.assertEqual(self.middleware(RequestFactory().get("/livez")).status_code, 200)

    def test_one_request_at_a_time_looks_whether_it_is_back(self):
        self.lose()
        self.middleware.trying.acquire()
        with patch.object(connection, "ensure_connection") as ensure:
            self.assertEqual(self.middleware(self.request).status_code, 503)
        ensure.assert_not_called()
        self.middleware.trying.release()

    def test_the_first_request_that_reaches_it_opens_the_site_again(self):
        self.lose()
        with patch.object(connection, "ensure_connection"), patch.object(connection, "close"):
            self.assertEqual([self.middleware(self.request).status_code for _ in range(2)], [200, 200])
