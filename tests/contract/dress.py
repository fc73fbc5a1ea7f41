"""Makes what the fuzzer has drawn about something: most of what is drawn at random is about nothing that there is.

A value that is as documented is exchanged for one that is as documented too, and nothing else is touched: what was spoilt
on purpose stays spoilt.
"""

import re
import time

from world import SETTINGS

# What must not happen to the program that the rest of the run goes on with.
ELSEWHERE = {"changeSettings", "createKey", "revokeKey", "listKeys"}


class Dresser:
    def __init__(self, world, drawn):
        self.world, self.drawn = world, drawn

    def dress(self, case):
        operation = case.operation.definition.raw.get("operationId")
        program = self.world.spare.id if operation in ELSEWHERE else self.world.main.id
        known = {
            "code": [self.world.code], "order": self.world.orders, "reward": self.world.rewards, "token": [self.world.token],
            "id": self.world.spare_keys, "customer": ["jane", *self.world.orders],
            "block": self.world.blocks, "referral": self.world.referrals,
        }
        if "uarantine" in operation:
            known["delivery"] = self.world.kept
        if operation == "deliver":
            known["platform"] = ["shopify"]
        parameters = dict(case.path_parameters or {})
        for name, value in parameters.items():
            if name == "program" and isinstance(value, str) and re.fullmatch("[a-z0-9-]{1,32}", value):
                parameters[name] = program
            elif name in known and isinstance(value, str) and self.mostly():
                parameters[name] = self.drawn.choice(known[name])
        if parameters != case.path_parameters:
            case.path_parameters = parameters
        if isinstance(case.body, dict):
            body = self.body(case.body, operation)
            # Not by value: 1.0 and 1 are equal.
            if repr(body) != repr(case.body):
                case.body = body

    def mostly(self):
        return self.drawn.random() < 0.6

    def body(self, value, operation):
        if isinstance(value, list):
            return [self.body(one, operation) for one in value]
        # To JSON Schema 1.0 is a whole number; to the Worker no number with a fraction is one.
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, dict):
            return value
        dressed = {name: self.field(name, self.body(one, operation), operation) for name, one in value.items()}
        if dressed.get("kind") == "order_edit" and isinstance(dressed.get("at"), int) and dressed["at"] >= 0:
            dressed["at"] %= int(time.time() * 1000)
        if operation == "addCodes" and isinstance(dressed.get("expires_at"), int) and dressed["expires_at"] >= 0:
            dressed["expires_at"] = int(time.time() * 1000) + 86_400_000 + dressed["expires_at"] % 10**10
        for steps, by in (("tiers", "from"), ("milestones", "at")):
            dressed = ascending(dressed, steps, by)
        return dressed

    def field(self, name, value, operation):
        world = self.world
        if name == "currency" and isinstance(value, str) and re.fullmatch("[A-Z]{3}", value):
            return "EUR" if self.drawn.random() < 0.9 else "JPY"
        if name == "currencies" and isinstance(value, list):
            further = ("JPY", "KWD", "USD")
            return [{**one, "currency": other} if isinstance(one, dict) else one for one, other in zip(value, further)]
        if name == "store_url" and isinstance(value, str) and ":" in value:
            return "https://shop.example/"
        if name in ("allowed_origins", "allowed_destinations") and isinstance(value, list):
            return ["https://shop.example" if isinstance(one, str) else one for one in value]
        if name == "reward" and operation == "chooseReward" and isinstance(value, dict) and value.get("value"):
            return SETTINGS["reward_choices"][0] if self.mostly() else value
        if name == "webhook_url" and isinstance(value, str):
            return None
        if not isinstance(value, str) or not value or not self.mostly():
            return value
        if name == "customer_token":
            # Nobody claims an offer of their own.
            return world.main.customer("omar" if operation == "claim" else self.drawn.choice(["jane", "omar"]))
        if name in ("code", "referral_code"):
            return world.code
        if name == "secret" and operation == "redeemProof" and world.secrets:
            # Good once.
            return world.secrets.pop()
        if name == "token":
            # A click that an order has used is nobody's to claim.
            return world.token if operation == "claim" else world.other_token
        if name == "discount_code":
            return world.discount
        if name == "customer_id":
            return "jane"
        if name == "order_id" and re.fullmatch("[ -~]{1,128}", value) and not value.startswith(("event:", " ")):
            return value if value.endswith(" ") else self.drawn.choice(world.orders)
        return value


def ascending(dressed, steps, by):
    listed = dressed.get(steps)
    if isinstance(listed, list) and all(isinstance(one, dict) and isinstance(one.get(by), int) for one in listed):
        return {**dressed, steps: sorted(listed, key=lambda one: one[by])}
    return dressed
