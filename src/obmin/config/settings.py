"""Django's settings. Everything comes from the environment and from `instance.toml` of the home."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

from obmin.files import cipher
from obmin.files import instance as instances

HOME = Path(os.environ.get("OBMIN_HOME", "obmin-home")).absolute()
OBMIN = instances.at(HOME)
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = OBMIN.secret("sessions").hex()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("OBMIN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "obmin.web",
    "obmin.vault",
    "obmin.audit",
    "obmin.jobs",
    "obmin.accounts",
    "obmin.documents",
    "obmin.people",
    "obmin.negotiation",
    "obmin.reception",
    "obmin.handover",
    "obmin.care",
    "obmin.bulletins",
    "obmin.desk",
]

MIDDLEWARE = [
    "obmin.web.policy.ContentPolicy",  # first: no static file, redirect or error leaves without it
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "obmin.config.sealed.Unsealed",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "obmin.accounts.middleware.SignedIn",
    "obmin.web.refusals.Refusals",
    "obmin.accounts.middleware.Touch",
]

ROOT_URLCONF = "obmin.config.urls"
WSGI_APPLICATION = "obmin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "obmin.web.frame.frame",
            ],
        },
    }
]

# Where the frame of a page (side list, stage strip) comes from: web draws it, desk fills it.
OBMIN_FRAME = "obmin.desk.frame.frame"

# Whom the keeper of names finds: rows written after an edition of the journal.
OBMIN_NAMES = "obmin.people.names.changes"

# Long work by kind: the function that does it.
OBMIN_JOBS = {
    "compose": "obmin.negotiation.jobs.compose",
    "duplicates": "obmin.people.merging.job",
    "fairness": "obmin.negotiation.jobs.fairness",
    "plan": "obmin.reception.jobs.plan",
    "read-list": "obmin.people.jobs.read_list",
    "import-list": "obmin.people.jobs.import_list",
}
OBMIN_ROUNDS = ("obmin.people.jobs.clear_lists",)  # what the worker does unasked, now and then

_SQLITE = {
    "ENGINE": "obmin.config.sqlcipher" if cipher.wanted() else "django.db.backends.sqlite3",
    "NAME": OBMIN.database,
    "OPTIONS": {
        # A write takes the write lock before it reads, so that two people never finalise one thing.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
        ),
    },
}
_URL = os.environ.get("OBMIN_DATABASE_URL", "")
DATABASES = {"default": dj_database_url.parse(_URL) if _URL else _SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["obmin.accounts.backend.Links"]
LOGIN_URL = "/sign-in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # passphrases of those who only read
# Where browsers find this instance ("https://obmin.example"); keys answer to these alone. None: localhost.
_NAMED = [f"https://{host}" for host in ALLOWED_HOSTS if host not in ("localhost", "127.0.0.1", "[::1]", "*")]
OBMIN_ORIGINS = [one for one in os.environ.get("OBMIN_ORIGINS", "").split(",") if one] or _NAMED
OBMIN_PROXY = os.environ.get("OBMIN_TLS") == "proxy"  # a proxy of ours stands before this and names the visitor
SESSION_COOKIE_NAME = "obmin"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not OBMIN.training
# Behind the proxy everything is HTTPS. Without it a live home answers to this machine's own browser alone.
SECURE_SSL_REDIRECT = not OBMIN.training and OBMIN_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OBMIN_PROXY else None
SECURE_HSTS_SECONDS = 0 if OBMIN.training else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not OBMIN.training
SECURE_HSTS_PRELOAD = not OBMIN.training
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "obmin.web.refusals.csrf_failure"

USE_TZ = True
TIME_ZONE = os.environ.get("OBMIN_TIME_ZONE", "Europe/Kyiv")
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Українська")]
LANGUAGE_COOKIE_NAME = "obmin-language"
LOCALE_PATHS = [PACKAGE / "web" / "locale"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
# What is sent up stays in memory: a temporary file would have names in it. What is larger is not taken.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 24 * 1024 * 1024
APPEND_SLASH = False
