"""Settings of the portal, read from environment variables (docs/operation.md) by the strict readers of
``ula_portal.env``.
"""

from pathlib import Path

from bootstrap_wrapper import get_bootstrap_css_dir
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from ula_portal import data_folder, embedded_postgres, env, production

env.begin()
BASE_DIR = Path(__file__).resolve().parent.parent

PORTAL_ENV = env.read_str("PORTAL_ENV", default="demo", choices=("demo", "production", "test"))
PRODUCTION = PORTAL_ENV == "production"
DEBUG = env.read_bool("DEBUG", default=False)
VAR_DIR = env.read_path("VAR_DIR", default=BASE_DIR / "var")
SECRET_KEY = data_folder.secret_key(VAR_DIR, production=PRODUCTION)
ALLOWED_HOSTS = env.read_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
# Base of addresses in e-mails and QR codes, since the worker has no request.
PORTAL_URL = env.read_url("PORTAL_URL", default="http://127.0.0.1:8000").rstrip("/")
# For closed networks without TLS. Secure cookies and HSTS depend on PORTAL_URL.
ALLOW_HTTP = env.read_bool("ALLOW_HTTP", default=False)
if PRODUCTION:
    production.check_settings(debug=DEBUG, hosts=ALLOWED_HOSTS, portal_url=PORTAL_URL, allow_http=ALLOW_HTTP)
# Reverse proxies whose headers about the client's address and scheme are trusted.
TRUSTED_PROXIES = env.read_networks("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "ula_portal.core.apps.CoreConfig",
    "sop",
    "services",
    "visitors",
    "ula_portal.reports",
    "ula_portal.opening",
    "ula_portal.demo",
    "ula_portal.first_visit",
    "ula_portal.serving",
    "ula_portal.core.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "ula_portal.core.security.client_address.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ula_portal.core.web.middleware.ChosenLanguageMiddleware",
    "ula_portal.core.web.middleware.ReadableInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ula_portal.core.web.middleware.WrongMethodMiddleware",
    "django.middleware.common.CommonMiddleware",
    "ula_portal.core.web.kept_input.middleware.KeptInputMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ula_portal.core.web.middleware.StaffPagesMiddleware",
    "ula_portal.core.web.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "ula_portal.urls"
WSGI_APPLICATION = "ula_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ula_portal.core.web.context.portal",
            ],
            "builtins": ["ula_portal.core.web.tags"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The role that owns the tables and only migrates, if it is another one than the role of the portal.
DATABASE_OWNER = env.read_database_url("DATABASE_OWNER_URL")
_database_options = "-c jit=off -c statement_timeout=60s -c lock_timeout=15s -c idle_in_transaction_session_timeout=60s"
_database = env.read_database_url("DATABASE_URL")
if DATABASE_OWNER:
    production.check_owner(DATABASE_OWNER, _database)
_database = _database or embedded_postgres.database_settings(VAR_DIR)
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Users learn quickly that the server is unreachable, not after the system's two minutes.
        "OPTIONS": {"connect_timeout": 10, **_database.get("OPTIONS", {}), "options": _database_options},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "ula_portal.core.security.auth_backend.PortalBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff_home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "ula_portal.core.security.accounts.PortalAccountAdapter"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "ula_portal.core.security.accounts.ResetTokens"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
LOGIN_WAIT_MINUTES = 5
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": f"10/m/ip,5/{LOGIN_WAIT_MINUTES}m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Portal ULA] "
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Portal ULA"
# Days after the creation of an account in which staff may work without a second factor.
MFA_GRACE_DAYS = env.read_int("MFA_GRACE_DAYS", default=14, minimum=0)

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("Inggris"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["ula_portal.core.text.formats"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap/css", get_bootstrap_css_dir())]
_static_backend = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG or PORTAL_ENV == "test"
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": _static_backend},
}
WHITENOISE_USE_FINDERS = DEBUG or PORTAL_ENV == "test"
# Files are found on request: tests create a handler per client, and each would scan all folders first.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

_email = env.read_email_url("EMAIL_URL", default=f"file://{VAR_DIR / 'mail'}")
EMAIL_BACKEND = _email["backend"]
# Without mail no page may promise one; use ``core.notices.mail``.
SENDS_MAIL = not EMAIL_BACKEND.endswith(".dummy.EmailBackend")
EMAIL_FILE_PATH = _email.get("file_path")
EMAIL_HOST = _email.get("host", "")
EMAIL_PORT = _email.get("port", 25)
EMAIL_HOST_USER = _email.get("user", "")
EMAIL_HOST_PASSWORD = _email.get("password", "")
EMAIL_USE_TLS = _email.get("tls", False)
EMAIL_USE_SSL = _email.get("ssl", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.read_str("DEFAULT_FROM_EMAIL", default="portal-ula@example.id")

# Rate limits of django-allauth count here, so all server processes must share it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "ula_portal.core.web.views.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
_https = PORTAL_URL.startswith("https://")
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_TRUSTED_ORIGINS = [PORTAL_URL] if _https else []
# ClientAddressMiddleware removes this header unless it comes from a trusted proxy.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 31536000 if _https else 0

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 30
# Days until an unsent draft is deleted; days until staff may close a request whose applicant does not answer; working
# days to object to a refusal (to be confirmed by the office's legal staff).
DRAFT_DAYS = env.read_int("DRAFT_DAYS", default=30, minimum=1)
UNANSWERED_DAYS = env.read_int("UNANSWERED_DAYS", default=30, minimum=0)
OBJECTION_DAYS = env.read_int("OBJECTION_DAYS", default=21, minimum=1)
# Working minutes after a step is offered before its alarm may ring; by default a working day of SOPs.
STEP_ALARM_FLOOR_MINUTES = env.read_int("STEP_ALARM_FLOOR_MINUTES", default=450, minimum=1)
# Appointments: how many days ahead can be booked; minutes of notice; open appointments per contact; how often one can
# be moved; minutes of waiting that its ticket is credited with; minutes until a visitor counts as missed.
APPOINTMENT_DAYS_AHEAD = env.read_int("APPOINTMENT_DAYS_AHEAD", default=28, minimum=1)
APPOINTMENT_NOTICE_MINUTES = env.read_int("APPOINTMENT_NOTICE_MINUTES", default=30, minimum=0)
APPOINTMENTS_PER_CONTACT = env.read_int("APPOINTMENTS_PER_CONTACT", default=2, minimum=1)
APPOINTMENT_MOVES = env.read_int("APPOINTMENT_MOVES", default=5, minimum=0)
APPOINTMENT_HEAD_START_MINUTES = env.read_int("APPOINTMENT_HEAD_START_MINUTES", default=30, minimum=0)
APPOINTMENT_GRACE_MINUTES = env.read_int("APPOINTMENT_GRACE_MINUTES", default=30, minimum=0)
# One document of a request; images and PDF only.
UPLOAD_MAX_BYTES = 5 * 1024 * 1024
# The socket of ClamAV's daemon; if set, no upload is stored unscanned.
CLAMAV = env.read_socket("CLAMAV")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"hide_tokens": {"()": "ula_portal.core.security.log_filter.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["hide_tokens"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # 404 and 403 are normal and are not logged.
        "django.request": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "ERROR"},
    },
}

# Recordings of spoken calls; created again if they are missing.
VOICE_DIR = VAR_DIR / "voice"
# Open live streams per server process; beyond that /live/ answers with 503.
LIVE_STREAMS = env.read_int("LIVE_STREAMS", default=1000, minimum=1, maximum=20000)

# Server processes, and page threads in each.
WEB_WORKERS = env.read_int("WEB_WORKERS", default=2, minimum=1, maximum=64)
WEB_THREADS = env.read_int("WEB_THREADS", default=8, minimum=1, maximum=64)

# Last, once all readers have registered their names.
env.finish()
