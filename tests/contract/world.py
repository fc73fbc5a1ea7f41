"""Two programs on a running edge, with people, orders and rewards, and what it takes to speak for all of them.

The fuzzer knows one bearer key, one customer token and one mark for a signature. What leaves for the edge is given the
credential that its route takes, here, over the bytes that are sent: what the fuzzer left out or spoilt stays as it is.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import random
import re
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

EDGE = os.environ["GOODWORD_EDGE"]
ADMIN = os.environ["GOODWORD_ADMIN_KEY"]
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
MARK = "sign this"
SHOPIFY, SHOPIFY_HEADER = "what-shopify-signs-with", "x-shopify-hmac-sha256"
SETTINGS = {
    "name": "Ember & Oak", "store_url": "https://shop.example/", "allowed_origins": ["https://shop.example"],
    "currency": "EUR", "discount": {"kind": "percent", "basis_points": 1500},
    "reward": {"kind": "credit", "value": {"rule": "fixed", "amount": 500, "currency": "EUR"}},
    "reward_choices": [{"kind": "cash", "value": {"rule": "fixed", "amount": 400, "currency": "EUR"}}],
    "review_rewards": True, "hold_days": 0, "live_discounts_per_code_max": 100000,
}


def network(drawn=random.SystemRandom()):
    """An address in a network that nobody else comes from, so that no limit is in the way."""
    return f"fdca:{drawn.getrandbits(16):x}:{drawn.getrandbits(16):x}::1"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signature(key, identity, timestamp, body):
    secret = base64.b64decode(key.removeprefix("whsec_"))
    text = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


class MailTool(http.server.ThreadingHTTPServer):
    """The shop's mail tool: events come to it, and it keeps what proves addresses."""

    daemon_threads = True

    def __init__(self):
        self.secrets = []
        super().__init__(("127.0.0.1", 0), Delivery)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait_for(self, count):
        end = time.monotonic() + 60
        while len(self.secrets) < count:
            if time.monotonic() > end:
                raise SystemExit(f"{len(self.secrets)} of {count} links that prove an address have come")
            time.sleep(0.1)


class Delivery(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if event.get("type") == "proof.requested":
            self.server.secrets.append(event["data"]["link"].split("#gw-proof=")[1])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Program:
    """A program with keys of every kind."""

    def __init__(self, name, webhook_url=None):
        self.id = f"contract-{name}-{random.SystemRandom().getrandbits(40):x}"
        created = self.send("POST", "/v1/programs", {"program": self.id, **SETTINGS, "webhook_url": webhook_url}, {"authorization": f"Bearer {ADMIN}"})
        self.keys = json.loads(created.read())["keys"]
        # For the search for canaries that follows.
        with open("noted-secrets", "a", encoding="ascii") as noted:
            noted.writelines(f"{key}\n" for key in self.keys.values())

    def send(self, method, path, body=None, headers=None, also=()):
        data = None if body is None else json.dumps(body).encode()
        whole = {"cf-connecting-ip": network(), "user-agent": BROWSER, **(headers or {})}
        request = urllib.request.Request(EDGE + path, data, whole, method=method)
        try:
            return urllib.request.build_opener(NoRedirects).open(request, timeout=30)
        except urllib.error.HTTPError as answer:
            if answer.code < 400 or answer.code in also:
                return answer
            raise SystemExit(f"{method} {path}: {answer.code} {answer.read().decode()}")

    def call(self, method, tail, body=None, headers=None):
        answer = self.send(method, f"/v1/programs/{self.id}{tail}", body, headers)
        return json.loads(answer.read())

    def merchant(self, method, tail, body=None):
        return self.call(method, tail, body, {"authorization": f"Bearer {self.keys['api']}"})

    def customer(self, person):
        claims = {
            "aud": self.id, "exp": int(time.time()) + 3500, "sub": person, "email": f"canary-{person}@example.com",
            "name": f"{person.title()} Canarydoe",
        }
        text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        key = self.keys["customers"].encode()
        return f"{text}.{encoded(hmac.new(key, text.encode(), hashlib.sha256).digest())}"

    def report(self, tail, body):
        sent, now = json.dumps(body).encode(), str(int(time.time()))
        signed = signature(self.keys["orders"], "setup", now, sent)
        headers = {"webhook-id": "setup", "webhook-timestamp": now, "webhook-signature": signed}
        return self.call("POST", tail, body, headers)

    def deliver(self, body):
        sent = json.dumps(body).encode()
        headers = {SHOPIFY_HEADER: shopify(sent)}
        return json.loads(self.send("POST", f"/in/{self.id}/shopify", body, headers).read())

    def click(self, code):
        return self.send("GET", f"/r/{self.id}/{code}").headers["location"].split("#gw=")[1]


class World:
    """What there is to be found, and the keys for it."""

    def __init__(self):
        # What ends or locks out a program happens to another one than the rest of the run goes on with.
        mail = MailTool()
        self.main, self.spare = Program("main", mail.url), Program("spare")
        self.ensure_default()
        main = self.main
        self.code = main.call("POST", "/referrers", {"customer_token": main.customer("jane")})["code"]
        self.token, self.other_token = main.click(self.code), main.click(self.code)
        self.discount = main.call("POST", "/claims", {"token": main.click(self.code)})["discount_code"]
        self.orders = [f"order-{n}" for n in range(12)]
        for order in self.orders:
            main.report("/orders", {
                "kind": "order", "order_id": order, "customer": {"id": order, "email": f"canary-{order}@example.com"},
                "currency": "EUR", "subtotal": 2000, "total": 2000, "referral_code": self.code,
            })
        self.rewards = [reward["id"] for reward in main.merchant("GET", "/rewards")["rewards"]]
        for reward in self.rewards[:4]:
            main.merchant("POST", f"/rewards/{reward}/approve")
        for guest in [f"canary-guest-{n}@example.com" for n in range(8)]:
            main.call("POST", "/referrers", {"email": guest, "name": "Gus Canarydoe"})
            for _ in range(3):
                main.call("POST", "/referrers/proof", {"email": guest})
        mail.wait_for(24)
        self.secrets = mail.secrets
        entries = [{"kind": "customer", "value": f"listed-{n}"} for n in range(60)]
        self.blocks = [block["id"] for block in main.merchant("POST", "/blocks", {"entries": entries})["blocks"]]
        main.merchant("POST", "/discounts/codes", {"codes": [f"ONCE-{n:04}" for n in range(20)]})
        main.merchant("POST", "/keys", {"kind": "shopify", "secret": SHOPIFY})
        # Paid, and for a price that is none: these are kept.
        self.kept = [main.deliver({"id": n, "financial_status": "paid", "currency": "EUR", "total_price": "many"})["delivery"] for n in range(120)]
        self.referrals = [review["referral"] for review in main.merchant("GET", "/reviews")["reviews"]]
        self.spare_keys = [key["id"] for key in self.spare.merchant("GET", "/keys")["keys"]]
        self.api_key, self.customer_token = main.keys["api"], main.customer("jane")

    def ensure_default(self):
        """The short links lead to a program as well, whoever has made it."""
        body = {"program": "demo", **SETTINGS}
        self.main.send("POST", "/v1/programs", body, {"authorization": f"Bearer {ADMIN}"}, also=(409,))

    def speak(self, request):
        """Gives a request that leaves what its route takes, if it brings what stands for that."""
        headers, path = request.headers, urlsplit(request.url).path
        headers["cf-connecting-ip"] = network()
        if path.startswith("/r/"):
            headers["user-agent"] = BROWSER
        elsewhere = path == "/v1/programs" or path.startswith(f"/v1/programs/{self.spare.id}/")
        if elsewhere and headers.get("authorization") == f"Bearer {self.api_key}":
            headers["authorization"] = f"Bearer {ADMIN}"
        if text(headers.get(SHOPIFY_HEADER, "")) == MARK:
            body = request.body or b""
            headers[SHOPIFY_HEADER] = shopify(body.encode() if isinstance(body, str) else body)
        identity, sent_at = (text(headers.get(name, "")) for name in ("webhook-id", "webhook-timestamp"))
        if text(headers.get("webhook-signature", "")) == MARK and re.fullmatch("[0-9]{10}", sent_at):
            body, now = request.body or b"", str(int(time.time()))
            body = body.encode() if isinstance(body, str) else body
            headers["webhook-timestamp"] = now
            headers["webhook-signature"] = signature(self.main.keys["orders"], identity, now, body)


def shopify(body):
    return base64.b64encode(hmac.new(SHOPIFY.encode(), body, hashlib.sha256).digest()).decode()


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value
