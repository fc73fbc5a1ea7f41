"""Goodword for any server on Python 3.10 or newer, with nothing but Python: an order that was paid, and a refund.

Grade: ran against the edge (`tests/tests/api/samples.rs`).
"""

import base64, hashlib, hmac, json, os, time, urllib.request


def report(name, body):
    """Raises where it is not taken: keep the report, and send it again later. What was told before counts once."""
    text, now = json.dumps(body), int(time.time())
    key = base64.b64decode(os.environ["GOODWORD_ORDERS_KEY"].removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{now}.{text}".encode(), hashlib.sha256).digest()
    head = {"content-type": "application/json", "webhook-id": name, "webhook-timestamp": str(now),
            "webhook-signature": "v1," + base64.b64encode(digest).decode()}
    url = f"{os.environ['GOODWORD_URL']}/v1/programs/{os.environ['GOODWORD_PROGRAM']}/orders"
    with urllib.request.urlopen(urllib.request.Request(url, text.encode(), head), timeout=10) as answer:
        return json.load(answer)


def paid(order):
    """Amounts are integers in the currency's smallest unit; `subtotal` is after discounts, without tax and shipping."""
    same = {name: order[name] for name in ("customer", "currency", "subtotal", "discount", "total", "token")}
    return report(f"{order['id']}-paid",
                  {"kind": "order", "order_id": order["id"], "discount_codes": order["codes"], **same})


def refunded(order, refund, amount):
    return report(f"{order['id']}-{refund}", {"kind": "refund", "order_id": order["id"], "refund_id": refund,
                                              "amount": amount, "currency": order["currency"]})
