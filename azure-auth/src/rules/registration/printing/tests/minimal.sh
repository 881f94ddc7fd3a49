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

application() {
  cat <<'JSON'
{
  "displayName": "hello",
  "signInAudience": "AzureADMultipleOrgs",
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
  "optionalClaims": {
    "idToken": [],
    "accessToken": [],
    "saml2Token": []
  }
}
JSON
}

client_id="$(ask ad app list --filter 'displayName eq '\''hello'\''' --query '[].appId')"

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

principal="$(ask ad sp list --filter "appId eq '$client_id'" --query '[].id')"
if [[ -z "$principal" ]]; then
  az ad sp create --id "$client_id" --output none
fi

echo "AZURE_CLIENT_ID=$client_id"
echo "AZURE_ISSUER_URI=$authority/organizations/v2.0"
