from unittest.mock import patch

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, SimpleTestCase

from shop.away import DatabaseAway


class Away(SimpleTestCase):
    def setUp(self):
        self.asked = 0
        self.losses = 0
        self.middleware = DatabaseAway(self.page)
        self.request = RequestFactory().get("/products")

    def page(self, _request: HttpRequest) -> HttpResponse:
        self.asked += 1
        if self.losses:
            self.losses -= 1
            return self.lose()
        return HttpResponse("page")

    def lose(self):
        with patch.object(connection, "is_usable", return_value=False), self.assertLogs("shop.away", "WARNING") as logs:
            answer = self.middleware.process_exception(self.request, OperationalError("gone:\n\ttoo far"))
        self.assertEqual(logs.output, ["WARNING:shop.away:database lost at /products: gone: too far"])
        return answer

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

    def test_a_page_that_lost_its_connection_is_made_once_more_over_a_new_one(self):
        self.losses = 1
        with patch.object(connection, "ensure_connection"), patch.object(connection, "close") as close:
            answer = self.middleware(self.request)
        self.assertEqual((answer.status_code, answer.content, self.asked, close.call_count), (200, b"page", 2, 1))
        self.assertFalse(self.middleware.away.is_set())

    def test_it_is_made_twice_and_not_a_third_time(self):
        self.losses = 2
        with patch.object(connection, "ensure_connection"), patch.object(connection, "close"):
            self.assertEqual((self.middleware(self.request).status_code, self.asked), (503, 2))

    def test_an_order_that_lost_its_connection_is_not_sent_twice_and_the_next_one_finds_a_new_connection(self):
        self.losses = 1
        order = RequestFactory().post("/orders")
        with patch.object(connection, "ensure_connection"), patch.object(connection, "close"):
            self.assertEqual((self.middleware(order).status_code, self.asked), (503, 1))
        self.assertFalse(self.middleware.away.is_set())
        self.assertEqual(self.middleware(order).content, b"page")

    def test_a_page_is_not_made_again_while_there_is_no_connection(self):
        self.losses = 1
        with patch.object(connection, "ensure_connection", side_effect=OperationalError("gone")), patch.object(connection, "close"):
            self.assertEqual((self.middleware(self.request).status_code, self.asked), (503, 1))
        self.assertTrue(self.middleware.away.is_set())
