//! Codes about the registration: addresses, platforms, tenants, account types, credentials, APIs.

use super::entra_codes;

entra_codes! {
    // The redirect URI.
    [50011] 400, Developer,
        "The address of this application is not registered with Microsoft.",
        "the redirect URI that was sent is none of those that are registered; scheme, host, path and letters must be the \
         same, the port only of `http://localhost` is ignored",
        "register exactly `<redirect URI>` under \"Authentication\", platform \"Web\", of the app registration \
         `<client id>`; if another address was meant, correct `AZURE_PUBLIC_URL`";
    [500_112] 400, Developer,
        "The address of this application changed during the sign-in.",
        "the redirect URI at the redemption of the code is another one than at the sign-in: replicas with different \
         settings, or a proxy that changes host or scheme",
        "give every replica the same `AZURE_PUBLIC_URL`, so that each sends `<redirect URI>`";
    [500_113] 400, Developer,
        "No address of this application is registered with Microsoft.",
        "the app registration has no redirect URI at all",
        "add `<redirect URI>` under \"Authentication\", \"Add a platform\", \"Web\", of the app registration `<client id>`";
    [900_971] 400, Developer,
        "Microsoft was given no address to come back to.",
        "the request had no redirect URI, and the app registration has none either",
        "add `<redirect URI>` under \"Authentication\", \"Add a platform\", \"Web\", and look for a proxy that cuts the \
         query of addresses";
    [70004] 400, Developer,
        "Microsoft does not take the address of this application.",
        "the redirect URI is not one that may be used: no `https`, a fragment, or a form that Entra ID does not know",
        "register `<redirect URI>` under \"Authentication\", platform \"Web\", and set `AZURE_PUBLIC_URL` to an address \
         with `https`";

    // The platform.
    [9_002_325] 502, Developer,
        "The address of this application is registered for another kind of program.",
        "the redirect URI is registered for a single-page application, whose codes a server cannot redeem",
        "move `<redirect URI>` from the platform \"Single-page application\" to \"Web\" under \"Authentication\" of the app \
         registration";
    [9_002_326] 502, Developer,
        "The address of this application is registered for programs on servers only.",
        "the token request has an `Origin` header, which makes it a page's, and the redirect URI is not registered for a \
         single-page application",
        "look for a proxy that adds `Origin` to requests of this program; for Swagger UI register its own address under \
         \"Authentication\", \"Single-page application\"";
    [9_002_327] 502, Developer,
        "The address of this application is registered for pages in a browser only.",
        "the code was issued for a single-page application, which redeems it from a page with an `Origin` header",
        "register `<redirect URI>` under \"Authentication\", platform \"Web\", and remove it from \"Single-page application\"";
    [700_025] 502, Developer,
        "This application is registered as one without a proof of itself.",
        "the registration says that it is a public client, and the request has a secret",
        "register `<redirect URI>` under \"Authentication\", platform \"Web\", and not \"Mobile and desktop applications\"; \
         set \"Allow public client flows\" to no";

    // The application and its tenant.
    [700_016] 502, Developer,
        "Microsoft does not know this application in that organisation.",
        "no application with the id `<client id>` is in the tenant `<authority>`: one of the two is wrong, or nobody there \
         has consented to the application yet",
        "compare `AZURE_CLIENT_ID` with \"Application (client) ID\" and `AZURE_ISSUER_URI` with \"Directory (tenant) ID\" \
         of the app registration; for an application of another tenant, an administrator agrees at `<consent address>`";
    [700_005] 502, Developer,
        "Microsoft was asked at two places about one sign-in.",
        "the code was issued at another tenant's address than the one where it is redeemed",
        "give every replica the same `AZURE_ISSUER_URI`; it is `<authority>` here";
    [90002] 502, Developer,
        "Microsoft does not know the organisation that this application belongs to.",
        "there is no tenant `<authority>`: a typing error, another cloud, or a tenant that was deleted",
        "set `AZURE_ISSUER_URI` to `https://login.microsoftonline.com/` and \"Directory (tenant) ID\" of the app \
         registration; national clouds have hosts of their own";
    [50059] 502, Developer,
        "Microsoft cannot tell which organisation this is about.",
        "neither the address nor the account says which tenant is meant",
        "set `AZURE_ISSUER_URI` to an address with \"Directory (tenant) ID\" of the app registration";
    [50128] 502, Developer,
        "Microsoft does not know the name of that organisation.",
        "the domain in the address or in the account belongs to no tenant",
        "set `AZURE_ISSUER_URI` to an address with \"Directory (tenant) ID\" in place of a domain";
    [70001 7_000_112] 403, TenantAdministrator,
        "This application is disabled.",
        "an administrator has disabled the application in the tenant",
        "set \"Enabled for users to sign-in?\" to yes under \"Enterprise applications\", the application with the id \
         `<client id>`, \"Properties\"";
    [50194] 400, Developer,
        "This application is for accounts of one organisation only.",
        "the registration is for one tenant, and `AZURE_ISSUER_URI` names `common` or another address for all",
        "set `AZURE_ISSUER_URI` to an address with \"Directory (tenant) ID\"; or set \"Supported account types\" of the app \
         registration to several organisations";
    [90124] 400, Developer,
        "What this application wants is not for accounts of every kind.",
        "the API that tokens are asked for is not for `common` and `consumers`",
        "set `AZURE_ISSUER_URI` to `https://login.microsoftonline.com/organizations` or to one with the tenant's id";
    [90130] 400, Developer,
        "This application is not set up for accounts of your kind.",
        "the application is not for personal accounts, and `AZURE_ISSUER_URI` names `common` or `consumers`",
        "set `AZURE_ISSUER_URI` to `https://login.microsoftonline.com/organizations` or to one with the tenant's id";
    [9_001_023] 400, Developer,
        "This way to sign in is not for accounts of every kind.",
        "the grant type does not work at `common` and `consumers`",
        "set `AZURE_ISSUER_URI` to `https://login.microsoftonline.com/organizations` or to one with the tenant's id";
    [9_002_332] 400, Developer,
        "This application is for accounts of organisations only.",
        "the application is for organisations, and `AZURE_ISSUER_URI` names `consumers`",
        "set `AZURE_ISSUER_URI` to an address with the tenant's id or `organizations`; or set \"Supported account types\"";
    [90038] 502, Developer,
        "The organisation of this application is in another cloud of Microsoft.",
        "the tenant is one of a national cloud, and `AZURE_ISSUER_URI` names another cloud",
        "set `AZURE_ISSUER_URI` to the host of that cloud, such as `https://login.microsoftonline.us/` and the tenant's id";
    [900_439] 502, Developer,
        "This application is registered in another cloud of Microsoft.",
        "the application is one of the cloud for the United States' government, and the public cloud was asked",
        "set `AZURE_ISSUER_URI` to `https://login.microsoftonline.us/` and the tenant's id";
    [900_382 900_432] 502, Developer,
        "This application and your organisation are in different clouds of Microsoft.",
        "a program with a secret cannot redeem codes of another cloud than its own",
        "register the application in the cloud of the people, and set `AZURE_ISSUER_URI` to its host";

    // The credentials.
    [7_000_215] 502, Developer,
        "Microsoft did not accept this application's proof of itself.",
        "the client secret is wrong: most often the secret's id in place of its value, a value that was cut, or the secret \
         of another application",
        "create a client secret under \"Certificates & secrets\" of the app registration `<client id>`, and set its \
         \"Value\", not its \"Secret ID\", as `AZURE_CLIENT_SECRET`";
    [7_000_222] 502, Developer,
        "This application's proof of itself has expired.",
        "the client secret has expired",
        "create a client secret under \"Certificates & secrets\" of the app registration `<client id>`, or with \
         `az ad app credential reset --append --id <client id>`, and set its value as `AZURE_CLIENT_SECRET`";
    [7_000_218] 502, Developer,
        "This application did not prove itself to Microsoft.",
        "the token request has no client secret, or what is between here and Microsoft removes it",
        "set `AZURE_CLIENT_SECRET`; if it is set, look for a proxy that changes requests";
    [700_024] 502, Developer,
        "This application's proof of itself was not valid at this time.",
        "the assertion of the client is outside of its time, because a clock is wrong or it lives longer than ten minutes",
        "compare this machine's clock with `https://time.gov`; for a federated token look at what writes `AZURE_FEDERATED_TOKEN_FILE`";
    [700_027] 502, Developer,
        "Microsoft could not check this application's signature.",
        "the client assertion is signed with a key that is not registered, or names another certificate",
        "upload the certificate of `AZURE_CLIENT_CERTIFICATE_PATH`, without its key, under \"Certificates & secrets\", \"Certificates\"";
    [7_000_214 7_000_277] 502, Developer,
        "This application's certificate was withdrawn.",
        "the certificate behind the client assertion was revoked",
        "upload a new one under \"Certificates & secrets\", \"Certificates\", and replace the file of \
         `AZURE_CLIENT_CERTIFICATE_PATH`";
    [7_000_274] 502, Developer,
        "This application's signature is wrong.",
        "the signature of the client assertion is not right for its content",
        "let `AZURE_CLIENT_CERTIFICATE_PATH` name the certificate under \"Certificates & secrets\", \"Certificates\", with its private key";
    [1_000_502] 502, Developer,
        "This application's certificate is not valid at this time.",
        "the certificate behind the client assertion has expired, or is not valid yet",
        "upload a valid one under \"Certificates & secrets\", \"Certificates\", and replace the file of \
         `AZURE_CLIENT_CERTIFICATE_PATH`";
    [70021] 502, Developer,
        "Microsoft does not know the service that vouches for this application.",
        "no federated credential of the registration fits issuer, subject and audience of the assertion, or it was added a \
         moment ago",
        "compare the three, letter for letter, with \"Certificates & secrets\", \"Federated credentials\", and wait some minutes";
    [700_211] 502, Developer,
        "Microsoft does not know who vouches for this application.",
        "no federated credential of the registration has the issuer (`iss`) of the assertion",
        "compare it, letter for letter, with \"Certificates & secrets\", \"Federated credentials\", \"Issuer\"";
    [700_212] 502, Developer,
        "What vouches for this application is meant for another service.",
        "no federated credential of the registration has the audience (`aud`) of the assertion",
        "compare it with \"Certificates & secrets\", \"Federated credentials\", \"Audience\": `api://AzureADTokenExchange`";
    [700_213] 502, Developer,
        "What vouches for this application names another one.",
        "no federated credential of the registration has the subject (`sub`) of the assertion",
        "compare it, letter for letter, with \"Certificates & secrets\", \"Federated credentials\", \"Subject identifier\"";
    [700_229] 502, Developer,
        "What vouches for this application is a person's, and has to be a program's.",
        "the assertion is a token of a person; only one of an application may be used in place of a secret",
        "use the token of a managed identity for `api://AzureADTokenExchange`";
    [50146] 502, Developer,
        "This application needs a signing key of its own at Microsoft.",
        "claims are mapped for the application, and it has no signing key of its own",
        "remove the mapping under \"Enterprise applications\", \"Single sign-on\", \"Attributes & Claims\", or give the \
         application a signing key with Microsoft Graph (`addTokenSigningCertificate`)";
    [501_461] 502, Developer,
        "The name of this application at Microsoft does not fit its settings.",
        "`acceptMappedClaims` is set, and the application id URI is neither the application's id nor of a verified domain",
        "set the application id URI under \"Expose an API\" to one with a verified domain, or remove `acceptMappedClaims` \
         under \"Manifest\"";

    // APIs and permissions.
    [500_011] 502, Developer,
        "Microsoft does not know the service that this application asks for.",
        "the API is not in the tenant: a typing error in its application id URI, another tenant, or nobody has consented",
        "compare the scopes with \"Expose an API\" of the API's registration, and create its service principal with \
         `az ad sp create --id <application id of the API>`";
    [65005] 502, Developer,
        "This application asks for more than it is registered for.",
        "the registration does not list the API, or the permission of it, that is asked for",
        "add it under \"API permissions\" of the app registration, then agree at `<consent address>`";
    [650_052] 403, TenantAdministrator,
        "Your organisation has not subscribed to a service that this application needs.",
        "the tenant has no subscription for the API that is asked for, or has disabled it",
        "subscribe to the service, or enable it under \"Enterprise applications\"; else remove it under \"API permissions\"";
    [650_053] 502, Developer,
        "This application asks for a permission that does not exist.",
        "the API has no permission of the name that is asked for",
        "correct the name in `protect(scopes = \"…\")`, or add it under \"Expose an API\" of the API's registration";
    [650_054] 502, Developer,
        "This application asks for a service that was removed.",
        "the API that is asked for was removed from the tenant, or is not available any more",
        "remove it under \"API permissions\" of the app registration";
    [650_056] 502, Developer,
        "This application is not registered for the service that it asks for.",
        "the registration lists no permission of the API, nobody has consented, or the tenant is another one",
        "add the permission under \"API permissions\", agree at `<consent address>`, and compare `AZURE_ISSUER_URI`";
    [650_057] 502, Developer,
        "This application asks for a service that its registration does not list.",
        "the API that is asked for is not under the permissions of the registration",
        "add it under \"API permissions\" of the app registration `<client id>`";
    [90008] 502, Developer,
        "This application may not read who signs in.",
        "the application asks for a token for itself, and its registration lacks the permission to sign people in",
        "add \"Microsoft Graph\", `User.Read` under \"API permissions\", then agree at `<consent address>`";
    [90009] 502, Developer,
        "This application asks for access to itself under the wrong name.",
        "the application asks for a token for itself by its application id URI, which works by its client id only",
        "ask for `<client id>/.default` or `<client id>/<scope>`; or give clients a registration of their own under \"App \
         registrations\"";
    [700_054] 400, Developer,
        "Microsoft does not give this application the kind of answer that it asks for.",
        "the request asks for an ID token at the redirect, which the registration does not allow",
        "ask for a code, as this library does (`response_type=code`); or tick \"ID tokens\" under \"Authentication\"";
}
