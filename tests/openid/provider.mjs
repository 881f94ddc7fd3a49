// A certified OpenID Connect provider that is not ours, `oidc-provider`, for one client and one person. It always names
// its key and writes one audience: what else the standards allow, and a little of what they do not, is put into its
// answers afterwards, signed with the same key.
//
// AUTHENTICATION: how the client proves itself. CERTIFICATE: in PEM, where it does so by its key. SHAPE: one of those below.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, importX509, SignJWT } from "jose";
import Provider, { interactionPolicy } from "oidc-provider";

const { AUTHENTICATION, CERTIFICATE, SHAPE } = process.env;
const CLIENT = { id: "client-of-the-test", secret: "a secret with ~ and : and % in it, of forty characters" };
const REDIRECT_URI = "http://localhost/authorization-code/callback";

/** What becomes of the claims and the header of an ID token. */
const shapes = {
    "usual": {},
    "names-at-userinfo": {},
    "one-audience": { claims: () => ({ aud: [CLIENT.id] }) },
    "several-audiences": { claims: () => ({ aud: [CLIENT.id, "another"], azp: CLIENT.id }) },
    "unnamed-key": { header: { kid: undefined }, keysAreNamed: false },
    "fractions": { claims: ({ iat, exp }) => ({ iat: iat + 0.75, exp: exp + 0.5 }) },
    "nulls": { claims: () => ({ email: null, roles: null, groups: null, sid: null, nbf: null }) },
    "audiences-without-party": { claims: () => ({ aud: [CLIENT.id, "another"] }) },
    "party-of-another": { claims: () => ({ aud: [CLIENT.id, "another"], azp: "another" }) },
    "audiences-of-others": { claims: () => ({ aud: ["one", "another"], azp: CLIENT.id }) },
    "unnamed-key-of-several": { header: { kid: undefined }, furtherKeys: 1 },
    "key-of-nobody": { isForged: true },
};
const shape = shapes[SHAPE];

async function key(kid) {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    return { privateKey, jwk: { ...await exportJWK(privateKey), kid, use: "sig", alg: "RS256" } };
}
const keys = await Promise.all(["first", "second"].slice(0, 1 + (shape.furtherKeys ?? 0)).map(key));
const signer = shape.isForged ? await key("first") : keys[0];

/** The key of the client's certificate. */
async function certified() {
    const key = await importX509(CERTIFICATE, "PS256", { extractable: true });
    return { ...await exportJWK(key), use: "sig", alg: "PS256" };
}

/** The ID token in the shape that is asked for. */
async function reshaped(token) {
    const [header, claims] = token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
    const changed = { ...claims, ...shape.claims?.(claims) };
    return new SignJWT(changed).setProtectedHeader({ ...header, ...shape.header }).sign(signer.privateKey);
}

function page(title, body) {
    return `<!doctype html><html lang="en"><title>${title}</title><main><h1>${title}</h1>${body}</main>`;
}

// A client on loopback would be asked about each time.
const policy = interactionPolicy.base();
policy.get("consent").checks.remove("native_client_prompt");

const server = createServer().listen(0, "127.0.0.1", async () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
        clients: [{
            client_id: CLIENT.id,
            ...(CERTIFICATE ? { jwks: { keys: [await certified()] } } : { client_secret: CLIENT.secret }),
            // On loopback, at any port.
            application_type: "native",
            redirect_uris: [REDIRECT_URI],
            post_logout_redirect_uris: [REDIRECT_URI],
            token_endpoint_auth_method: AUTHENTICATION,
            ...(CERTIFICATE ? { token_endpoint_auth_signing_alg: "PS256" } : {}),
        }],
        jwks: { keys: keys.map(({ jwk }) => jwk) },
        cookies: { keys: ["of the test"] },
        claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
        conformIdTokenClaims: SHAPE === "names-at-userinfo",
        enabledJWA: { idTokenSigningAlgValues: ["RS256"], clientAuthSigningAlgValues: ["PS256", "HS256"] },
        clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        features: {
            devInteractions: { enabled: false },
            rpInitiatedLogout: {
                logoutSource: (context, form) => {
                    const button = '<button name="logout" value="yes">Leave the provider</button></form>';
                    context.body = page("Leave?", form.replace("</form>", button));
                },
            },
        },
        ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
        findAccount: (_, accountId) => ({
            accountId,
            claims: () => ({ sub: accountId, name: "Grace Hopper", email: "grace@navy.test", email_verified: true }),
        }),
        interactions: { policy },
        // Nobody is asked what they agree to.
        loadExistingGrant: async ({ oidc }) => {
            const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
            grant.addOIDCScope("openid profile email");
            await grant.save();
            return grant;
        },
    });
    provider.use(async (context, next) => {
        await next();
        if (context.path === "/token" && context.body?.id_token) {
            context.body = { ...context.body, id_token: await reshaped(context.body.id_token) };
        }
        if (context.path === "/jwks" && shape.keysAreNamed === false) {
            context.body = { keys: context.body.keys.map(({ kid, ...unnamed }) => unnamed) };
        }
    });
    const handle = provider.callback();
    server.on("request", async (request, response) => {
        if (!request.url.startsWith("/interaction/")) return handle(request, response);
        if (request.method === "POST") {
            return provider.interactionFinished(request, response, { login: { accountId: "grace" } });
        }
        const account = page("Pick an account", '<form method="post"><button>Grace Hopper</button></form>');
        response.setHeader("content-type", "text/html").end(account);
    });
    console.log(JSON.stringify({ issuer, client: CLIENT }));
});
