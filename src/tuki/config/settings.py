"""Django's settings. What differs from one installation to the next comes from the environment alone."""

import sys
from ipaddress import ip_network
from pathlib import Path

from tuki.config import environment, logs
from tuki.mail.trust.authentication import Trust
from tuki.mail.trust.resolver import Dns, Resolver, Written

try:
    ENVIRONMENT = environment.read()
except environment.WrongSetting as wrong:
    sys.exit(f"tuki: {wrong}")

SOURCE = Path(__file__).resolve().parent.parent
SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
PUBLIC_URL = ENVIRONMENT.url
ALLOWED_HOSTS = ["*"]  # links are made of TUKI_URL, never of what a browser calls us
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    # Ours first, the lowest last, so that templates above win over templates below.
    "tuki.blueprint",
    "tuki.doors.portal",
    "tuki.doors.workspace",
    "tuki.doors.setup",
    "tuki.doors.email",
    "tuki.look",
    "tuki.live",
    "tuki.notifications",
    "tuki.tickets",
    "tuki.knowledge",
    "tuki.mail",
    "tuki.files",
    "tuki.upkeep",
    "tuki.people",
    "tuki.desk",
    "tuki.journal",
    "tuki.jobs",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "template_partials.apps.SimpleAppConfig",
    "django_prose_editor",  # only its script: agents' editor, fetched when somebody first writes
]
if ENVIRONMENT.demo:
    INSTALLED_APPS.insert(0, "tuki.demo")
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tuki.config.logs.requests",
    "tuki.config.health.before_all",
    "tuki.look.policy.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tuki.doors.arrivals.reader",  # request.actor, request.htmx, language and time zone
    "tuki.doors.arrivals.refusals",  # Denied 403, Refused 409, a locked database 503
    "allauth.account.middleware.AccountMiddleware",
    "tuki.doors.arrivals.last_seen",
]
ROOT_URLCONF = "tuki.demo.urls" if ENVIRONMENT.demo else "tuki.config.urls"
WSGI_APPLICATION = "tuki.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tuki.look.context.desk",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "tuki.look.templatetags.tuki"],
        },
    }
]

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"
CACHES = {
    # allauth counts its rate limits here: in the database, so that they hold over processes and nodes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # When it is full, counts are forgotten: whoever guesses must not be able to fill it.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # Which forms have been sent: remembered in the transaction of what came of them, so that none is done twice.
    "sent": {
        "BACKEND": "tuki.doors.sent.SentForms",
        "LOCATION": "sent_forms",
    },
}
CSRF_FAILURE_VIEW = "tuki.look.errors.stale_form"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENVIRONMENT.data / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGES = [("en", "English"), ("fi", "Suomi"), ("sv", "Svenska"), ("nl", "Nederlands")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"

SESSION_ENGINE = "tuki.people.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # of form fields; files are apart
FILE_UPLOAD_TEMP_DIR = None

AUTHENTICATION_BACKENDS = ["tuki.doors.portal.account.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tuki.doors.portal.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "tuki.doors.portal.account.forms.SignInForm",
    "request_login_code": "tuki.doors.portal.account.forms.CodeRequestForm",
    "confirm_login_code": "tuki.doors.portal.account.forms.CodeForm",
    "reset_password": "tuki.doors.portal.account.forms.ForgottenForm",
    "reset_password_from_key": "tuki.doors.portal.account.forms.ResetPasswordKeyForm",
    "change_password": "tuki.doors.portal.account.forms.ChangePasswordForm",
    "set_password": "tuki.doors.portal.account.forms.SetPasswordForm",
    "reauthenticate": "tuki.doors.portal.account.forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = [
    "email*",
    "password1*",
]  # nobody signs up by it, but allauth wants to know
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # a mail may take its time
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whoever's password changes, hears of it
# An unknown address costs the work of a mail, so that nobody learns from the time it takes; the adapter sends none.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # out everywhere else (people.actions.set_password), but not here
# Beside allauth's own limits, by the day: of mails to one address, and so of guesses at the codes in them; and of mails
# that one person has sent to others.
ACCOUNT_RATE_LIMITS = {
    "manage_email": "10/m/user,50/d/user",
    "invite_again": "3/m/key,20/d/key",
    "invite_colleague": "50/d/user,5/d/key",
    "request_login_code": "20/m/ip,3/m/key,20/d/key",
    "reset_password": "20/m/ip,3/m/key,20/d/key",
    "follow": "20/m/ip,200/d/ip,5/h/key",
    "signup": "20/m/ip,200/d/ip,3/m/key,10/d/key",
    "vote": "30/m/ip,500/d/ip",  # a browser without the cookie is a new voter each time
}
MFA_ADAPTER = "tuki.doors.portal.account.adapter.TwoFactorAdapter"
MFA_FORMS = {
    "authenticate": "tuki.doors.portal.account.forms.SecondStepForm",
    "reauthenticate": "tuki.doors.portal.account.forms.SecondStepAgainForm",
    "activate_totp": "tuki.doors.portal.account.forms.TurnOnForm",
    "add_webauthn": "tuki.doors.portal.account.passkeys.AddForm",
    "edit_webauthn": "tuki.doors.portal.account.passkeys.RenameForm",
    "login_webauthn": "tuki.doors.portal.account.passkeys.SignInForm",
    "authenticate_webauthn": "tuki.doors.portal.account.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "tuki.doors.portal.account.passkeys.AgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The library would take any page of our domain: our forms take none but those of TUKI_URL (account/passkeys.py).
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Nothing can be guessed there; each sign-in asks twice, and an office comes from one address.
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
# Every account began with mail that reached its owner: a further address not yet confirmed is no reason to refuse.
MFA_ALLOW_UNVERIFIED_EMAIL = True

SMTP = ENVIRONMENT.smtp
SMTP_LISTEN = ENVIRONMENT.smtp_listen
DKIM_SELECTOR = ENVIRONMENT.dkim_selector
DKIM_FOLDER = ENVIRONMENT.data / "dkim"
MAIL_PACE = ENVIRONMENT.mail_pace  # mails to one domain: at once, and in a minute
LMTP_LISTEN = ENVIRONMENT.lmtp_listen
DEMO = ENVIRONMENT.demo
# Who is asked what a sender's domain says of its mail, and whose word is taken on where a mail came from.
MAIL_RESOLVER: Resolver | None = Dns(ENVIRONMENT.dns) if ENVIRONMENT.dns is not None else None
if DEMO:  # where mail comes from this very machine, as whoever tries it likes; here it may speak for the desk's people
    _HERE = ["v=spf1 ip4:127.0.0.0/8 ip6:::1 -all"]
    MAIL_RESOLVER = Written({(f"{desk}.example", "TXT"): _HERE for desk in ("heeros", "haiilo", "admicom", "festum")})
MAIL_TRUST = Trust(
    relays=tuple(ip_network(relay) for relay in ENVIRONMENT.trusted_relays),
    servers=frozenset(ENVIRONMENT.trusted_authserv),
)
MAIL_RAW_FOLDER = ENVIRONMENT.data / "mail"
# Limits that pages name before somebody runs into them.
FILE_SIZE_LIMIT = 25 * 1024 * 1024
FILES_PER_MESSAGE = 20
FILES_NOT_SENT_LIMIT = 500 * 1024 * 1024  # bytes that one person may have uploaded for messages they did not send
REQUEST_SIZE_LIMIT = 200 * 1024 * 1024  # of a form with all its files
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
LOGGING = logs.config("WARNING" if DEMO else "INFO")
