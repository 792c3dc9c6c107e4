"""Tests: SQLite in memory, or the database of DATABASE_URL."""
import os

from .base import *  # noqa: F403 (how Django layers settings)
from .database import database

DEBUG = False
SECRET_KEY = "tests only"
DATABASES = {"default": database(os.environ.get("DATABASE_URL", "sqlite://:memory:"))}
ALLOWED_HOSTS = ["testserver"]
EMAIL_HOST = "mail.test"
# The real hasher takes 0.3 s for every password, on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Hashed names want a collectstatic; tests/test_static.py does one.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
# Refusals are what many tests are about.
LOGGING["loggers"]["django"]["level"] = "ERROR"  # noqa: F405
