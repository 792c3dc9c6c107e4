from django.contrib.auth.models import User
from django.core import mail
from django.test import override_settings

from shop.models import Order, Restaurant

from .api import PASSWORD, ApiTestCase

WRONG = "some fields are wrong"


class CreateAccount(ApiTestCase):
    def test_answers_the_account_without_its_password(self):
        status, body = self.call("POST", "/createAccount", {
            "email": "Ada@Example.org", "password": PASSWORD, "name": " Ada ", "phone": "+33 1", "address": "1 rue A",
        })
        account_id = User.objects.get().pk
        self.assertEqual((status, body), (201, {
            "id": account_id, "email": "ada@example.org", "name": "Ada", "phone": "+33 1", "address": "1 rue A",
        }))
        self.assertEqual(self.response["Location"], f"/account/{account_id}")

    def test_an_address_has_one_account_whatever_its_capitals(self):
        self.account("ada@example.org")
        answer = self.call("POST", "/createAccount", {"email": "ADA@example.org", "password": PASSWORD, "name": "B"})
        self.assertEqual(answer, (409, {"error": "email: has an account already"}))
        self.assertEqual(User.objects.count(), 1)

    def test_every_wrong_field_is_named(self):
        answer = self.call("POST", "/createAccount", {"email": "ada", "password": 7, "role": "staff"})
        self.assertEqual(answer, (400, {"error": WRONG, "fields": {
            "email": "must be an e-mail address of at most 150 characters",
            "name": "is missing",
            "password": "must be text of 10 to 128 characters without control characters",
            "role": "is not a known field; known are email, password, name, phone, address",
        }}))

    def test_an_easy_password_is_refused(self):
        answer = self.call("POST", "/createAccount", {"email": "a@example.org", "password": "password123", "name": "A"})
        self.assertEqual(answer, (400, {"error": WRONG, "fields": {"password": "This password is too common."}}))

    def test_a_nul_never_reaches_the_database(self):
        status, body = self.call("POST", "/createAccount", {"email": "a@example.org", "password": PASSWORD, "name": "A\0"})
        self.assertEqual((status, list(body["fields"])), (400, ["name"]))

    def test_what_is_no_json_object_is_refused(self):
        for body, text in ((b"{", "body: must be JSON in UTF-8"), (b"\xff", "body: must be JSON in UTF-8"),
                           (b"", "body: must be JSON in UTF-8"), (b"[" * 100_000, "body: must be JSON in UTF-8"),
                           (b"[]", "body: must be a JSON object")):
            with self.subTest(body=body[:9]):
                self.assertEqual(self.call("POST", "/createAccount", body), (400, {"error": text}))


class Account(ApiTestCase):
    def test_its_owner_changes_it_and_left_out_fields_stay(self):
        account_id, token = self.account()
        answer = self.call("PUT", f"/account/{account_id}", {"phone": "+33 2"}, token)
        self.assertEqual(answer, (200, {
            "id": account_id, "email": "ada@example.org", "name": "Ada", "phone": "+33 2", "address": "",
        }))

    def test_a_changed_address_logs_in(self):
        account_id, token = self.account()
        self.assertEqual(self.call("PUT", f"/account/{account_id}", {"email": "new@example.org"}, token)[0], 200)
        self.login("new@example.org")

    def test_an_address_of_another_is_refused(self):
        self.account("eve@example.org")
        account_id, token = self.account()
        answer = self.call("PUT", f"/account/{account_id}", {"email": "eve@example.org"}, token)
        self.assertEqual(answer, (409, {"error": "email: has an account already"}))

    def test_nobody_else_may(self):
        account_id, _ = self.account()
        _, eve = self.account("eve@example.org")
        missing = "token: is missing; send Authorization: Bearer TOKEN, from POST /login"
        for method in ("PUT", "DELETE"):
            with self.subTest(method):
                self.assertEqual(self.call(method, f"/account/{account_id}", {}), (401, {"error": missing}))
                self.assertEqual(self.response["WWW-Authenticate"], "Bearer")
                self.assertEqual(self.call(method, f"/account/{account_id}", {}, eve), (403, {"error": "account: is not yours"}))

    def test_staff_may_and_learn_that_there_is_none(self):
        account_id, _ = self.account()
        chef = self.staff()
        self.assertEqual(self.call("PUT", f"/account/{account_id}", {"name": "B"}, chef)[0], 200)
        self.assertEqual(self.call("DELETE", "/account/999999", token=chef), (404, {"error": "account: there is none with this id"}))
        self.assertEqual(self.call("DELETE", f"/account/{10**30}", token=chef)[0], 404)

    def test_deleting_keeps_the_orders_and_ends_the_token(self):
        account_id, token = self.account()
        order = Order.objects.create(restaurant=Restaurant.objects.first(), account_id=account_id, name="Ada")
        self.assertEqual(self.call("DELETE", f"/account/{account_id}", token=token), (204, None))
        order.refresh_from_db()
        self.assertIsNone(order.account_id)
        self.assertEqual(self.call("PUT", f"/account/{account_id}", {}, token), (401, {"error": "token: is wrong or too old; log in again"}))


class Login(ApiTestCase):
    def test_answers_a_token_that_opens_the_account(self):
        account_id, _ = self.account()
        status, body = self.call("POST", "/login", {"email": "ADA@example.org", "password": PASSWORD})
        token = body.pop("token")
        self.assertEqual((status, body), (200, {"id": account_id, "expiresInSeconds": 86400}))
        self.assertEqual(self.call("PUT", f"/account/{account_id}", {}, token)[0], 200)

    def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(self):
        self.account()
        for email in ("ada@example.org", "nobody@example.org"):
            answer = self.call("POST", "/login", {"email": email, "password": "wrong"})
            self.assertEqual(answer, (401, {"error": "email or password: is wrong"}))

    def test_a_token_ends(self):
        account_id, token = self.account()
        with override_settings(LOGIN_TOKEN_SECONDS=-1):
            self.assertEqual(self.call("PUT", f"/account/{account_id}", {}, token)[0], 401)

    def test_a_forged_token_is_refused(self):
        account_id, token = self.account()
        for bad in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "a:b:c"):
            self.assertEqual(self.call("PUT", f"/account/{account_id}", {}, bad)[0], 401)


class ResetPassword(ApiTestCase):
    def code(self) -> str:
        answer = self.call("POST", "/resetPassword", {"email": "ada@example.org"})
        self.assertEqual(answer, (202, {"status": "a code was sent if the address has an account"}))
        return mail.outbox[-1].body.removeprefix("Code: ").strip()

    def test_a_mailed_code_sets_a_new_password_once_and_ends_old_tokens(self):
        account_id, token = self.account()
        body = {"email": "ada@example.org", "code": self.code(), "password": "another-good-one-9"}
        self.assertEqual(self.call("POST", "/resetPassword", body), (200, {"status": "password changed"}))
        self.login("ada@example.org", "another-good-one-9")
        self.assertEqual(self.call("PUT", f"/account/{account_id}", {}, token)[0], 401)
        self.assertEqual(self.call("POST", "/resetPassword", body), (400, {"error": "code: is wrong, used or too old; ask for a new one"}))

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self):
        answer = self.call("POST", "/resetPassword", {"email": "nobody@example.org"})
        self.assertEqual(answer, (202, {"status": "a code was sent if the address has an account"}))
        self.assertEqual(mail.outbox, [])

    def test_a_code_opens_no_other_account(self):
        self.account("eve@example.org")
        self.account()
        body = {"email": "eve@example.org", "code": self.code(), "password": "another-good-one-9"}
        self.assertEqual(self.call("POST", "/resetPassword", body)[0], 400)

    @override_settings(EMAIL_HOST="")
    def test_says_so_when_no_mail_can_be_sent(self):
        answer = self.call("POST", "/resetPassword", {"email": "ada@example.org"})
        self.assertEqual(answer, (503, {"error": "mail: is not set up on this server, so no code can be sent"}))
