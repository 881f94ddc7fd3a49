#!/usr/bin/env bash
# The app registration of Contoso's tasks: It's "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '' /* // # */ EOF JSON ''' 🦀 ü ..
# Needs the Azure CLI, signed in by somebody who may register applications. It makes an application, and changes one that there is only where UPDATE names it.
# Open: tasks::report asks for `GroupMember.Read.All`: an administrator has to agree
# Open: hostile It's "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '' /* // # */
# EOF
# JSON
# ''' 🦀 ü
# .

set -euo pipefail

# On Windows the Azure CLI ends lines with a carriage return as well.
ask() { az "$@" --output tsv | tr -d '\r'; }
# send METHOD ADDRESS: the body comes from the standard input.
send() { az rest --method "$1" --url "$2" --headers Content-Type=application/json --body @- --output none; }

graph="$(ask cloud show --query endpoints.microsoftGraphResourceId)"
graph="${graph%/}/v1.0"
authority="$(ask cloud show --query endpoints.activeDirectory)"
authority="${authority%/}"
tenant="$(ask account show --query tenantId)"

# What is there may be somebody else's, or have more than the program knows: nothing is written over without a word.
keep_others() {
  if [[ -n "$1" && "${UPDATE:-}" != "$1" ]]; then
    echo "There is an application $1 already. Its redirect URIs, scopes, app roles, permissions and optional claims would be" >&2
    echo "replaced by those of this script. Compare them first: az ad app show --id $1 | <program> --auth-registration=check -" >&2
    echo "Then run this again with UPDATE=$1" >&2
    exit 1
  fi
}

# 37f7f235-527c-4136-accd-4a02d197296e is openid
# df021288-bdef-4463-88db-98f22de89214 is User.Read.All
# 41094075-9dad-400e-a0bd-54e686782033 is a name in two lines
application() {
  cat <<'JSON'
{
  "displayName": "Contoso's tasks: It's \"50 %\" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' \ud83e\udd80 \u00fc \u2028.",
  "signInAudience": "AzureADMyOrg",
  "groupMembershipClaims": "ApplicationGroup",
  "web": {
    "homePageUrl": "https://tasks.contoso.com/",
    "logoutUrl": "https://tasks.contoso.com/auth/front-channel-sign-out",
    "redirectUris": [
      "https://tasks.contoso.com/auth/callback",
      "http://localhost:3000/auth/callback",
      "https://tasks.contoso.com/"
    ],
    "implicitGrantSettings": {
      "enableIdTokenIssuance": false,
      "enableAccessTokenIssuance": false
    }
  },
  "spa": {
    "redirectUris": [
      "https://tasks.contoso.com/page"
    ]
  },
  "publicClient": {
    "redirectUris": [
      "http://localhost",
      "ms-appx-web://microsoft.aad.brokerplugin/x"
    ]
  },
  "isFallbackPublicClient": false,
  "api": {
    "requestedAccessTokenVersion": 2,
    "knownClientApplications": [
      "11111111-0000-4000-8000-0000000000c0"
    ],
    "oauth2PermissionScopes": [
      {
        "id": "11111111-0000-4000-8000-000000000001",
        "value": "Tasks.Read",
        "type": "User",
        "isEnabled": true,
        "adminConsentDisplayName": "Tasks.Read of everybody",
        "adminConsentDescription": "Read tasks.",
        "userConsentDisplayName": "Tasks.Read of yours",
        "userConsentDescription": ""
      },
      {
        "id": "11111111-0000-4000-8000-000000000002",
        "value": "Tasks.Write",
        "type": "User",
        "isEnabled": true,
        "adminConsentDisplayName": "Tasks.Write of everybody",
        "adminConsentDescription": "It's \"50 %\" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' \ud83e\udd80 \u00fc \u2028.",
        "userConsentDisplayName": "Tasks.Write of yours",
        "userConsentDescription": ""
      }
    ]
  },
  "appRoles": [
    {
      "id": "11111111-0000-4000-8000-000000000010",
      "value": "Role.16",
      "displayName": "Role 16",
      "description": "It's \"50 %\" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' \ud83e\udd80 \u00fc \u2028.",
      "allowedMemberTypes": [
        "User"
      ],
      "isEnabled": true
    },
    {
      "id": "11111111-0000-4000-8000-000000000011",
      "value": "Role.17",
      "displayName": "Role 17",
      "description": "It's \"50 %\" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' \ud83e\udd80 \u00fc \u2028.",
      "allowedMemberTypes": [
        "Application"
      ],
      "isEnabled": true
    },
    {
      "id": "11111111-0000-4000-8000-000000000012",
      "value": "Role.18",
      "displayName": "Role 18",
      "description": "It's \"50 %\" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' \ud83e\udd80 \u00fc \u2028.",
      "allowedMemberTypes": [
        "User",
        "Application"
      ],
      "isEnabled": true
    }
  ],
  "requiredResourceAccess": [
    {
      "resourceAppId": "00000003-0000-0000-c000-000000000000",
      "resourceAccess": [
        {
          "id": "37f7f235-527c-4136-accd-4a02d197296e",
          "type": "Scope"
        },
        {
          "id": "df021288-bdef-4463-88db-98f22de89214",
          "type": "Role"
        }
      ]
    },
    {
      "resourceAppId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
      "resourceAccess": [
        {
          "id": "41094075-9dad-400e-a0bd-54e686782033",
          "type": "Scope"
        }
      ]
    }
  ],
  "optionalClaims": {
    "idToken": [
      {
        "name": "login_hint",
        "essential": false,
        "additionalProperties": []
      },
      {
        "name": "acct",
        "essential": true,
        "additionalProperties": []
      }
    ],
    "accessToken": [
      {
        "name": "idtyp",
        "essential": false,
        "additionalProperties": [
          "include_user_token"
        ]
      },
      {
        "name": "groups",
        "essential": false,
        "additionalProperties": [
          "cloud_displayname"
        ]
      }
    ],
    "saml2Token": [
      {
        "name": "groups",
        "essential": false,
        "additionalProperties": []
      }
    ]
  }
}
JSON
}

client_id="$(ask ad app list --filter 'displayName eq '\''Contoso'\'''\''s tasks: It'\'''\''s "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '\'''\'''\'''\'' /* // # */
EOF
JSON
	'\'''\'''\'''\'''\'''\'' 🦀 ü  .'\''' --query '[].appId')"

if [[ "$client_id" == *$'\n'* ]]; then
  echo "several applications have this name; say which one is meant with its client id" >&2
  exit 1
fi
keep_others "$client_id"
if [[ -z "$client_id" ]]; then
  client_id="$(application | ask rest --method POST --url "$graph/applications" \
    --headers Content-Type=application/json --body @- --query appId)"
  # It is not everywhere at once.
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if az ad app show --id "$client_id" --output none 2>/dev/null; then break; fi
    sleep 3
  done
else
  application | send PATCH "$graph/applications(appId='$client_id')"
fi

sed "s/{appId}/$client_id/g" <<'JSON' | send PATCH "$graph/applications(appId='$client_id')"
{
  "identifierUris": [
    "api://{appId}",
    "https://contoso.com/tasks"
  ],
  "api": {
    "preAuthorizedApplications": [
      {
        "appId": "11111111-0000-4000-8000-0000000000c1",
        "delegatedPermissionIds": [
          "11111111-0000-4000-8000-000000000001",
          "11111111-0000-4000-8000-000000000002"
        ]
      },
      {
        "appId": "11111111-0000-4000-8000-0000000000c2",
        "delegatedPermissionIds": [
          "11111111-0000-4000-8000-000000000001"
        ]
      }
    ]
  }
}
JSON

principal="$(ask ad sp list --filter "appId eq '$client_id'" --query '[].id')"
if [[ -z "$principal" ]]; then
  az ad sp create --id "$client_id" --output none
fi

credentials="$graph/applications(appId='$client_id')/federatedIdentityCredentials"
names="$(ask rest --method GET --url "$credentials" --query 'value[].name')"
if ! grep -Fxq -e 'github' <<<"$names"; then
  send POST "$credentials" <<'JSON'
{
  "name": "github",
  "issuer": "https://token.actions.githubusercontent.com",
  "subject": "repo:contoso/tasks:environment:production",
  "audiences": [
    "api://AzureADTokenExchange"
  ]
}
JSON
fi
if ! grep -Fxq -e '1-cluster_a' <<<"$names"; then
  send POST "$credentials" <<'JSON'
{
  "name": "1-cluster_a",
  "issuer": "https://token.actions.githubusercontent.com",
  "subject": "system:serviceaccount:it's:${tasks}\n",
  "audiences": [
    "api://AzureADTokenExchange"
  ]
}
JSON
fi

echo "AZURE_CLIENT_ID=$client_id"
echo "AZURE_ISSUER_URI=$authority/$tenant/v2.0"
echo "# Left, for an administrator: az ad app permission admin-consent --id $client_id"
