"""Makes a server ready for Schemathesis: two organizations with everything there is, and a way in for each.

prepare.py URL FOLDER   waits for the server at URL; writes to FOLDER how its users sign in (auth.json) and what is to stay
                        as it is (kept.json), and adds to schemathesis.toml there what the first of them has
"""

import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
PASSWORD = "a quiet street at dusk"
USERS = ["ana", "ben"]


def call(method, path, body=None, token=None):
    """Sends JSON and gives the answer's; an answer that is no success ends the program."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def until(what, ready):
    for _ in range(600):
        try:
            if ready():
                return
        except (ConnectionError, urllib.error.URLError) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code != 503:
                raise
        time.sleep(0.1)
    sys.exit(f"porchlight: {what} within a minute")


def join(invitation, name):
    """Accepts an invitation, as its page does."""
    form = {"token": invitation.rsplit("/", 1)[1], "first_name": name, "last_name": "Example", "password": PASSWORD}
    request = urllib.request.Request(URL + "/_fn/people/join", data=urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request, timeout=30):
        pass


def credentials(name):
    # None that the description has for an example: to try that with other passwords is to guess at an account.
    return {"email": f"{name}@homes.example.com", "password": PASSWORD}


def furnish(name):
    """A colleague, a bot that is open to the public, with a property that it has read about, a code and a conversation.

    Gives one's own id, those of all of it, of some more to be deleted, and of what the public sees."""
    person = credentials(name)
    names = {"first_name": name, "last_name": "Example", "org_name": f"Homes of {name}"}
    call("POST", "/v1/auth/register", person | names)
    token = call("POST", "/v1/auth/login", person)["access_token"]
    bot = call("POST", "/v1/chatbots", {"bot_name": f"Assistant of {name}"}, token)["bot_id"]
    address = {"address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704"}
    house = call("POST", "/v1/properties", address | {"bot_id": bot, "bedrooms": 3}, token)["property_id"]
    text = {"text_content": f"The roof of the house of {name} was replaced in 2019."}
    job = call("POST", f"/v1/properties/{house}/train/knowledge_base", text, token)["job_id"]
    status = f"/v1/training_jobs/{job}/status"
    until("the text was not read", lambda: call("GET", status, token=token)["status"] == "ready")
    call("PUT", f"/v1/chatbots/{bot}", {"status": "active"}, token)
    code = call("POST", "/v1/qr_codes", {"bot_id": bot, "property_id": house}, token)["qr_id"]
    asked = call("POST", f"/v1/public/chat/{code}", {"message_text": "When was the roof replaced?"})
    colleague = {"email": f"colleague.of.{name}@example.com", "role": "realtor"}
    join(call("POST", "/v1/invitations", colleague, token)["url"], "colleague")
    spare = {
        "spare_bots": call("POST", "/v1/chatbots", {"bot_name": "Spare"}, token)["bot_id"],
        "spare_properties": call("POST", "/v1/properties", address, token)["property_id"],
        "spare_codes": call("POST", "/v1/qr_codes", {"bot_id": bot}, token)["qr_id"],
        "spare_invitations": call("POST", "/v1/invitations", colleague | {"email": "spare@example.com"}, token)["invitation_id"],
    }
    members = call("GET", "/v1/members", token=token)
    for which in ("keys", "spare_keys"):
        spare[which] = call("POST", "/v1/api_keys", {"name": which, "scopes": ["read"]}, token)["key_id"]
    hook = call("POST", "/v1/webhooks", {"url": "https://example.com/hook", "events": ["lead.created"]}, token)["webhook_id"]
    delivery = call("POST", f"/v1/webhooks/{hook}/test", {}, token)["delivery_id"]
    own = {
        "hooks": hook,
        "deliveries": delivery,
        "bots": bot,
        "properties": house,
        "jobs": job,
        "codes": code,
        "conversations": asked["conversation_id"],
        "members": members[1]["user_id"],
    }
    public = {"open_codes": code, "turns": asked["turn_id"], "sessions": asked["user_session_id"]}
    return members[0]["user_id"], own, spare, public


def way_in(name):
    """How this user signs in, as Web Fuzzing Commons writes it down."""
    return {
        "name": name,
        "loginEndpointAuth": {
            "verb": "POST",
            "endpoint": "/v1/auth/login",
            "contentType": "application/json",
            "payloadRaw": json.dumps(credentials(name)),
            "token": {
                "extractFrom": "body",
                "extractSelector": "/access_token",
                "sendIn": "header",
                "sendName": "Authorization",
                "sendTemplate": "Bearer {token}",
            },
        },
    }


until("the server was not ready", lambda: call("GET", "/readyz"))
(oneself, own, spare, _), (*_, public) = [furnish(user) for user in USERS]
kept = {"person": credentials(USERS[0]), "self": oneself, "things": list(own.values())}
(FOLDER / "kept.json").write_text(json.dumps(kept), encoding="utf-8")
(FOLDER / "auth.json").write_text(json.dumps({"auth": [way_in(user) for user in USERS]}), encoding="utf-8")
with (FOLDER / "schemathesis.toml").open("a", encoding="utf-8") as file:
    # What is public is the others': who signs in as the first cannot close it.
    for name, known in (own | spare | public).items():
        print(f'[dictionaries.{name}]\nvalues = ["{known}"]', file=file)
