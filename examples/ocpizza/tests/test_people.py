"""Sign-in with Google, with Facebook and with a password, against stand-ins of both services. Limit: they have what the site uses, as it is documented."""
import base64
import hashlib
import hmac
import os
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from django.contrib.auth.models import User
from django.test import Client, override_settings

from people.models import Identity
from people.providers import ADDRESSES, Addresses
from shop.models import Account, Order, Product, Restaurant

from .api import PASSWORD, ApiTestCase
from .outside import Asked, stand_in

SETTINGS = {"GOOGLE_OAUTH_CLIENT_ID": "us.apps.googleusercontent.com", "GOOGLE_OAUTH_SECRET": "google-secret", "FACEBOOK_APP_ID": "424242", "FACEBOOK_APP_SECRET": "facebook-secret"}
ADA = {"sub": "1234567890", "name": "Ada Lovelace", "email": "Ada@Example.org", "email_verified": True}


class PeopleTestCase(ApiTestCase):
    def setUp(self):
        self.service = self.enterContext(stand_in())
        self.enterContext(override_settings(**SETTINGS))
        # The stand-in speaks HTTP without TLS, which the client refuses otherwise.
        self.enterContext(patch.dict(os.environ, OAUTHLIB_INSECURE_TRANSPORT="1"))
        self.enterContext(patch.dict(ADDRESSES, {name: Addresses(*(f"{self.service.url}/{name}/{page}" for page in ("authorize", "token", "profile"))) for name in ADDRESSES}))
        self.profile: dict[str, Any] = ADA
        for name in ADDRESSES:
            self.service.answers |= {f"POST /{name}/token": self.token, f"GET /{name}/profile": lambda _: (200, self.profile)}

    def token(self, asked: Asked) -> tuple[int, Any]:
        return (200, {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3599}) if asked.form["code"] == "a-code" else (400, {"error": "invalid_grant"})

    def leave(self, name: str, client: Client | None = None) -> dict[str, str]:
        """The query with which the visitor arrives at the provider."""
        answer = (client or self.client).get(f"/signin/{name}/")
        address = urlsplit(answer["Location"])
        self.assertEqual((answer.status_code, f"{address.scheme}://{address.netloc}{address.path}"), (302, ADDRESSES[name].authorize))
        return {key: value for key, (value,) in parse_qs(address.query).items()}

    def sign_in(self, name: str, profile: dict[str, Any] = ADA, client: Client | None = None, **query: str):
        self.profile = profile
        state = self.leave(name, client)["state"]
        return (client or self.client).get(f"/signin/{name}/back/", {"code": "a-code", "state": state} | query)

    def refused(self, answer) -> None:
        self.assertRedirects(answer, "/signin/", fetch_redirect_response=False)
        self.assertContains(self.client.get("/signin/"), "That did not work, so you are not signed in.")
        self.assertNotIn("_auth_user_id", self.client.session)


class Google(PeopleTestCase):
    def test_leads_there_and_back_with_a_state_and_a_proof(self):
        query = self.leave("google")
        self.assertEqual([query[key] for key in ("response_type", "client_id", "redirect_uri", "scope", "code_challenge_method")],
                         ["code", "us.apps.googleusercontent.com", "http://testserver/signin/google/back/", "openid email profile", "S256"])
        self.assertRedirects(self.client.get("/signin/google/back/", {"code": "a-code", "state": query["state"]}), "/me/")
        token, profile = self.service.asked
        form = token.form
        self.assertEqual([form[key] for key in ("grant_type", "code", "redirect_uri", "client_id", "client_secret")],
                         ["authorization_code", "a-code", "http://testserver/signin/google/back/", "us.apps.googleusercontent.com", "google-secret"])
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        self.assertEqual((proof, profile.headers["Authorization"]), (query["code_challenge"], "Bearer a-token"))

    def test_makes_an_account_once_and_knows_it_by_its_subject(self):
        self.sign_in("google")
        user = User.objects.get()
        self.assertEqual((user.username, user.email, user.has_usable_password(), user.account.name), ("ada@example.org", "ada@example.org", False, "Ada Lovelace"))
        self.client.post("/signout/")
        self.sign_in("google", ADA | {"email": "new@example.org"})
        self.assertEqual((User.objects.get(), int(self.client.session["_auth_user_id"])), (user, user.pk))

    def test_takes_an_account_of_the_same_address_over_from_whoever_made_it(self):
        account_id, token = self.account("ada@example.org")
        self.sign_in("google")
        self.assertEqual(User.objects.get().pk, account_id)
        self.assertEqual(self.call("PUT", f"/account/{account_id}", {"name": "B"}, token)[0], 401)
        self.assertEqual(self.call("POST", "/login", {"email": "ada@example.org", "password": PASSWORD})[0], 401)

    def test_an_address_that_google_has_not_verified_is_nobodys(self):
        account_id, _ = self.account("ada@example.org")
        for verified in (False, "true", None):
            Identity.objects.all().delete()
            User.objects.exclude(pk=account_id).delete()
            self.sign_in("google", ADA | {"email_verified": verified})
            self.assertNotEqual(Identity.objects.get().user_id, account_id)
            self.assertEqual(Identity.objects.get().user.email, "")
            self.client.post("/signout/")

    def test_staff_and_closed_accounts_cannot_be_taken_over(self):
        for fields in ({"is_staff": True}, {"is_active": False}):
            User.objects.all().delete()
            user = User.objects.create_user("ada@example.org", "ada@example.org", PASSWORD, **fields)
            with self.assertLogs("people.views", "WARNING"):
                self.refused(self.sign_in("google"))
            user.refresh_from_db()
            self.assertTrue(user.check_password(PASSWORD))
        Identity.objects.create(provider="google", subject=ADA["sub"], user=user)
        with self.assertLogs("people.views", "WARNING"):
            self.refused(self.sign_in("google"))

    def test_a_state_that_is_not_this_visitors_signs_nobody_in(self):
        other = Client()
        state = self.leave("google", other)["state"]
        with self.assertLogs("people.views", "WARNING"):
            self.refused(self.client.get("/signin/google/back/", {"code": "a-code", "state": state}))
        with self.assertLogs("people.views", "WARNING") as logs:
            self.refused(self.sign_in("google", state="forged"))
        self.assertEqual((logs.output, self.service.asked), (["WARNING:people.views:nobody signed in: google: mismatching_state"], []))

    def test_a_way_back_is_good_once_and_for_its_provider(self):
        state = self.leave("google")["state"]
        with self.assertLogs("people.views", "WARNING"):
            self.refused(self.client.get("/signin/facebook/back/", {"code": "a-code", "state": state}))
            self.refused(self.client.get("/signin/google/back/", {"code": "a-code", "state": state}))
        self.assertEqual(self.service.asked, [])

    def test_who_declines_and_what_fails_is_told_and_no_secret_is_logged(self):
        broken = {"away": lambda _: (500, "away"), "profile": lambda _: (401, {})}
        cases = [("access_denied", {"error": "access_denied", "code": ""}, {}), ("google: refused", {"error": "made\nup", "code": ""}, {}), ("invalid_grant", {"code": "an-old-code"}, {}),
                 ("neither JSON nor a form", {}, {"POST /google/token": broken["away"]}),
                 ("missing_token", {}, {"POST /google/token": lambda _: (200, {})}), ("its profile answered 401", {}, {"GET /google/profile": broken["profile"]})]
        for text, query, answers in cases:
            with self.subTest(text), patch.dict(self.service.answers, answers), self.assertLogs("people.views", "WARNING") as logs:
                answer = self.sign_in("google", **query)
                self.refused(answer)
            self.assertIn(text, logs.output[0])
            self.assertNotRegex(logs.output[0], "google-secret|a-code|a-token")


class Facebook(PeopleTestCase):
    profile_of_ada = {"id": "99", "name": "Ada"}

    def test_signs_in_with_a_proof_of_the_secret(self):
        self.assertEqual(self.leave("facebook")["scope"], "public_profile")
        self.assertRedirects(self.sign_in("facebook", self.profile_of_ada), "/me/")
        self.assertEqual((User.objects.get().username, Account.objects.get().name), ("facebook-99", "Ada"))
        proof = hmac.new(b"facebook-secret", b"a-token", hashlib.sha256).hexdigest()
        self.assertEqual(self.service.asked[1].query, {"fields": "id,name", "appsecret_proof": proof})

    def test_an_address_of_facebook_opens_no_account(self):
        account_id, _ = self.account("ada@example.org")
        self.sign_in("facebook", self.profile_of_ada | {"email": "ada@example.org", "email_verified": True})
        self.assertNotEqual(Identity.objects.get().user_id, account_id)

    def test_its_own_kind_of_error_is_understood(self):
        self.service.answers["POST /facebook/token"] = lambda _: (400, {"error": {"message": "This authorization code has been used.", "code": 100}})
        with self.assertLogs("people.views", "WARNING") as logs:
            self.refused(self.sign_in("facebook", self.profile_of_ada))
        self.assertEqual(logs.output, ["WARNING:people.views:nobody signed in: facebook: refused"])


class Pages(PeopleTestCase):
    def test_only_what_is_set_up_is_offered(self):
        page = self.client.get("/signin/")
        self.assertContains(page, "Continue with Google")
        self.assertContains(page, "Continue with Facebook")
        for off, label in (("GOOGLE_OAUTH_SECRET", "Google"), ("FACEBOOK_APP_ID", "Facebook")):
            with override_settings(**{off: ""}):
                self.assertNotContains(self.client.get("/signin/"), label)
                self.assertEqual([self.client.get(f"/signin/{label.lower()}/{rest}").status_code for rest in ("", "back/")], [404, 404])
        self.assertEqual(self.client.get("/signin/somebody/").status_code, 404)

    def test_a_password_of_the_apps_signs_in_here_too(self):
        self.account()
        self.assertContains(self.client.post("/signin/", {"email": "ada@example.org", "password": "wrong"}), "E-mail or password is wrong.", status_code=400)
        self.assertRedirects(self.client.post("/signin/", {"email": "ADA@example.org", "password": PASSWORD}), "/me/")
        self.assertRedirects(self.client.get("/signin/"), "/me/")

    def test_the_basket_stays_and_the_order_is_theirs(self):
        self.client.post("/basket/add/", {"product": Product.objects.get(slug="regina").pk})
        self.assertRedirects(self.sign_in("google"), "/order/")
        Account.objects.update(phone="+33 1", address="1 rue A")
        page = self.client.get("/order/")
        for value in ("Ada Lovelace", "+33 1", "1 rue A"):
            self.assertContains(page, f'value="{value}"')
        self.client.post("/order/", {"restaurant": 1, "mode": "pickup", "name": "Ada"})
        order = Order.objects.get()
        self.assertEqual(order.account, Account.objects.get())
        self.assertContains(self.client.get("/me/"), f"/track/{order.pk}/")

    def test_nobody_sees_the_orders_of_others(self):
        self.account("eve@example.org")
        eve = Account.objects.get()
        order = Order.objects.create(restaurant=Restaurant.objects.first(), account=eve, name="Eve")
        self.sign_in("google")
        self.assertNotContains(self.client.get("/me/"), str(order.pk))

    def test_out_is_out_and_who_is_not_in_is_asked(self):
        self.sign_in("google")
        self.assertContains(self.client.get("/"), ">Orders</a>")
        self.assertEqual(self.client.get("/signout/").status_code, 405)
        self.assertRedirects(self.client.post("/signout/"), "/")
        self.assertContains(self.client.get("/"), "Sign in")
        self.assertRedirects(self.client.get("/me/"), "/signin/")
        self.assertNotIn("sessionid", Client().get("/").cookies)
