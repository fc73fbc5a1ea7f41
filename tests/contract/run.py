"""Runs the fuzzer over openapi.yaml, as the running edge serves it, against that edge.

Beside the fuzzer's own checks: every operation is answered with a success at least once (a run that only meets refusals
proves little), and answers have no field that is not described.
"""

import os
import random
import sys
from collections import Counter

import requests
import schemathesis
from schemathesis.cli import schemathesis as command

import closed
from dress import Dresser
from world import EDGE, World

SEED = int(os.environ.get("GOODWORD_SEED", "1"))
# A socket, which the fuzzer has none of; a delivery that was given up, which takes three days; and what only a newer release understands.
NEVER_DONE = {"live", "replayDelivery", "replayQuarantined"}

world = World()
dresser = Dresser(world, random.Random(SEED))
answers, operations = Counter(), {}

plain = requests.adapters.HTTPAdapter.send


def send(adapter, request, **options):
    world.speak(request)
    for _ in range(5):
        answer = plain(adapter, request, **options)
        # Wrangler passes requests on to the Worker, and answers for itself when it has lost its connection to it.
        if answer.status_code != 503 or b"worker restarted mid-request" not in answer.content:
            break
    return answer


requests.adapters.HTTPAdapter.send = send


@schemathesis.hook
def before_load_schema(context, raw_schema):
    closed.close_answers(raw_schema)
    for item in raw_schema["paths"].values():
        operations.update((one["operationId"], Counter()) for one in item.values() if "operationId" in one)


@schemathesis.hook
def before_call(context, case, kwargs):
    dresser.dress(case)
    # A redirect is an answer; where it leads is a shop's.
    kwargs["allow_redirects"] = False


@schemathesis.hook
def after_call(context, case, response):
    answers[response.status_code // 100] += 1
    name = case.operation.definition.raw.get("operationId")
    if case.method.upper() == case.operation.method.upper():
        operations[name][response.status_code] += 1


def main():
    os.environ.update(GOODWORD_API_KEY=world.api_key, GOODWORD_CUSTOMER_TOKEN=world.customer_token)
    folder = os.path.dirname(os.path.abspath(__file__))
    arguments = [
        "--config-file", os.path.join(folder, "schemathesis.toml"), "run", f"{EDGE}/openapi.yaml", "--url", EDGE,
        "--seed", str(SEED), "--no-color", *sys.argv[1:],
    ]
    try:
        code = command(arguments, standalone_mode=False) or 0
    except SystemExit as end:
        code = end.code or 0
    undone = [
        name for name, seen in operations.items()
        if name not in NEVER_DONE and not any(status < 400 for status in seen)
    ]
    for name in undone:
        print(f"{name} never succeeded: {dict(operations[name])}")
    if os.environ.get("GOODWORD_ANSWERS"):
        for name, seen in operations.items():
            print(f"{name}: {dict(sorted(seen.items()))}")
    spread = ", ".join(f"{count} of {kind}xx" for kind, count in sorted(answers.items()))
    print(f"number: contract, seed {SEED}: {len(operations)} operations, {answers.total()} cases ({spread})")
    sys.exit(1 if code or undone or not operations else 0)


main()
