"""Fills a new database: two products, a percentage off for whoever has a voucher, vouchers, and who runs the shop."""

import os
from datetime import timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.utils import timezone
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model

PRODUCTS = (("House beans", "20.00"), ("Enamel mug", "12.50"))
# As many friends as a test may have.
FRIENDS = 8


def new(app, model, **fields):
    return get_model(app, model).objects.create(**fields)


Site.objects.update_or_create(pk=1, defaults={"domain": "127.0.0.1", "name": "Ember & Oak"})
new("address", "Country", iso_3166_1_a2="DE", printable_name="Germany", name="Germany", is_shipping_country=True)
partner = new("partner", "Partner", code="main", name="Main")
kind = new("catalogue", "ProductClass", name="Coffee", requires_shipping=True, track_stock=True)
category = create_from_breadcrumbs("Coffee")
for title, price in PRODUCTS:
    product = new("catalogue", "Product", upc=title, title=title, product_class=kind, structure="standalone")
    new("catalogue", "ProductCategory", product=product, category=category)
    new("partner", "StockRecord", product=product, partner=partner, partner_sku=title, price_currency="EUR",
        price=Decimal(price), num_in_stock=10_000)

everything = new("offer", "Range", name="Everything", includes_all_products=True)
Condition, Benefit, Voucher = get_model("offer", "Condition"), get_model("offer", "Benefit"), get_model("voucher", "Voucher")
condition = Condition.objects.create(range=everything, type=Condition.COUNT, value=1)


def voucher(code, percent, usage):
    now = timezone.now()
    made = Voucher.objects.create(code=code, name=code, usage=usage, start_datetime=now - timedelta(days=1),
                                  end_datetime=now + timedelta(days=3650))
    benefit = Benefit.objects.create(range=everything, type=Benefit.PERCENTAGE, value=Decimal(percent))
    # Vouchers add up in this shop, so that a buyer's own may stay beside a friend's.
    made.offers.add(new("offer", "ConditionalOffer", name=code, offer_type="Voucher", exclusive=False,
                        condition=condition, benefit=benefit))


# Single-use ones for friends, as a merchant makes them for a program; and one of the shop's own for everybody.
for friend in range(1, FRIENDS + 1):
    voucher(f"FRIEND{friend}", 15, Voucher.SINGLE_USE)
voucher("SPRING", 5, Voucher.MULTI_USE)
get_user_model().objects.create_superuser("staff", "staff@shop.example", "correct-horse-9")
