"""A bare Django project: what a page or a submission costs with nothing but the framework."""

import json
import os

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["tests.load.reference"]
MIDDLEWARE = []
ROOT_URLCONF = "tests.load.reference.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [os.environ["BENCH_TEMPLATES"]],
        "OPTIONS": {},
    }
]
DATABASES = {
    "default": {
        **json.loads(os.environ["BENCH_DATABASE"]),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c jit=off"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
