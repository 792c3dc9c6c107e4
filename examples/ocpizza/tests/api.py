"""A client of the web services that speaks JSON."""
import json
from typing import Any

from django.contrib.auth.models import User
from django.test import TestCase

PASSWORD = "quattro-stagioni-7"


class ApiTestCase(TestCase):
    def call(self, method: str, path: str, body: Any = None, token: str = "", **extra: Any) -> tuple[int, Any]:
        """Status and decoded body of one request."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        response = self.client.generic(method, path, data, content_type="application/json", headers=headers, **extra)
        self.response = response
        return response.status_code, json.loads(response.content) if response.content else None

    def account(self, email: str = "ada@example.org") -> tuple[int, str]:
        """Id and token of a new customer."""
        status, body = self.call("POST", "/createAccount", {"email": email, "password": PASSWORD, "name": "Ada"})
        self.assertEqual(status, 201, body)
        return body["id"], self.login(email)

    def login(self, email: str, password: str = PASSWORD) -> str:
        status, body = self.call("POST", "/login", {"email": email, "password": password})
        self.assertEqual(status, 200, body)
        return body["token"]

    def staff(self) -> str:
        """Token of one who works here."""
        User.objects.create_user("chef@example.org", "chef@example.org", PASSWORD, is_staff=True)
        return self.login("chef@example.org")
