"""Settings of front end and job. Reads nothing but the environment; README.md has the table of variables."""
from pathlib import Path

import dj_database_url

from . import journal
from .environment import database_url, url, words

# resolve(): a slot is a link to its release, and the folder of a release is named by its digest.
BASE_DIR = Path(__file__).resolve().parent.parent
RELEASE = BASE_DIR.name

DEBUG = False
# No SECRET_KEY: there are no sessions, forms or logins, so nothing is ever signed.
ALLOWED_HOSTS = words("SITE_HOSTS", "localhost,127.0.0.1")

INSTALLED_APPS = ["django.contrib.staticfiles", "prices"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "analyzer.urls"
WSGI_APPLICATION = "analyzer.wsgi.application"

DATABASES = {"default": dj_database_url.parse(database_url(), conn_max_age=60, conn_health_checks=True)}
# A database that is away must cost a request seconds, not minutes.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)

# The API on this host; webstack keeps the port the same whichever slot of the API serves.
API_URL = url("API_URL", ("http", "https"), "http://127.0.0.1:8001/api/")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Names carry a hash of the content, so that nginx may let browsers keep them for ever.
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}

LOGGING = journal.LOGGING
