//! Codes about the person: the account, the proof of who it is, the device, the assignment, rules and consent.

use super::entra_codes;

entra_codes! {
    // The account.
    [16000] 400, Visitor,
        "The account you are signed in with does not belong to the organisation of this application. Please choose another.",
        "the browser is signed in at Microsoft with an account that is not in the tenant of `AZURE_ISSUER_URI`",
        "let the person choose an account, with `Login::prompt(Prompt::SelectAccount)`, or invite the account under \
         \"Users\", \"Invite external user\" of the tenant";
    [50020] 403, TenantAdministrator,
        "Your account belongs to another organisation than this application.",
        "the account is of another tenant or identity provider, and the tenant of `AZURE_ISSUER_URI` has no guest for it",
        "invite the account under \"Users\", \"Invite external user\"; or let all organisations in: \"Supported account \
         types\" of the app registration, and `AZURE_ISSUER_URI` with `/organizations`";
    [50034 51004] 403, TenantAdministrator,
        "Your account is not known to the organisation of this application.",
        "there is no such account in the tenant's directory",
        "create the account under \"Users\", or compare the tenant in `AZURE_ISSUER_URI` with the one that the person \
         belongs to";
    [50014] 403, TenantAdministrator,
        "Your account was invited, and the invitation is not accepted yet.",
        "the account is a guest whose invitation waits, or was created a moment ago",
        "let the person open the link of the invitation; \"Users\", the guest, \"Resend invitation\" sends it again";
    [50053] 403, TenantAdministrator,
        "Your account is locked for the moment.",
        "too many wrong passwords were tried, or the sign-in came from an address with a bad reputation",
        "wait, or see \"Sign-in logs\" of the tenant and reset the password under \"Users\"";
    [50055] 400, Visitor,
        "Your password has expired.",
        "the password of the account has expired",
        "choose a new password on Microsoft's page, or at `https://passwordreset.microsoftonline.com`";
    [50056] 400, TenantAdministrator,
        "Your account has no password that could be checked.",
        "the directory has no password for this account, or the one that is synchronised from elsewhere has not arrived",
        "reset the password under \"Users\", the account, \"Reset password\"";
    [50057] 403, TenantAdministrator,
        "Your account is disabled.",
        "an administrator has disabled the account",
        "enable it under \"Users\", the account, \"Account enabled\"";
    [50126] 400, Visitor,
        "Your name or password was not accepted.",
        "the user name or the password is wrong",
        "try again, or choose a new password at `https://passwordreset.microsoftonline.com`";

    // The session at Microsoft.
    [50058] 400, Visitor,
        "You are not signed in with Microsoft.",
        "the sign-in was to show nothing (`prompt=none`), and the browser has no session at Microsoft",
        "begin the sign-in without `Login::prompt(Prompt::None)`";
    [50132] 400, Visitor,
        "Your sign-in with Microsoft does not count any more. Please sign in again.",
        "the session at Microsoft is over, because the password expired or was changed",
        "sign in again; `AzureAuthBuilder::login_path` is where";
    [50133] 400, Visitor,
        "Your sign-in with Microsoft was withdrawn. Please sign in again.",
        "the session at Microsoft was revoked, by an administrator or by a changed password",
        "sign in again; `AzureAuthBuilder::login_path` is where";
    [50173] 400, Visitor,
        "Your sign-in with Microsoft was ended. Please sign in again.",
        "the grant was revoked after it was made: the password was changed or reset, or the sessions were revoked",
        "sign in again; `AzureAuthBuilder::login_path` is where";
    [70043] 400, Visitor,
        "Your organisation asks you to sign in again.",
        "the sign-in is older than the sign-in frequency that a Conditional Access policy sets",
        "sign in again; the time is set under \"Conditional Access\", \"Session\", \"Sign-in frequency\"";
    [50140] 400, Visitor,
        "Microsoft asked whether you stay signed in, and got no answer. Please sign in again.",
        "the question \"Stay signed in?\" was not answered",
        "sign in again and answer it; an administrator can switch it off under \"Company branding\"";
    [50199] 400, Visitor,
        "Microsoft asked you to confirm that you meant this application. Please sign in again.",
        "the page that asks whether the person trusts this application was not confirmed",
        "sign in again in a browser window, and choose \"Continue\"";

    // A further proof.
    [50072] 400, Visitor,
        "Microsoft asks you to set up a further proof of who you are.",
        "a second factor is needed, and the account has none",
        "sign in again and set one up, or do so at `https://aka.ms/mfasetup`";
    [50074] 400, Visitor,
        "Microsoft asks for a second proof of who you are.",
        "a second factor is needed, and was not given",
        "sign in again in a browser window, without `Login::prompt(Prompt::None)`";
    [50076] 400, Visitor,
        "Microsoft asks for a further proof of who you are.",
        "a policy of the tenant asks for a second factor, or the person is at a new place",
        "sign in again in a browser window, without `Login::prompt(Prompt::None)`";
    [50078] 400, Visitor,
        "Your last proof of who you are is too old for Microsoft.",
        "the second factor was given longer ago than a policy of the tenant allows",
        "sign in again in a browser window, without `Login::prompt(Prompt::None)`";
    [50079] 400, Visitor,
        "Microsoft asks you to register a further proof of who you are.",
        "an administrator requires a second factor, and the account has not registered any",
        "sign in again and register, or do so at `https://aka.ms/mfasetup`";
    [50158] 400, Visitor,
        "Your organisation asks for a proof at another service.",
        "an external challenge was not met: a second factor of another maker, or terms of use",
        "sign in again in a browser window, without `Login::prompt(Prompt::None)`; the challenge is under \"Conditional \
         Access\", \"Custom controls\" or \"Terms of use\"";
    [700_020] 400, Visitor,
        "Microsoft has to ask you something before you are signed in.",
        "the person has to act in a browser window before the code can be redeemed",
        "sign in again, without `Login::prompt(Prompt::None)`";

    // The device.
    [50097] 400, Visitor,
        "Microsoft asks for a proof of your device.",
        "a policy asks for device authentication, and the browser did not offer any",
        "sign in on a registered device, in a browser that knows it; the rule is under \"Conditional Access\"";
    [50129] 400, Visitor,
        "Your device is not registered with your organisation.",
        "a policy asks for a registered device, and this one is not joined to a workplace",
        "register it under \"Access work or school\" of the device's settings; the rule is under \"Conditional Access\"";
    [50187] 400, Visitor,
        "Your browser does not tell Microsoft about your device.",
        "a policy asks about the device, and the browser sent nothing about it",
        "use a browser that is signed in to the device's work account; the rule is under \"Conditional Access\"";

    // Assignment and rules.
    [50105] 403, TenantAdministrator,
        "You are not assigned to this application.",
        "the application requires assignment, and neither the person nor a group of theirs is assigned to it",
        "assign the person or a group under \"Enterprise applications\", the application with the id `<client id>`, \
         \"Users and groups\"; or set \"Assignment required?\" to no under \"Properties\"";
    [50131] 403, TenantAdministrator,
        "A rule of your organisation does not allow this sign-in from this device or place.",
        "Conditional Access refused: the state of the device, suspicious activity, or another condition",
        "see \"Sign-in logs\", the sign-in with this correlation id, \"Conditional Access\": it names the policy";
    [53000] 403, TenantAdministrator,
        "Your device does not meet the rules of your organisation.",
        "Conditional Access asks for a compliant device, and this one is not compliant",
        "enrol the device and make it compliant, or change the policy under \"Conditional Access\", \"Grant\"";
    [53001] 403, TenantAdministrator,
        "Your device has not joined the network of your organisation.",
        "Conditional Access asks for a device that is joined to the domain, and this one is not",
        "join the device, or change the policy under \"Conditional Access\", \"Grant\"";
    [53002] 403, TenantAdministrator,
        "Your organisation does not allow this program for signing in.",
        "Conditional Access asks for an approved application, and the browser is none",
        "use an approved browser, or change the policy under \"Conditional Access\", \"Grant\"";
    [53003] 403, TenantAdministrator,
        "A rule of your organisation does not allow this sign-in.",
        "a Conditional Access policy blocks the person, the place, the device or the application",
        "see \"Sign-in logs\", the sign-in with this correlation id, \"Conditional Access\": it names the policy to change \
         or to leave this person or application out of";
    [53004] 403, TenantAdministrator,
        "Microsoft sees a risk, and lets you set up no further proof of who you are at the moment.",
        "the person has to register for a second factor, and the risk of the sign-in forbids that",
        "let the person register from a known place, or dismiss the risk under \"Identity Protection\", \"Risky users\"";
    [53010] 403, TenantAdministrator,
        "Your organisation lets you set up a further proof of who you are from certain places only.",
        "the registration of a second factor is allowed from certain places or devices only",
        "let the person register there, or change the policy under \"Conditional Access\", \"User actions\"";
    [53011] 403, TenantAdministrator,
        "Your own organisation sees a risk in your account.",
        "the account is blocked because of a risk in its home tenant",
        "let its own administrator dismiss the risk under \"Identity Protection\", \"Risky users\"";
    [530_003] 403, TenantAdministrator,
        "Your organisation asks for a device that it manages.",
        "a policy asks for a managed device, and this one is not registered",
        "register the device, or change the policy under \"Conditional Access\", \"Grant\"";
    [530_004 530_005 530_006 530_007 530_008 530_009 530_010 530_011 530_012 530_013 530_014 530_015 530_016 530_017
     530_018 530_019 530_020 530_021 530_022 530_023 530_024 530_025 530_026 530_027 530_028 530_029 530_030 530_031
     530_033] 403, TenantAdministrator,
        "A rule of your organisation does not allow this sign-in as it is.",
        "a policy of the tenant about access, devices or applications blocks the sign-in",
        "see \"Sign-in logs\", the sign-in with this correlation id, \"Conditional Access\": it names the policy";
    [530_032] 403, TenantAdministrator,
        "A security rule of your organisation does not allow this sign-in.",
        "a security policy that the administrator configured blocks the sign-in",
        "see \"Sign-in logs\", the sign-in with this correlation id, \"Conditional Access\"; then \"Identity Protection\"";
    [530_034] 403, TenantAdministrator,
        "Microsoft sees a risk in the account of this administrator from outside.",
        "a delegated administrator is blocked because of a risk in the home tenant",
        "let its own administrator dismiss the risk under \"Identity Protection\", \"Risky users\"";
    [530_035] 403, TenantAdministrator,
        "The basic protection of your organisation does not allow this sign-in.",
        "the security defaults of the tenant block the sign-in",
        "sign in with a second factor in a current browser; the defaults are under \"Properties\", \"Manage security \
         defaults\", of the tenant";

    // Consent.
    [65001] 400, TenantAdministrator,
        "This application needs consent before it can sign you in.",
        "neither the person nor an administrator has agreed to what the application asks for",
        "an administrator agrees for everybody at `<consent address>`; where people may agree themselves, sign in without \
         `Login::prompt(Prompt::None)`";
    [65004] 400, Visitor,
        "You did not agree to what this application asks for.",
        "the person did not agree to the permissions",
        "sign in again and agree; or let an administrator agree for everybody at `<consent address>`";
    [90093] 403, TenantAdministrator,
        "Only an administrator can agree to what this application asks for.",
        "the account may not agree to these permissions, and an administrator has not",
        "an administrator agrees for everybody at `<consent address>`";
    [90094] 403, TenantAdministrator,
        "This application needs the approval of an administrator.",
        "the permissions need an administrator's consent, or the tenant lets nobody else consent",
        "an administrator agrees for everybody at `<consent address>`; what people may agree to is under \"Consent and \
         permissions\"";
    [90095] 403, TenantAdministrator,
        "This application needs the approval of an administrator, which you can ask for on Microsoft's page.",
        "the permissions need an administrator's consent, and the tenant has requests for it",
        "an administrator agrees at `<consent address>`, or answers under \"Enterprise applications\", \"Admin consent \
         requests\"";
}
