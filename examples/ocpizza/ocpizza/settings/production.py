"""The public site. Reads nothing but the environment; README.md has the table of variables."""
import os
from pathlib import Path

from .base import *  # noqa: F403 (how Django layers settings)
from .database import database
from .environment import one_of, required, whole_number, words
from .outside import report_errors, stripe_key

DEBUG = False
SECRET_KEY = required("DJANGO_SECRET_KEY", "<50 random characters>")
DATABASES = {"default": database(required("DATABASE_URL", "postgres://user:password@host/name?sslmode=verify-full"))}
# https://docs.djangoproject.com/en/5.2/ref/databases/#transaction-pooling-and-server-side-cursors
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = os.environ.get("DATABASE_POOL") == "transaction"

SITE_SCHEME = one_of("SITE_SCHEME", ("https", "http"), "https")
ALLOWED_HOSTS = words("SITE_HOSTS", "localhost,127.0.0.1")
# nginx may speak plain HTTP to a balancer that ended TLS; the Origin that browsers send stays the public one.
CSRF_TRUSTED_ORIGINS = [f"{SITE_SCHEME}://{host}" for host in ALLOWED_HOSTS if not host.startswith((".", "*"))]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SITE_SCHEME == "https":
    # HSTS and the redirect from http are nginx's.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Without a mail server POST /resetPassword answers 503.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = whole_number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", f"OC Pizza <no-reply@{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else 'localhost'}>")

report_errors(os.environ.get("SENTRY_DSN", ""))
STRIPE_API_KEY = stripe_key(os.environ.get("STRIPE_API_KEY", ""))
GOOGLE_OAUTH_CLIENT_ID = os.environ.get("GOOGLE_OAUTH_CLIENT_ID", "")
GOOGLE_OAUTH_SECRET = os.environ.get("GOOGLE_OAUTH_SECRET", "")
FACEBOOK_APP_ID = os.environ.get("FACEBOOK_APP_ID", "")
FACEBOOK_APP_SECRET = os.environ.get("FACEBOOK_APP_SECRET", "")

# In every backup of the stack that names it in backup.paths.
CITY_BACKUPS = Path(os.environ.get("CITY_BACKUPS", "/srv/webstack/shared/data/city-backups"))

ENABLE_BENCH = one_of("ENABLE_BENCH", ("0", "1"), "0") == "1"
