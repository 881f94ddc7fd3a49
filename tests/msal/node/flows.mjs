// MSAL Node, unmodified, signs a person in at the emulator, renews the tokens, and gets one for a daemon. Of its
// settings only the authority is special.
import assert from "node:assert/strict";
import { ConfidentialClientApplication, CryptoProvider } from "@azure/msal-node";

const { ORIGIN, TENANT, CLIENT_ID, CLIENT_SECRET, DAEMON_ID, DAEMON_SECRET } = process.env;
const scopes = [`api://${CLIENT_ID}/Files.Read`];
const redirectUri = "http://localhost:3000/authorization-code/callback";

function application(clientId, clientSecret) {
    const authority = `${ORIGIN}/${TENANT}`;
    return new ConfidentialClientApplication({
        auth: { clientId, clientSecret, authority, knownAuthorities: [new URL(ORIGIN).host] },
    });
}

/** Does what the browser and a person in front of it would do, and returns the parameters of the callback. */
async function pickAccount(address, account) {
    const body = new URLSearchParams([...new URL(address).searchParams, ["account", account]]);
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

const daemon = application(DAEMON_ID, DAEMON_SECRET);
const own = await daemon.acquireTokenByClientCredential({ scopes: [`api://${CLIENT_ID}/.default`] });
assert.deepEqual(claims(own.accessToken).roles, ["Files.Read.All"]);
assert.equal(claims(own.accessToken).azp, DAEMON_ID);
assert.equal(claims(own.accessToken).scp, undefined);
console.log("client credentials: ok");
