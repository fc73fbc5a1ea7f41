"""The least that makes the packages from PyPI a whole shop on SQLite: every page and every form is Oscar's own.

Everything that a shop writes lies in the folder SHOP_DATA, so that a copy of it is another shop.
"""

import os
from pathlib import Path

from oscar.defaults import *

DATA = Path(os.environ["SHOP_DATA"])
SECRET_KEY = "of-a-shop-that-only-tests-visit"
# The server of the tests hands out the static files as well.
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-gb"
ROOT_URLCONF = "shop.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA / "shop.sqlite3",
    "ATOMIC_REQUESTS": True,
    # What a crash would lose is thrown away anyway.
    "OPTIONS": {"timeout": 20, "init_command": "PRAGMA synchronous = OFF"},
}}


class _NoHistory:
    """Of no app are there migrations: a shop that begins today has its tables at once, as the models say."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


MIGRATION_MODULES = _NoHistory()
# Nobody's password is worth a tenth of a second here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

_APPS = [
    "analytics.apps.AnalyticsConfig", "checkout.apps.CheckoutConfig", "address.apps.AddressConfig",
    "shipping.apps.ShippingConfig", "catalogue.apps.CatalogueConfig", "catalogue.reviews.apps.CatalogueReviewsConfig",
    "communication.apps.CommunicationConfig", "partner.apps.PartnerConfig", "basket.apps.BasketConfig",
    "payment.apps.PaymentConfig", "offer.apps.OfferConfig", "order.apps.OrderConfig", "customer.apps.CustomerConfig",
    "search.apps.SearchConfig", "voucher.apps.VoucherConfig", "wishlists.apps.WishlistsConfig",
    "dashboard.apps.DashboardConfig", "dashboard.reports.apps.ReportsDashboardConfig",
    "dashboard.users.apps.UsersDashboardConfig", "dashboard.orders.apps.OrdersDashboardConfig",
    "dashboard.catalogue.apps.CatalogueDashboardConfig", "dashboard.offers.apps.OffersDashboardConfig",
    "dashboard.partners.apps.PartnersDashboardConfig", "dashboard.pages.apps.PagesDashboardConfig",
    "dashboard.ranges.apps.RangesDashboardConfig", "dashboard.reviews.apps.ReviewsDashboardConfig",
    "dashboard.vouchers.apps.VouchersDashboardConfig",
    "dashboard.communications.apps.CommunicationsDashboardConfig", "dashboard.shipping.apps.ShippingDashboardConfig",
]
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.contrib.sites", "django.contrib.flatpages",
    "oscar.config.Shop", *(f"oscar.apps.{app}" for app in _APPS),
    "widget_tweaks", "haystack", "treebeard", "django_tables2", "phonenumber_field", "sorl.thumbnail",
    "shop", "goodword_oscar.Goodword",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [Path(__file__).resolve().parent / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.template.context_processors.i18n",
        "django.contrib.messages.context_processors.messages",
        "oscar.apps.search.context_processors.search_form",
        "oscar.apps.checkout.context_processors.checkout",
        "oscar.apps.communication.notifications.context_processors.notifications",
        "oscar.core.context_processors.metadata",
        "shop.tag.tag",
    ]},
}]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
# Oscar lists its products from the search index: without one the shop is empty.
HAYSTACK_CONNECTIONS = {"default": {
    "ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": str(DATA / "index"), "INCLUDE_SPELLING": False,
}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
OSCAR_SHOP_NAME = "Ember & Oak"
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Paid", "Cancelled"), "Paid": ("Refunded", "Cancelled"), "Refunded": (), "Cancelled": (),
}

# What a merchant adds for Goodword: these, the sample's line in INSTALLED_APPS, its line in urls.py, and the tag.
GOODWORD_URL = os.environ.get("GOODWORD_URL", "")
GOODWORD_PROGRAM = os.environ.get("GOODWORD_PROGRAM", "")
GOODWORD_ORDERS_KEY = os.environ.get("GOODWORD_ORDERS_KEY", "")
GOODWORD_LIST_KEY = os.environ.get("GOODWORD_LIST_KEY", "")
GOODWORD_TAG = os.environ.get("GOODWORD_TAG", "")
