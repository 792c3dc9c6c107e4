"""Payment by card, against a stand-in of Stripe's API. Limit: it has what the site uses, as Stripe documents it."""
from typing import Any
from uuid import uuid4

from django.test import override_settings

from payments.models import Checkout
from payments.sessions import on
from shop.models import Order, OrderLine, Payment, Product, Restaurant

from .api import ApiTestCase
from .outside import Asked, stand_in

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"


class Stripe(ApiTestCase):
    def setUp(self):
        self.stripe = self.enterContext(stand_in())
        self.enterContext(override_settings(STRIPE_API_KEY=KEY, STRIPE_API=self.stripe.url))
        self.sessions: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, str] = {}
        self.stripe.answers = {"POST /v1/checkout/sessions": self.created, "GET /v1/checkout/sessions/*": self.found}
        self.order = Order.objects.create(restaurant=Restaurant.objects.first(), name="Ada")
        for product, quantity in zip(Product.objects.all()[:2], (1, 2)):
            OrderLine.objects.create(order=self.order, product=product, quantity=quantity, unit_price_cents=product.price_cents)
        self.page = f"/track/{self.order.pk}/"

    def created(self, asked: Asked) -> tuple[int, Any]:
        """One session for one idempotency key, as at Stripe."""
        number = self.by_key.setdefault(asked.headers["Idempotency-Key"], f"cs_test_{len(self.sessions)}")
        amount = sum(int(asked.form[f"line_items[{i}][quantity]"]) * int(asked.form[f"line_items[{i}][price_data][unit_amount]"]) for i in range(2))
        self.sessions.setdefault(number, {
            "id": number, "object": "checkout.session", "url": f"https://checkout.stripe.com/c/pay/{number}", "payment_status": "unpaid",
            "amount_total": amount, "currency": "eur", "client_reference_id": asked.form["client_reference_id"]})
        return 200, self.sessions[number]

    def found(self, asked: Asked) -> tuple[int, Any]:
        session = self.sessions.get(asked.path.rsplit("/", 1)[1])
        return (200, session) if session else (404, {"error": {"type": "invalid_request_error", "message": "No such session"}})

    def pays(self, number: str = "cs_test_0", **otherwise: Any) -> None:
        """The customer pays on Stripe's page."""
        self.sessions[number] |= {"payment_status": "paid", "url": None, **otherwise}

    def notice(self, number: str = "cs_test_0") -> tuple[int, Any]:
        return self.call("POST", "/payment/notice", {"type": "checkout.session.completed", "data": {"object": {"id": number}}})

    def status(self) -> str:
        return Payment.objects.get(order=self.order).status

    def test_a_customer_is_led_to_stripes_page_with_the_lines_of_the_order(self):
        self.assertContains(self.client.get(self.page), f"action=\"{self.page}pay/\"")
        answer = self.client.post(f"{self.page}pay/")
        self.assertRedirects(answer, "https://checkout.stripe.com/c/pay/cs_test_0", fetch_redirect_response=False)
        asked, = self.stripe.asked
        payment = Payment.objects.get()
        self.assertEqual((asked.headers["Authorization"], asked.headers["Stripe-Version"]), (f"Bearer {KEY}", "2020-08-27"))
        form = asked.form
        first, second = self.order.lines.all()
        self.assertEqual([form[name] for name in (
            "mode", "payment_method_types[0]", "client_reference_id", "success_url", "cancel_url",
            "line_items[0][quantity]", "line_items[1][quantity]", "line_items[1][price_data][unit_amount]", "line_items[1][price_data][currency]",
            "line_items[1][price_data][product_data][name]",
        )], ["payment", "card", payment.reference, f"http://testserver{self.page}?stripe=back", f"http://testserver{self.page}",
             "1", "2", str(second.unit_price_cents), "eur", second.product.name])
        self.assertEqual((payment.amount_cents, payment.provider, payment.status), (first.total_cents + second.total_cents, "stripe", "pending"))

    def test_the_page_may_lead_on_to_stripe_and_nowhere_else(self):
        self.assertIn("form-action 'self' https://checkout.stripe.com;", self.client.get(self.page)["Content-Security-Policy"])

    def test_who_comes_back_sees_it_paid_and_pays_no_second_time(self):
        self.client.post(f"{self.page}pay/")
        self.assertContains(self.client.get(f"{self.page}?stripe=back"), "Your bank has not told us yet")
        self.pays()
        page = self.client.get(f"{self.page}?stripe=back")
        self.assertContains(page, "Nothing is due when you receive it.")
        self.assertNotContains(page, "/pay/")
        self.assertEqual(self.status(), "paid")
        count = len(self.stripe.asked)
        self.assertRedirects(self.client.post(f"{self.page}pay/"), self.page)
        self.client.get(f"{self.page}?stripe=back")
        self.assertEqual((len(self.stripe.asked), self.notice()), (count, (200, {"status": "seen"})))

    def test_a_notice_marks_it_paid_because_stripe_says_so_when_asked(self):
        self.client.post(f"{self.page}pay/")
        self.assertEqual((self.notice(), self.status()), ((200, {"status": "seen"}), "pending"))
        self.pays()
        self.assertEqual((self.notice(), self.status()), ((200, {"status": "seen"}), "paid"))

    def test_a_notice_of_another_session_asks_nobody(self):
        self.client.post(f"{self.page}pay/")
        count = len(self.stripe.asked)
        self.assertEqual(self.notice("cs_live_of_somebody"), (200, {"status": "seen"}))
        self.assertEqual(len(self.stripe.asked), count)
        for body in ({}, {"data": {"object": {"id": 7}}}, {"data": []}):
            self.assertEqual(self.call("POST", "/payment/notice", body), (400, {"error": "data.object.id: must be the id of a session"}))

    def test_another_amount_currency_or_reference_pays_for_nothing(self):
        self.client.post(f"{self.page}pay/")
        session = dict(self.sessions["cs_test_0"])
        for wrong in ({"amount_total": 1}, {"currency": "jpy"}, {"client_reference_id": "ocp_other"}):
            self.sessions["cs_test_0"] = dict(session)
            self.pays(**wrong)
            with self.assertLogs("payments.paying", "ERROR"):
                self.notice()
            self.assertEqual(self.status(), "pending")

    def test_who_left_the_page_goes_on_there_and_one_that_expired_is_begun_anew(self):
        self.client.post(f"{self.page}pay/")
        self.assertEqual(self.client.post(f"{self.page}pay/")["Location"], "https://checkout.stripe.com/c/pay/cs_test_0")
        self.sessions["cs_test_0"] |= {"url": None}
        self.assertEqual(self.client.post(f"{self.page}pay/")["Location"], "https://checkout.stripe.com/c/pay/cs_test_1")
        self.assertEqual((Payment.objects.count(), Checkout.objects.get().session), (1, "cs_test_1"))

    def test_a_lost_answer_is_asked_for_again_and_makes_one_session(self):
        created = self.created

        def broken(asked: Asked) -> tuple[int, Any]:
            created(asked)
            return 500, {"error": {"type": "api_error", "message": "lost"}}

        self.stripe.answers["POST /v1/checkout/sessions"] = broken
        with self.assertLogs("payments.views", "WARNING") as logs:
            answer = self.client.post(f"{self.page}pay/", follow=True)
        self.assertContains(answer, "Our payment service does not answer just now.")
        self.assertNotIn(KEY, "".join(logs.output))
        self.stripe.answers["POST /v1/checkout/sessions"] = created
        self.assertEqual(self.client.post(f"{self.page}pay/")["Location"], "https://checkout.stripe.com/c/pay/cs_test_0")
        self.assertEqual(len(self.sessions), 1)

    def test_a_notice_while_stripe_is_away_is_sent_again(self):
        self.client.post(f"{self.page}pay/")
        self.stripe.answers = {"GET /*": lambda _: (500, {"error": {"type": "api_error", "message": "away"}})}
        with self.assertLogs("payments.views", "WARNING"):
            self.assertEqual(self.notice()[0], 503)
        with self.assertLogs("shop.views", "WARNING"):
            self.assertEqual(self.client.get(f"{self.page}?stripe=back").status_code, 200)

    def test_the_web_service_answers_the_page_to_pay_at(self):
        status, body = self.call("POST", "/payment", {"order": str(self.order.pk)})
        self.assertEqual((status, body["provider"], body["url"]), (201, "stripe", "https://checkout.stripe.com/c/pay/cs_test_0"))
        again = self.call("POST", "/payment", {"order": str(self.order.pk)})
        self.assertEqual((again[1]["id"], again[1]["url"]), (body["id"], body["url"]))
        self.pays()
        self.assertEqual(self.call("POST", "/payment", {"order": str(self.order.pk)}), (409, {"error": "order: is paid already"}))
        self.assertEqual(self.call("GET", f"/orders/{self.order.pk}")[1]["payment"], "paid")
        self.stripe.answers = {}
        other = Order.objects.create(restaurant=self.order.restaurant, name="Eve")
        with self.assertLogs("api.orders", "WARNING"):
            self.assertEqual(self.call("POST", "/payment", {"order": str(other.pk)}), (503, {"error": "payment: Stripe does not answer just now; try again"}))

    def test_a_canceled_order_is_not_paid(self):
        self.client.post(f"{self.page}pay/")
        Order.objects.update(status="canceled")
        self.assertNotContains(self.client.get(self.page), "/pay/")
        self.assertRedirects(self.client.post(f"{self.page}pay/"), self.page)
        self.assertEqual(len(self.stripe.asked), 1)

    def test_an_order_that_was_to_be_paid_at_the_counter_can_be_paid_here(self):
        Payment.objects.create(order=self.order, amount_cents=self.order.total_cents, provider="counter", reference="ocp_1")
        self.client.post(f"{self.page}pay/")
        self.assertEqual(Payment.objects.get().provider, "stripe")

    def test_without_a_key_there_is_no_card_and_nobody_is_asked(self):
        with override_settings(STRIPE_API_KEY=""):
            self.assertFalse(on())
            page = self.client.get(self.page)
            self.assertNotContains(page, "/pay/")
            self.assertContains(page, "You pay when you receive it, by card or in cash.")
            self.assertRedirects(self.client.post(f"{self.page}pay/"), self.page)
            self.assertEqual(self.call("POST", "/payment", {"order": str(self.order.pk)})[1]["provider"], "counter")
        self.assertEqual(self.stripe.asked, [])

    def test_an_unknown_order(self):
        self.assertEqual(self.client.post(f"/track/{uuid4()}/pay/").status_code, 404)
