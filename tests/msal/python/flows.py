"""MSAL Python, unmodified, signs a person in at the emulator, renews the tokens, gets some for other APIs, for an API that
calls another one for the person, and for a daemon. Of its settings only the authority is special."""

import base64
import json
import os
from urllib.parse import parse_qsl, urlsplit

import msal
import requests

ORIGIN, TENANT = os.environ["ORIGIN"], os.environ["TENANT"]
CLIENT_ID = os.environ["CLIENT_ID"]
ORDERS_ID = os.environ["ORDERS_ID"]
SCOPES = [f"api://{CLIENT_ID}/Files.Read"]
MAIL = ["https://graph.microsoft.com/Mail.Read"]
ORDERS = [f"api://{ORDERS_ID}/Orders.Read"]
REDIRECT_URI = "http://localhost:3000/authorization-code/callback"


def application(client_id: str, client_secret: str) -> msal.ConfidentialClientApplication:
    return msal.ConfidentialClientApplication(
        client_id,
        client_credential=client_secret,
        authority=f"{ORIGIN}/{TENANT}",
        validate_authority=False,
        instance_discovery=False,
    )


def pick_account(address: str, account: str) -> dict:
    """Does what the browser and a person who agrees would do, and returns the parameters of the callback."""
    parts = urlsplit(address)
    form = dict(parse_qsl(parts.query), account=account, consent="1")
    endpoint = f"{parts.scheme}://{parts.netloc}{parts.path}"
    answer = requests.post(endpoint, data=form, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def graph(path: str, token: str) -> dict:
    return requests.get(f"{ORIGIN}/v1.0/{path}", headers={"Authorization": f"Bearer {token}"}, timeout=30).json()


website = application(CLIENT_ID, os.environ["CLIENT_SECRET"])
flow = website.initiate_auth_code_flow(SCOPES, redirect_uri=REDIRECT_URI)
callback = pick_account(flow["auth_uri"], "adele@contoso.test")
signed_in = website.acquire_token_by_auth_code_flow(flow, callback)
assert "error" not in signed_in, signed_in
assert signed_in["id_token_claims"]["preferred_username"] == "adele@contoso.test"
assert claims(signed_in["access_token"])["aud"] == CLIENT_ID
assert claims(signed_in["access_token"])["scp"] == "Files.Read"
print("code: ok")

[account] = website.get_accounts()
assert account["username"] == "adele@contoso.test", account
cached = website.acquire_token_silent(SCOPES, account)
assert cached["access_token"] == signed_in["access_token"]
renewed = website.acquire_token_silent(SCOPES, account, force_refresh=True)
assert renewed["access_token"] != signed_in["access_token"]
assert claims(renewed["access_token"])["oid"] == claims(signed_in["access_token"])["oid"]
migrated = website.acquire_token_by_refresh_token(signed_in["refresh_token"], SCOPES)
assert "error" not in migrated, migrated
assert claims(migrated["access_token"])["scp"] == "Files.Read"
print("refresh: ok")

refused = website.acquire_token_silent_with_error(MAIL, account)
assert (refused["error"], refused["suberror"]) == ("invalid_grant", "consent_required"), refused
for scopes in (MAIL, ORDERS):
    flow = website.initiate_auth_code_flow(scopes, redirect_uri=REDIRECT_URI)
    consented = website.acquire_token_by_auth_code_flow(flow, pick_account(flow["auth_uri"], "adele@contoso.test"))
    assert "error" not in consented, consented
for_graph = website.acquire_token_silent(MAIL, account, force_refresh=True)
assert claims(for_graph["access_token"])["aud"] == "https://graph.microsoft.com"
assert graph("me/messages", for_graph["access_token"])["value"][0]["subject"] == "Welcome, Adele Vance"
assert website.acquire_token_silent(MAIL, account)["access_token"] == for_graph["access_token"]
print("another API: ok")

for_orders = website.acquire_token_silent(ORDERS, account, force_refresh=True)
assert claims(for_orders["access_token"])["aud"] == ORDERS_ID
between = application(ORDERS_ID, os.environ["ORDERS_SECRET"])
profile = ["https://graph.microsoft.com/User.Read"]
for_person = between.acquire_token_on_behalf_of(for_orders["access_token"], profile)
assert "error" not in for_person, for_person
assert claims(for_person["access_token"])["appid"] == ORDERS_ID
assert graph("me", for_person["access_token"])["displayName"] == "Adele Vance"
refused = application(ORDERS_ID, os.environ["ORDERS_SECRET"]).acquire_token_on_behalf_of(
    signed_in["access_token"], profile
)
assert refused["error_codes"] == [500131], refused
print("on behalf of: ok")

daemon = application(os.environ["DAEMON_ID"], os.environ["DAEMON_SECRET"])
own = daemon.acquire_token_for_client([f"api://{CLIENT_ID}/.default"])
assert "error" not in own, own
assert claims(own["access_token"])["roles"] == ["Files.Read.All"]
assert claims(own["access_token"])["azp"] == os.environ["DAEMON_ID"]
assert "scp" not in claims(own["access_token"])
own_for_graph = daemon.acquire_token_for_client(["https://graph.microsoft.com/.default"])
assert claims(own_for_graph["access_token"])["roles"] == ["Organization.Read.All", "User.Read.All"]
print("client credentials: ok")
