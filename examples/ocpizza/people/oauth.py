"""Sign-in at a provider: OAuth 2.0 with a code, a state and, where the provider has it, PKCE. https://www.rfc-editor.org/rfc/rfc9700"""
import hashlib
import hmac
import re
from secrets import token_urlsafe
from typing import Any, NamedTuple

from .providers import Provider

# To connect, and for each part of an answer.
SECONDS = (3, 8)


class SignInError(Exception):
    """Nobody was signed in; the text says why, for the log."""


class Attempt(NamedTuple):
    """What has to be remembered until the visitor comes back, in the session."""

    provider: str
    state: str
    verifier: str


class Profile(NamedTuple):
    """Who the provider says it is. `email` is empty unless the provider vouches that it is theirs."""

    provider: str
    subject: str
    name: str
    email: str


def begin(provider: Provider, back: str) -> tuple[str, Attempt]:
    """The provider's page to go to, and what to remember; `back` is the address that it leads to."""
    # Here alone: jobs, and a site that offers neither, do without 7 MB.
    from oauthlib.oauth2 import WebApplicationClient

    client = WebApplicationClient(provider.client_id)
    attempt = Attempt(provider.name, token_urlsafe(24), client.create_code_verifier(64) if provider.pkce else "")
    proof = {"code_challenge": client.create_code_challenge(attempt.verifier, "S256"), "code_challenge_method": "S256"} if provider.pkce else {}
    return client.prepare_request_uri(provider.addresses.authorize, redirect_uri=back, scope=provider.scope, state=attempt.state, **proof), attempt


def finish(provider: Provider, attempt: Attempt, address: str, back: str) -> Profile:
    """Who came back to `address`, query included. Raises SignInError, also for one who declined."""
    import requests
    from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

    client = WebApplicationClient(provider.client_id)
    try:
        code = client.parse_request_uri_response(address, state=attempt.state)["code"]
        proof = {"code_verifier": attempt.verifier} if attempt.verifier else {}
        body = client.prepare_request_body(code=code, redirect_uri=back, client_secret=provider.client_secret, **proof)
        answer = requests.post(provider.addresses.token, data=body, headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
                               timeout=SECONDS, allow_redirects=False)
        token = client.parse_request_body_response(answer.text)["access_token"]
    except OAuth2Error as error:
        # Its text may hold what was sent. Its code is a word, but for Facebook, which has an object there, and for who makes one up.
        word = error.error if isinstance(error.error, str) and re.fullmatch(r"\w{1,60}", error.error) else "refused"
        raise SignInError(f"{provider.name}: {word}") from error
    except ValueError as error:
        raise SignInError(f"{provider.name}: its token is neither JSON nor a form") from error
    except requests.RequestException as error:
        raise SignInError(f"{provider.name}: {type(error).__name__}") from error
    return _profile(provider, _json(provider, token))


def _json(provider: Provider, token: str) -> dict[str, Any]:
    import requests

    query = {}
    if provider.name == "facebook":
        # A token that was stolen is of no use without the secret: https://developers.facebook.com/docs/graph-api/guides/secure-requests
        query = {"fields": "id,name", "appsecret_proof": hmac.new(provider.client_secret.encode(), token.encode(), hashlib.sha256).hexdigest()}
    try:
        answer = requests.get(provider.addresses.profile, params=query, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS, allow_redirects=False)
        found = answer.json() if answer.status_code == 200 else None
    except requests.RequestException as error:
        raise SignInError(f"{provider.name}: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise SignInError(f"{provider.name}: its profile answered {answer.status_code}")
    return found


def _profile(provider: Provider, found: dict[str, Any]) -> Profile:
    subject, name = found.get("id" if provider.name == "facebook" else "sub"), found.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise SignInError(f"{provider.name}: its profile has no id")
    # Only Google says that an address was verified.
    email = found.get("email") if provider.name == "google" and found.get("email_verified") is True else ""
    return Profile(provider.name, subject, name[:60] if isinstance(name, str) and name.isprintable() else "", email.lower() if isinstance(email, str) and len(email) <= 150 else "")
