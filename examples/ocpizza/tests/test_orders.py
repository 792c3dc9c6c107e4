from uuid import UUID, uuid4

from shop.models import Order, Payment, Product, Restaurant

from .api import ApiTestCase

WRONG = "some fields are wrong"


class OrderTestCase(ApiTestCase):
    def setUp(self):
        self.lyon = Restaurant.objects.get(slug="lyon").pk
        self.regina, self.lemonade = (Product.objects.get(slug=slug).pk for slug in ("regina", "lemonade"))
        self.body = {"restaurant": self.lyon, "name": "Ada", "lines": [
            {"product": self.regina, "quantity": 2}, {"product": self.lemonade, "quantity": 1},
        ]}

    def order(self, token: str = "") -> str:
        status, body = self.call("POST", "/orders", self.body, token)
        self.assertEqual(status, 201, body)
        return body["id"]


class Orders(OrderTestCase):
    def test_an_order_without_an_account_is_made_and_read_again(self):
        status, body = self.call("POST", "/orders", self.body)
        order = Order.objects.get()
        self.assertEqual((status, body), (201, {
            "id": str(order.pk), "restaurant": self.lyon, "name": "Ada", "mode": "pickup", "status": "received",
            "lines": [
                {"product": self.regina, "name": "Regina", "quantity": 2, "unitPriceCents": 1150},
                {"product": self.lemonade, "name": "Lemonade", "quantity": 1, "unitPriceCents": 320},
            ],
            "totalCents": 2620, "payment": None, "createdAt": order.created_at.isoformat(timespec="seconds"),
        }))
        self.assertEqual(self.response["Location"], f"/orders/{order.pk}")
        self.assertEqual(self.call("GET", f"/orders/{order.pk}"), (200, body))
        self.assertEqual(UUID(body["id"]).version, 4)

    def test_telephone_and_address_are_kept_and_not_shown(self):
        self.body |= {"mode": "delivery", "phone": "+33 1", "address": "1 rue A"}
        status, body = self.call("POST", "/orders", self.body)
        self.assertEqual((status, body["mode"], body.keys() & {"phone", "address"}), (201, "delivery", set()))
        self.assertEqual(Order.objects.get().address, "1 rue A")

    def test_a_token_ties_it_to_the_account(self):
        account_id, token = self.account()
        self.assertEqual(Order.objects.get(pk=self.order(token)).account_id, account_id)

    def test_a_price_that_rises_later_leaves_the_order_alone(self):
        order = self.order()
        Product.objects.filter(pk=self.regina).update(price_cents=9900)
        self.assertEqual(self.call("GET", f"/orders/{order}")[1]["totalCents"], 2620)

    def test_wrong_orders_are_refused_and_leave_nothing(self):
        line = {"product": self.regina, "quantity": 1}
        for change, fields in (
            ({"restaurant": 999999}, {"restaurant": "must be the id of a restaurant"}),
            ({"restaurant": True}, {"restaurant": "must be a whole number from 1 to 9223372036854775807"}),
            ({"lines": []}, {"lines": "must be a list of 1 to 50 objects"}),
            ({"lines": [line, line]}, {"lines": "must name each product once"}),
            ({"lines": [line | {"quantity": 0}]}, {"lines": "quantity must be a whole number from 1 to 20"}),
            ({"lines": [{"product": 999999, "quantity": 1}]}, {"lines": "must name products, got 999999"}),
            ({"mode": "drone"}, {"mode": "must be one of pickup, delivery"}),
            ({"mode": "delivery"}, {"address": "is needed for a delivery", "phone": "is needed for a delivery"}),
            ({"name": "  "}, {"name": "must be text of 1 to 60 characters without control characters"}),
            ({"totalCents": 1}, {"totalCents": "is not a known field; known are restaurant, lines, name, mode, phone, address"}),
        ):
            with self.subTest(change):
                self.assertEqual(self.call("POST", "/orders", self.body | change), (400, {"error": WRONG, "fields": fields}))
        self.assertEqual(Order.objects.count(), 0)

    def test_what_is_sold_out_is_a_conflict(self):
        Product.objects.filter(pk=self.regina).update(available=False)
        self.assertEqual(self.call("POST", "/orders", self.body), (409, {"error": "lines: sold out today: Regina"}))

    def test_an_unknown_order(self):
        for order in (uuid4(), 7, "x" * 36):
            self.assertEqual(self.call("GET", f"/orders/{order}"), (404, {"error": "order: there is none with this id"}))


class OrderStatus(OrderTestCase):
    def test_staff_lead_an_order_to_its_end(self):
        order, chef = self.order(), self.staff()
        for status in ("preparing", "ready", "delivered"):
            code, body = self.call("PUT", f"/orders/{order}/{status}", token=chef)
            self.assertEqual((code, body["status"]), (200, status))
            self.assertEqual(self.call("GET", f"/orders/{order}"), (200, body))

    def test_a_step_cannot_be_left_out(self):
        order, chef = self.order(), self.staff()
        self.assertEqual(self.call("PUT", f"/orders/{order}/delivered", token=chef), (409, {
            "error": 'status: "received" may be followed by "preparing" or "canceled", got "delivered"',
        }))

    def test_a_canceled_order_stays_so(self):
        order, chef = self.order(), self.staff()
        self.call("PUT", f"/orders/{order}/canceled", token=chef)
        self.assertEqual(self.call("PUT", f"/orders/{order}/preparing", token=chef), (409, {
            "error": 'status: "canceled" may be followed by nothing, got "preparing"',
        }))

    def test_a_customer_may_cancel_the_own_order_until_the_kitchen_begins(self):
        _, token = self.account()
        refused = (403, {"error": "order: only staff may give it this status"})
        first, second = self.order(token), self.order(token)
        self.assertEqual(self.call("PUT", f"/orders/{first}/preparing", token=token), refused)
        self.assertEqual(self.call("PUT", f"/orders/{first}/canceled", token=token)[1]["status"], "canceled")
        self.call("PUT", f"/orders/{second}/preparing", token=self.staff())
        self.assertEqual(self.call("PUT", f"/orders/{second}/canceled", token=token), refused)

    def test_others_may_not(self):
        order = self.order()
        _, token = self.account()
        self.assertEqual(self.call("PUT", f"/orders/{order}/canceled")[0], 401)
        self.assertEqual(self.call("PUT", f"/orders/{order}/canceled", token=token)[0], 403)

    def test_an_unknown_status_and_an_unknown_order(self):
        chef = self.staff()
        self.assertEqual(self.call("PUT", f"/orders/{self.order()}/eaten", token=chef), (400, {
            "error": "status: must be one of received, preparing, ready, delivered, canceled",
        }))
        self.assertEqual(self.call("PUT", f"/orders/{uuid4()}/ready", token=chef)[0], 404)


class Payments(OrderTestCase):
    def test_a_payment_waits_at_the_counter_with_the_amount_of_the_order(self):
        order = self.order()
        status, body = self.call("POST", "/payment", {"order": order})
        payment = Payment.objects.get()
        self.assertEqual((status, body), (201, {
            "id": payment.pk, "order": order, "amountCents": 2620, "currency": "EUR", "provider": "counter",
            "reference": payment.reference, "status": "pending", "url": None,
        }))
        self.assertRegex(payment.reference, r"^ocp_[0-9a-f]{24}$")
        self.assertEqual(self.call("GET", f"/orders/{order}")[1]["payment"], "pending")

    def test_an_order_is_paid_once(self):
        order = self.order()
        self.call("POST", "/payment", {"order": order})
        self.assertEqual(self.call("POST", "/payment", {"order": order}), (409, {"error": "order: already has a payment"}))

    def test_a_canceled_order_is_not_paid(self):
        order = self.order()
        Order.objects.update(status="canceled")
        self.assertEqual(self.call("POST", "/payment", {"order": order}), (409, {"error": "order: is canceled and cannot be paid"}))

    def test_a_wrong_and_an_unknown_order(self):
        self.assertEqual(self.call("POST", "/payment", {"order": "7"}), (400, {"error": WRONG, "fields": {"order": "must be the id of an order"}}))
        self.assertEqual(self.call("POST", "/payment", {"order": str(uuid4())}), (404, {"error": "order: there is none with this id"}))
