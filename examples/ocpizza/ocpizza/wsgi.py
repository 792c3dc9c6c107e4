"""Entry of the WSGI server: `gunicorn ocpizza.wsgi:application`."""
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocpizza.settings.production")

from django.core.wsgi import get_wsgi_application  # noqa: E402 (the settings must be named first)

application = get_wsgi_application()
