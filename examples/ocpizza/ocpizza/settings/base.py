"""What is the same wherever the site runs."""
from pathlib import Path

# resolve(): a slot is a link to its release, and the folder of a release is named by its digest.
BASE_DIR = Path(__file__).resolve().parent.parent.parent
RELEASE = BASE_DIR.name

# Where the backups of single cities go.
CITY_BACKUPS = BASE_DIR / "backups"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "shop",
    "payments",
    "people",
    "city",
    "city_001",
    "city_002",
    "city_003",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "shop.away.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.basket.basket_of",
                "payments.views.cards_of",
                "city.config.cities_of",
            ],
        },
    },
]

ROOT_URLCONF = "ocpizza.urls"
WSGI_APPLICATION = "ocpizza.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names carry a hash of the content, so that nginx may let browsers keep them for ever.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

# The basket lives in the session, for two weeks.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LOGIN_TOKEN_SECONDS = 24 * 3600

# Services outside: each is off without its key.
STRIPE_API = "https://api.stripe.com"
STRIPE_API_KEY = ""
GOOGLE_OAUTH_CLIENT_ID = GOOGLE_OAUTH_SECRET = ""
FACEBOOK_APP_ID = FACEBOOK_APP_SECRET = ""

# GET /slow, for load tests; only production.py can open it.
ENABLE_BENCH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    # stderr only: the journal adds the time and the unit.
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django's own handlers would mail administrators and print again.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}, "stripe": {"level": "WARNING"}},
}
