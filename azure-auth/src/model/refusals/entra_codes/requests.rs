//! Codes about the requests: scopes, parameters, codes and tokens that are over, and Microsoft's own troubles.

use super::entra_codes;

entra_codes! {
    // Scopes.
    [28000] 502, Developer,
        "This application asks for access to several services at once.",
        "the token request has scopes of more than one API",
        "name scopes of one API per request; in `protect(scopes = \"…\")` the short names of this API, besides `openid`, \
         `profile` and `email`";
    [28002] 502, Developer,
        "This application asks for something that Microsoft does not know.",
        "a scope of the token request is not valid",
        "correct `protect(scopes = \"…\")`, and compare with \"Expose an API\" of the API's registration";
    [28003] 502, Developer,
        "This application asks Microsoft for nothing.",
        "the `scope` of the token request is empty",
        "name scopes in the client, such as `openid profile`; this library sends `openid` always";
    [28004] 502, Developer,
        "This application asks for too much at once.",
        "the request has more scopes than Microsoft takes",
        "name fewer in `protect(scopes = \"…\")`, or ask for `<application id URI>/.default`";
    [70011] 502, Developer,
        "This application asks for a permission in a form that Microsoft does not take.",
        "a scope has a wrong form or does not exist; an application without a person may ask for `/.default` only",
        "compare the scopes with \"Expose an API\" of the API's registration; client credentials need \
         `<application id URI>/.default`";
    [1_002_012] 502, Developer,
        "This program asks for single permissions, where Microsoft gives all or none.",
        "a request with client credentials names a scope other than `/.default`",
        "ask for `<application id URI>/.default`";
    [700_022] 502, Developer,
        "This application asks for access to more than one service.",
        "the scopes of the request belong to more than one API",
        "name scopes of one API per request, such as `<application id URI>/.default`";
    [700_023] 502, Developer,
        "This application does not say which service it asks for.",
        "the scopes of the request belong to no API",
        "ask for `<application id URI>/.default`";
    [901_002] 502, Developer,
        "This application speaks an old language with Microsoft.",
        "the request has the parameter `resource`, which version 2.0 does not take",
        "send `scope=<application id URI>/.default` in its place";
    [9_010_010] 502, Developer,
        "This application names two services where it means one.",
        "the parameter `resource` and the scopes of the request name different APIs",
        "send `scope` only, such as `<application id URI>/.default`";

    // Parameters.
    [70003] 502, Developer,
        "Microsoft does not give this application access in the way that it asks for.",
        "the `grant_type` of the token request is not supported",
        "let the client send `grant_type=authorization_code`, `refresh_token` or `client_credentials`";
    [70005] 400, Developer,
        "This application asks for an answer that Microsoft does not give here.",
        "the `response_type` is not supported, or the registration does not allow it",
        "ask for `response_type=code`, as this library does, and look for what changes its addresses on the way";
    [70007] 400, Developer,
        "This application asks for an answer in a way that Microsoft does not know.",
        "the `response_mode` is not supported for what is asked for",
        "ask for `response_mode=query`, and look for what changes this application's addresses on the way";
    [90005] 400, Developer,
        "This application told Microsoft twice who you are.",
        "the request has a login hint and the id of a session, which exclude each other",
        "give one of them: `Login::login_hint`, or `sid` in an address of your own";
    [90014] 400, Developer,
        "Something was missing in what this application told Microsoft.",
        "a required field is missing; Microsoft's description, which is not repeated here, names it",
        "see \"Sign-in logs\" for the correlation id, and look for a proxy that cuts requests";
    [900_144] 400, Developer,
        "A part was missing in what this application told Microsoft.",
        "a required parameter is missing; Microsoft's description, which is not repeated here, names it",
        "see \"Sign-in logs\" for the correlation id, and look for a proxy that cuts addresses or bodies";
    [900_561] 400, Visitor,
        "This page of Microsoft cannot be opened again. Please sign in anew.",
        "the page was opened with another method than it takes, as the browser's button to go back does",
        "sign in anew; `AzureAuthBuilder::login_path` is where";
    [9_002_313] 502, Developer,
        "Microsoft could not read what this application sent.",
        "the request is malformed: its body is cut, encoded twice, or of another type than a form",
        "look for a proxy between here and `<authority>` that changes requests";
    [1_002_016] 502, Developer,
        "The connection from this application to Microsoft is too old.",
        "the connection uses TLS 1.0, TLS 1.1 or 3DES; this library has TLS 1.2 and 1.3 only, so a proxy opens it",
        "let the proxy speak TLS 1.2 or newer, or let `<authority>` pass it unopened";

    // The code and its proof.
    [50147] 400, Developer,
        "Microsoft does not take this application's precaution against stolen answers.",
        "the `code_challenge` has another length than 43 to 128 characters",
        "look for what changes this application's addresses on the way: the library sends `code_challenge` with 43 characters";
    [501_491] 400, Developer,
        "This application's precaution against stolen answers has a wrong size.",
        "the `code_challenge` has not the size that its method gives it",
        "look for what changes this application's addresses on the way: the library sends `code_challenge_method=S256`";
    [501_481] 400, Visitor,
        "The answer does not belong to this sign-in. Please sign in again.",
        "the `code_verifier` is not the one that the sign-in began with",
        "sign in again; if it lasts, give every replica the same `AZURE_SESSION_KEYS`";
    [50148] 400, Visitor,
        "The answer does not fit this sign-in. Please sign in again.",
        "the `code_verifier` and the `code_challenge` of the sign-in do not belong together",
        "sign in again; if it lasts, give every replica the same `AZURE_SESSION_KEYS`";
    [54005] 400, Visitor,
        "This sign-in was answered already. Please sign in again.",
        "the code was redeemed before: the address was opened twice, or a proxy repeats requests",
        "sign in again; if it lasts, let no proxy repeat requests to `AZURE_AUTHORIZATION_CODE_ENDPOINT`";
    [70008] 400, Visitor,
        "The answer of Microsoft is too old. Please sign in again.",
        "the code or the refresh token has expired or was revoked; a code is good for ten minutes",
        "sign in again; if it lasts, compare this machine's clock and look at how long `AZURE_AUTHORIZATION_CODE_ENDPOINT` takes";
    [70000] 400, Visitor,
        "The answer of Microsoft was not accepted. Please sign in again.",
        "the code or the refresh token is not valid: it is cut, another application's, or revoked",
        "sign in again; if it lasts, compare `AZURE_CLIENT_ID` of every replica";
    [700_082] 400, Visitor,
        "You have not used this application for long. Please sign in again.",
        "the refresh token was not used for 90 days",
        "sign in again; `AzureAuthBuilder::login_path` is where";
    [700_084] 400, Visitor,
        "The time for which you were signed in is over. Please sign in again.",
        "the refresh token of a single-page application has ended, after 24 hours",
        "sign in again; programs on servers register under \"Authentication\", platform \"Web\"";
    [50196] 400, Developer,
        "This application asked Microsoft the same too often.",
        "Microsoft sees a loop: the same request was made many times within a short time",
        "let pages stop sending to `AzureAuthBuilder::login_path` without being asked, and programs keep their tokens; then \
         wait some minutes";

    // On behalf of somebody.
    [50013] 502, Developer,
        "Microsoft did not accept what this application brought on your behalf.",
        "the assertion of a request on behalf of a person is not valid: its signature, its form or its issuer",
        "send the access token that this API received, unchanged, as `assertion`";
    [500_131] 502, Developer,
        "This application brought Microsoft a permission that was given to another program.",
        "the assertion of a request on behalf of a person is for another API (`aud`)",
        "send the access token that this API received, for `AZURE_CLIENT_ID`, and not one for Microsoft Graph";
    [500_133] 502, Developer,
        "This application brought Microsoft a permission that is over.",
        "the assertion of a request on behalf of a person has expired",
        "ask for the token as soon as the request is there, and compare this machine's clock with `https://time.gov`";

    // Devices without a browser.
    [70016] 400, Visitor,
        "Microsoft waits for you to sign in on the other device.",
        "the person has not finished the sign-in with the code of a device yet",
        "enter the code at `https://microsoft.com/devicelogin`; the program asks again meanwhile";
    [70018] 400, Visitor,
        "The code you entered is not right.",
        "the code of the device is unknown",
        "begin again on the device, and enter its new code at `https://microsoft.com/devicelogin`";
    [70019] 400, Visitor,
        "The code you entered is too old.",
        "the code of the device has expired; it is good for 15 minutes",
        "begin again on the device, and enter its new code at `https://microsoft.com/devicelogin`";

    // Microsoft itself.
    [50033 90006 90033] 502, Visitor,
        "Microsoft has a passing problem. Please try again later.",
        "a service of Microsoft did not answer another one",
        "try again; `https://status.azure.com` says whether it lasts";
    [90012] 502, Visitor,
        "Microsoft took too long. Please try again.",
        "the request timed out within Microsoft",
        "try again; `https://status.azure.com` says whether it lasts";
    [90025 90055] 502, Visitor,
        "Microsoft gets too many requests. Please try again later.",
        "Microsoft limits the requests of this application or tenant for a while",
        "wait, and ask less often; \"Sign-in logs\" shows who asks";
}
