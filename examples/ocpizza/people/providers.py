"""Who vouches for customers, and where they are asked."""
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Addresses:
    """Pages and services of one provider."""

    authorize: str
    token: str
    profile: str


# https://accounts.google.com/.well-known/openid-configuration
GOOGLE = Addresses("https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", "https://openidconnect.googleapis.com/v1/userinfo")
# https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
FACEBOOK = Addresses("https://www.facebook.com/v21.0/dialog/oauth", "https://graph.facebook.com/v21.0/oauth/access_token", "https://graph.facebook.com/v21.0/me")
ADDRESSES = {"google": GOOGLE, "facebook": FACEBOOK}


@dataclass(frozen=True)
class Provider:
    name: str
    label: str
    scope: str
    # Facebook documents PKCE for OpenID Connect alone; there the secret and the state have to do.
    pkce: bool
    client_id: str
    client_secret: str

    @property
    def addresses(self) -> Addresses:
        return ADDRESSES[self.name]


def offered() -> list[Provider]:
    """Those that the site has both a name and a secret at."""
    all_of_them = [Provider("google", "Google", "openid email profile", True, settings.GOOGLE_OAUTH_CLIENT_ID, settings.GOOGLE_OAUTH_SECRET),
                   Provider("facebook", "Facebook", "public_profile", False, settings.FACEBOOK_APP_ID, settings.FACEBOOK_APP_SECRET)]
    return [provider for provider in all_of_them if provider.client_id and provider.client_secret]
