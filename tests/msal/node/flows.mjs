// MSAL Node, unmodified, signs a person in at the emulator, renews the tokens, gets some for other APIs, for an API that
// calls another one for the person, and for a daemon. Of its settings only the authority is special.
import assert from "node:assert/strict";
import { ConfidentialClientApplication, CryptoProvider } from "@azure/msal-node";

const { ORIGIN, TENANT, CLIENT_ID, CLIENT_SECRET, DAEMON_ID, DAEMON_SECRET, ORDERS_ID, ORDERS_SECRET } = process.env;
const scopes = [`api://${CLIENT_ID}/Files.Read`];
const mail = ["https://graph.microsoft.com/Mail.Read"];
const orders = [`api://${ORDERS_ID}/Orders.Read`];
const redirectUri = "http://localhost:3000/authorization-code/callback";

function application(clientId, clientSecret) {
    const authority = `${ORIGIN}/${TENANT}`;
    return new ConfidentialClientApplication({
        auth: { clientId, clientSecret, authority, knownAuthorities: [new URL(ORIGIN).host] },
    });
}

/** Does what the browser and a person who agrees would do, and returns the parameters of the callback. */
async function pickAccount(address, account) {
    const body = new URLSearchParams([...new URL(address).searchParams, ["account", account], ["consent", "1"]]);
    const { origin, pathname } = new URL(address);
    const answer = await fetch(origin + pathname, { method: "POST", body, redirect: "manual" });
    assert.equal(answer.status, 302, await answer.text());
    return new URL(answer.headers.get("location")).searchParams;
}

function claims(token) {
    return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}

const website = application(CLIENT_ID, CLIENT_SECRET);
const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
const request = { scopes, redirectUri, nonce: "a-nonce", state: "a-state" };
const address = await website.getAuthCodeUrl({
    ...request,
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
    responseMode: "query",
    extraScopesToConsent: [...mail, ...orders],
});
const callback = await pickAccount(address, "adele@contoso.test");

const signedIn = await website.acquireTokenByCode(
    { ...request, code: callback.get("code"), codeVerifier: verifier },
    { ...Object.fromEntries(callback), nonce: "a-nonce" },
);
assert.equal(signedIn.account.username, "adele@contoso.test");
assert.equal(signedIn.account.tenantId, TENANT);
assert.equal(signedIn.idTokenClaims.nonce, "a-nonce");
assert.deepEqual(signedIn.scopes.filter((scope) => scope.startsWith("api:")), scopes);
assert.equal(claims(signedIn.accessToken).aud, CLIENT_ID);
assert.equal(claims(signedIn.accessToken).scp, "Files.Read");
console.log("code: ok");

const cached = await website.acquireTokenSilent({ scopes, account: signedIn.account });
assert.equal(cached.fromCache, true);
assert.equal(cached.accessToken, signedIn.accessToken);
const renewed = await website.acquireTokenSilent({ scopes, account: signedIn.account, forceRefresh: true });
assert.equal(renewed.fromCache, false);
assert.notEqual(renewed.accessToken, signedIn.accessToken);
assert.equal(claims(renewed.accessToken).oid, claims(signedIn.accessToken).oid);
console.log("refresh: ok");

const forGraph = await website.acquireTokenSilent({ scopes: mail, account: signedIn.account });
assert.equal(claims(forGraph.accessToken).aud, "https://graph.microsoft.com");
const inbox = await fetch(`${ORIGIN}/v1.0/me/messages`, { headers: { authorization: `Bearer ${forGraph.accessToken}` } });
assert.equal((await inbox.json()).value[0].subject, "Welcome, Adele Vance");
const again = await website.acquireTokenSilent({ scopes: mail, account: signedIn.account });
assert.equal(again.fromCache, true);
await assert.rejects(
    website.acquireTokenSilent({ scopes: ["https://vault.azure.net/user_impersonation"], account: signedIn.account }),
    (error) => error.name === "InteractionRequiredAuthError" && error.subError === "consent_required",
);
console.log("another API: ok");

const forOrders = await website.acquireTokenSilent({ scopes: orders, account: signedIn.account });
assert.equal(claims(forOrders.accessToken).aud, ORDERS_ID);
const between = application(ORDERS_ID, ORDERS_SECRET);
const profile = ["https://graph.microsoft.com/User.Read"];
const onBehalfOf = { oboAssertion: forOrders.accessToken, scopes: profile };
const forPerson = await between.acquireTokenOnBehalfOf(onBehalfOf);
assert.equal(claims(forPerson.accessToken).oid, claims(signedIn.accessToken).oid);
assert.equal(claims(forPerson.accessToken).appid, ORDERS_ID);
const me = await fetch(`${ORIGIN}/v1.0/me`, { headers: { authorization: `Bearer ${forPerson.accessToken}` } });
assert.equal((await me.json()).displayName, "Adele Vance");
assert.equal((await between.acquireTokenOnBehalfOf(onBehalfOf)).fromCache, true);
await assert.rejects(
    between.acquireTokenOnBehalfOf({ oboAssertion: signedIn.accessToken, scopes: profile, skipCache: true }),
    (error) => error.message.includes("AADSTS500131"),
);
console.log("on behalf of: ok");

const daemon = application(DAEMON_ID, DAEMON_SECRET);
const own = await daemon.acquireTokenByClientCredential({ scopes: [`api://${CLIENT_ID}/.default`] });
assert.deepEqual(claims(own.accessToken).roles, ["Files.Read.All"]);
assert.equal(claims(own.accessToken).azp, DAEMON_ID);
assert.equal(claims(own.accessToken).scp, undefined);
const ownForGraph = await daemon.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
assert.deepEqual(claims(ownForGraph.accessToken).roles, ["Organization.Read.All", "User.Read.All"]);
console.log("client credentials: ok");
