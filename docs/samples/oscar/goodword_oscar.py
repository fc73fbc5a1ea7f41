"""Goodword for django-oscar: tells each order as it is placed, paid, refunded or cancelled, and lists them all.

Grade: ran on the real shop (django-oscar 4.2, `tests/tests/shops/`).

    pip install standardwebhooks
    INSTALLED_APPS += ["goodword_oscar.Goodword"]
    GOODWORD_URL, GOODWORD_PROGRAM, GOODWORD_ORDERS_KEY = "https://refer.shop.example", "acme", "whsec_..."
    GOODWORD_LIST_KEY = "..."                                          # a secret of your own, for the list
    urlpatterns += [path("goodword/orders", goodword_oscar.orders)]
"""

import json, logging, re, urllib.error, urllib.request
from datetime import datetime, timedelta, timezone

from babel.numbers import get_currency_precision
from django.apps import AppConfig
from django.conf import settings
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.db.models.signals import post_save
from django.db.transaction import on_commit
from django.http import JsonResponse
from django.utils.crypto import constant_time_compare

BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)
NOTE, PAGE = "Goodword", 100


def reports_of(order):
    """All that there is to tell of an order, oldest first: the same whenever it is asked, so that it counts once."""
    token = order.notes.filter(note_type=NOTE).values_list("message", flat=True).first()
    codes = sorted({discount.voucher_code for discount in order.discounts.all() if discount.voucher_code})
    # An order that was just placed still has its number as an integer.
    number, evidence = str(order.number), {"token": token, "discount_codes": codes}
    customer = {"id": order.user_id and str(order.user_id), "email": order.email or None}
    at = lambda time: (time - BEGINNING) // timedelta(milliseconds=1)
    minor = lambda amount: int(amount.scaleb(get_currency_precision(order.currency)))
    total = {"currency": order.currency, "total": minor(order.total_incl_tax)}
    net = {"subtotal": minor(order.basket_total_excl_tax), "discount": minor(order.total_discount_excl_tax)}
    refund = {"refund_id": f"{number}-refund", "currency": order.currency, "amount": total["total"]}
    # By what your OSCAR_ORDER_STATUS_PIPELINE calls them.
    told = {"Paid": {"kind": "order", "customer": customer, **evidence, **total, **net},
            "Refunded": {"kind": "refund", **refund}, "Cancelled": {"kind": "cancellation"}}
    reports = [{"kind": "order_placed", "order_id": number, "at": at(order.date_placed), **evidence}]
    for change in order.status_changes.order_by("pk"):
        if change.new_status in told:
            reports.append({"order_id": number, "at": at(change.date_created), **told[change.new_status]})
    return reports


def send(report):
    """What is lost here is found in the list: no purchase fails, and none waits long, because of a report."""
    from standardwebhooks import Webhook
    name, now, body = f"{report['order_id']}-{report['kind']}", datetime.now(timezone.utc), json.dumps(report)
    signature = Webhook(settings.GOODWORD_ORDERS_KEY).sign(name, now, body)
    head = {"content-type": "application/json", "webhook-id": name, "webhook-signature": signature,
            "webhook-timestamp": str(int(now.timestamp()))}
    url = f"{settings.GOODWORD_URL}/v1/programs/{settings.GOODWORD_PROGRAM}/orders"
    try:
        urllib.request.urlopen(urllib.request.Request(url, body.encode(), head), timeout=3).close()
    except Exception as error:
        answer = error.read().decode() if isinstance(error, urllib.error.HTTPError) else ""
        logging.getLogger("goodword").warning("%s was not taken: %s %s", name, error, answer)


class Goodword(AppConfig):
    name = "goodword_oscar"

    def ready(self):
        from oscar.apps.checkout.signals import post_checkout
        from oscar.core.loading import get_model

        def tell(order):
            # Only what is really stored is told: the shop's transaction may still fail.
            on_commit(lambda: send(reports_of(order)[-1]), robust=True)

        def placed(order, request, **_):
            own = f"__Secure-goodword-{settings.GOODWORD_PROGRAM}"
            token = request.COOKIES.get(own) or request.COOKIES.get("goodword", "")
            if re.fullmatch("[A-Za-z0-9_-]{1,120}", token):
                order.notes.create(note_type=NOTE, message=token)
            tell(order)

        def changed(instance, **_):
            tell(instance.order)

        # Oscar's `order_placed` knows no request, and its `order_status_changed` comes before the change is stored.
        post_checkout.connect(placed, weak=False)
        post_save.connect(changed, weak=False, sender=get_model("order", "OrderStatusChange"))


def orders(request):
    """GET /goodword/orders?after=CURSOR: reports of all orders since, by last change; `next` is null at the end."""
    from oscar.core.loading import get_model
    if not constant_time_compare(request.headers.get("authorization", ""), f"Bearer {settings.GOODWORD_LIST_KEY}"):
        return JsonResponse({"error": "the secret of GOODWORD_LIST_KEY is needed, as a bearer token"}, status=401)
    after = re.fullmatch(r"(\d{1,18})-(\d{1,18})", request.GET.get("after", "0-0"))
    if not after:
        return JsonResponse({"error": "`after` is the `next` of an earlier answer"}, status=400)
    at, last = BEGINNING + timedelta(microseconds=int(after[1])), int(after[2])
    changed = Coalesce(Max("status_changes__date_created"), F("date_placed"))
    later = get_model("order", "Order").objects.annotate(changed=changed).order_by("changed", "pk")
    page = list(later.filter(Q(changed__gt=at) | Q(changed=at, pk__gt=last))[:PAGE])
    cursor = f"{(page[-1].changed - BEGINNING) // timedelta(microseconds=1)}-{page[-1].pk}" if page else None
    return JsonResponse({"reports": [report for order in page for report in reports_of(order)], "next": cursor})
