"""One settings file for every machine; what differs between machines comes from the environment.

DATABASE_URL      postgres://… or sqlite:////path/file.sqlite3 (default: var/diemtua.sqlite3)
DIEMTUA_VAR       folder of everything the program writes (default: ./var)
DIEMTUA_SECRET    secret key (default: made once and kept in var/secret-key)
DIEMTUA_HOSTS     comma-separated host names it answers to (default: any loopback name)
DIEMTUA_HOME      the province whose register this is (default: Thái Bình)
DIEMTUA_DEBUG     1 for developers
DIEMTUA_PROXIES   addresses or networks of the proxies before the server, whose X-Forwarded-For is believed (default: none)
DIEMTUA_WEBHOOK_HOSTS  hosts of the inner network that webhooks may call, parted by commas (default: none)
DIEMTUA_WEBHOOK_HTTP   1 to let webhooks call http addresses too (for trials)
DIEMTUA_MAP_TILES address of outside map tiles, https://…/{z}/{x}/{y}.png (default: none, the map needs no network)
DIEMTUA_MAP_TILES_CREDIT  what the map then says of where they come from
"""

import ipaddress
import os
import secrets
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("DIEMTUA_VAR") or "var").resolve()
DEBUG = os.environ.get("DIEMTUA_DEBUG") == "1"


def _secret_key() -> str:
    """The key from the environment, or one made on the first start and readable by the owner only."""
    if key := os.environ.get("DIEMTUA_SECRET"):
        return key
    path = VAR / "secret-key"
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:  # another process made it between the check and now
            pass
    return path.read_text()


SECRET_KEY = _secret_key()
_hosts = os.environ.get("DIEMTUA_HOSTS", "")
ALLOWED_HOSTS = [h.strip() for h in _hosts.split(",") if h.strip()] or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{h.strip()}" for h in _hosts.split(",") if h.strip()]
HOME_PROVINCE = os.environ.get("DIEMTUA_HOME", "Thái Bình")
TRUSTED_PROXIES = [
    ipaddress.ip_network(part.strip(), strict=False)
    for part in os.environ.get("DIEMTUA_PROXIES", "").split(",")
    if part.strip()
]
MAP_TILES = os.environ.get("DIEMTUA_MAP_TILES", "")
MAP_TILES_CREDIT = os.environ.get("DIEMTUA_MAP_TILES_CREDIT", "")

INSTALLED_APPS = [
    "diemtua.rulebook",
    "diemtua.places",
    "diemtua.register",
    "diemtua.sources",
    "diemtua.parties",
    "diemtua.instruments",
    "diemtua.land",
    "diemtua.markets",
    "diemtua.engagements",
    "diemtua.projects",
    "diemtua.news",
    "diemtua.insight",
    "diemtua.portal",
    "diemtua.api",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "diemtua.register.middleware.SafetyMiddleware",
    "diemtua.api.guarding.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "diemtua.register.accounts.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "diemtua.config.urls"
WSGI_APPLICATION = "diemtua.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "diemtua.register.desk.rendering.Renderer"

# --- database -------------------------------------------------------------------------------------
_url = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'diemtua.sqlite3'}"
# A connection that PostgreSQL has dropped (a restart) is noticed before a page is lost to it.
DATABASES = {"default": dj_database_url.parse(_url, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Readers never wait (WAL); a writer takes its lock at once, so two writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=2147418112;"
        ),
    }
else:
    # Pages are small: several workers or compiled code for one of them cost more than they save. Statements
    # that `register.prepared` repeats are planned once and for all values; every other one for its own.
    # `?prepare_threshold=off` in the address turns that off, for poolers that cannot keep statements.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _threshold = str(_options.pop("prepare_threshold", "2"))
    if _threshold.isdigit():
        _options["prepare_threshold"] = int(_threshold)
    _options["options"] = " ".join(
        (
            "-c jit=off -c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan",
            _options.get("options", ""),
        )
    ).strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "register.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "sesame.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "diemtua.register.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Điểm Tựa"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are entered by administrators and never verified by mail
SESAME_ONE_TIME = True
SESAME_MAX_AGE = 24 * 60 * 60

# --- language, time -------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

LANGUAGE_CODE = "vi"
# The portal speaks all of these; the desk and Wagtail's own pages the first two.
LANGUAGES = [
    ("vi", _("Vietnamese")),
    ("en", _("English")),
    ("ko", _("Korean")),
    ("zh-hans", _("Chinese")),
    ("ja", _("Japanese")),
]
DESK_LANGUAGES = LANGUAGES[:2]
# Without this, Wagtail's forms take 11/12/2026 for the eleventh month, in both languages.
FORMAT_MODULE_PATH = "diemtua.config.formats"
LOCALE_PATHS = [PACKAGE / "locale", PACKAGE / "locale_cms"]  # the second: words of Wagtail's own pages
LANGUAGE_COOKIE_NAME = "diemtua_language"
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# --- files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "pictures": {"BACKEND": "diemtua.portal.pictures.PictureStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False
UPLOAD_LIMIT_BYTES = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_HANDLERS = [
    "diemtua.register.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- safety ---------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "diemtua.register.accounts.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
# Webhooks call https addresses of the open network only; hosts of an inner network are named here by the machine's
# administrator, whom the desk's administrators cannot overrule.
WEBHOOK_PRIVATE_HOSTS = [h.strip() for h in os.environ.get("DIEMTUA_WEBHOOK_HOSTS", "").split(",") if h.strip()]
# How often each process of the server does what falls due with time (`register.upkeep`).
UPKEEP_SECONDS = float(os.environ.get("DIEMTUA_UPKEEP_SECONDS") or 60)
WEBHOOK_HTTP = os.environ.get("DIEMTUA_WEBHOOK_HTTP") == "1"
if os.environ.get("DIEMTUA_HTTPS") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

# --- pages: the portal and the newsroom ------------------------------------------------------------
WAGTAIL_SITE_NAME = "Điểm Tựa"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_BASE_URL = f"https://{_hosts.split(',')[0].strip()}" if _hosts.strip() else "http://127.0.0.1:8000"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
WAGTAILADMIN_LOGIN_URL = LOGIN_URL  # one door for everybody: no password of Wagtail's own
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # nothing is asked of other hosts
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_NOTIFICATION_USE_HTML = False
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAIL_AUTO_CREATE_PAGE_REDIRECTS = True
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT, WAGTAIL_TIME_FORMAT = "%d/%m/%Y", "%d/%m/%Y %H:%M", "%H:%M"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000  # 9,000 × 6,600: more than any press camera, less than memory
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]  # no SVG: it may carry scripts
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"avif": "webp", "bmp": "jpeg", "heic": "jpeg"}
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple", "AUTO_UPDATE": True}
}
WAGTAILIMAGES_RENDITION_STORAGE = "pictures"
MEDIA_URL = "/media/"
TAGGIT_CASE_INSENSITIVE = True

DJANGO_TABLES2_TEMPLATE = "register/table.html"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
