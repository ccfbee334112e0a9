"""What Schemathesis cannot know of the API by its description."""

import json
import os
import pathlib
import urllib.request

import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase

# The longest text that it makes. A bound beyond is never reached, and with a pattern beside it makes it send nothing.
LONGEST = 32 * 1024

# Fields that may be refused although they are as described, and why no schema can say so.
BEYOND_A_SCHEMA = {
    "password": "is too easy to guess",
    "email": "is taken, or belongs to a colleague",
    "bot_id": "names no bot of one's own",
    "property_id": "names no property of that bot",
    "zip_code": "is none of that state",
    "number": "looks like none of that state",
    "state": "is none of those that give licences",
    "url": "has a host name that is longer than any is",
    "logo_url": "leads to no picture",
    "custom_design": "cannot be read by a telephone",
    "file": "is not what its name says",
    "to": "is before the first day",
    "end_date": "is before the first day",
    "start_date": "is more than a year before the last day",
    "after": "is of another list, or more than a day old",
    "chatbot_id": "names no bot, where no property is named either",
    "events": "is sent by hand alone",
    "base_url": "is missing for a provider without one of its own, or may not be called",
    "api_key": "has to be given again with another address",
    "api_key_id": "names no AI key of one's own",
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    def within_reach(part):
        if isinstance(part, dict):
            if isinstance(part.get("maxLength"), int) and part["maxLength"] > LONGEST:
                del part["maxLength"]
            for value in part.values():
                within_reach(value)
        elif isinstance(part, list):
            for value in part:
                within_reach(value)

    within_reach(raw_schema)


KEPT = json.loads(pathlib.Path("kept.json").read_text(encoding="utf-8"))
MISSING = "00000000-0000-7000-8000-00000000abcd"


@schemathesis.hook
def before_call(context, case, kwargs):
    """What others hang on stays until each operation was tried: the stateful phase comes last. One's own session stays."""
    stateful = case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL
    named = (case.path_parameters or {}).get("id")
    takes_away = case.operation.label.endswith("{id}") and not stateful
    if case.method == "DELETE" and (named == KEPT["self"] or (named in KEPT["things"] and takes_away)):
        case.path_parameters["id"] = MISSING
    # Keys come again, and with them the answer of before: what it made may be gone by now.
    if stateful and case.headers:
        case.headers.pop("Idempotency-Key", None)
    made_up = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if case.operation.label.endswith("/train/image") and made_up and isinstance(case.body, dict) and "file" in case.body:
        case.body["file"] = PICTURE
    if case.operation.label == "POST /v1/auth/logout" and case.headers.get("Authorization", "").startswith("Bearer ey"):
        case.headers["Authorization"] = f"Bearer {new_token(case.operation.base_url)}"


# The beginning of a picture in WebP, the one kind of them that can be written as a text: none that is made up is one.
PICTURE = "RIFF    WEBPVP8 "


def new_token(url):
    """Of a session that may end."""
    body = json.dumps(KEPT["person"]).encode()
    request = urllib.request.Request(url.rstrip("/") + "/v1/auth/login", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["access_token"]


@schemathesis.check
def refused_only_for_a_reason(ctx, response, case):
    """A request that follows the description is refused for what no schema can say, and for nothing else."""
    meta = case.meta
    if meta is None or meta.generation.mode != GenerationMode.POSITIVE or response.status_code not in (400, 422):
        return
    problem = response.json()
    if response.status_code == 422:
        assert "Idempotency-Key" in case.headers, f"no key was sent: {problem['detail']}"
        return
    fields = {error["field"] for error in problem.get("errors", [])}
    assert fields and fields <= BEYOND_A_SCHEMA.keys(), f"follows the description, and is refused: {problem['detail']}"


# What needs somebody else, who is not there: a payment provider, a buyer who has left a message, a colleague whom nothing before
# has made the owner.
WITH_OTHERS = {
    "POST /v1/credits/purchase",
    "GET /v1/credits/purchases/{id}",
    "DELETE /v1/leads/{id}",
    "DELETE /v1/members/{id}/sessions",
}

if os.environ.get("PORCHLIGHT_TEST_API_CALLER") != "stranger":

    @schemathesis.check
    class EveryOperationSucceeds:
        """Whoever is signed in gets through to the work of every operation, not only to its refusals."""

        def __init__(self):
            self.tried = set()
            self.succeeded = set()

        def after_response(self, ctx, response, case):
            self.tried.add(case.operation.label)
            if 200 <= response.status_code < 300:
                self.succeeded.add(case.operation.label)

        def after_run(self, ctx):
            failed = sorted(self.tried - self.succeeded - WITH_OTHERS)
            assert not failed, f"never succeeded: {', '.join(failed)}"
