#!/usr/bin/env bash
# The app registration of hello.
# Needs the Azure CLI, signed in by somebody who may register applications. It makes an application, and changes one that there is only where UPDATE names it.

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
  "displayName": "hello",
  "signInAudience": "AzureADMultipleOrgs",
  "identifierUris": [
    "api://11111111-0000-4000-8000-00000000000a"
  ],
  "web": {
    "redirectUris": [
      "http://localhost:3000/auth/callback"
    ],
    "implicitGrantSettings": {
      "enableIdTokenIssuance": false,
      "enableAccessTokenIssuance": false
    }
  },
  "isFallbackPublicClient": false,
  "api": {
    "requestedAccessTokenVersion": 2
  },
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
    "idToken": [],
    "accessToken": [],
    "saml2Token": []
  }
}
JSON
}

client_id='11111111-0000-4000-8000-00000000000a'

found="$(ask ad app list --filter "appId eq '$client_id'" --query '[].appId')"
if [[ -z "$found" ]]; then
  echo "tenant $tenant has no application $client_id" >&2
  exit 1
fi
keep_others "$client_id"
application | send PATCH "$graph/applications(appId='$client_id')"

principal="$(ask ad sp list --filter "appId eq '$client_id'" --query '[].id')"
if [[ -z "$principal" ]]; then
  az ad sp create --id "$client_id" --output none
fi

echo "AZURE_CLIENT_ID=$client_id"
echo "AZURE_ISSUER_URI=$authority/organizations/v2.0"
echo "# Left, for an administrator: az ad app permission admin-consent --id $client_id"
