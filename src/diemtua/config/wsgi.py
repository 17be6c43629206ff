"""The WSGI application the server runs: Django behind the public pages that are kept in memory."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diemtua.config.settings")
django_application = get_wsgi_application()

from diemtua.portal.kept import KeptPages  # noqa: E402

application = KeptPages(django_application)
