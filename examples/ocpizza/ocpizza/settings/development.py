"""`runserver` on one's own machine: SQLite in a file, tracebacks in the browser."""
from .ci import *  # noqa: F403 (how Django layers settings)
from .database import database

DEBUG = True
LOGGING["loggers"]["django"]["level"] = "INFO"  # noqa: F405
DATABASES = {"default": database(f"sqlite:///{BASE_DIR}/development.sqlite3")}  # noqa: F405
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
