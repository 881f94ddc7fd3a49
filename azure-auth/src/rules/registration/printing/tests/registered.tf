# The app registration of hello.
# Left, for an administrator: az ad app permission admin-consent --id <client id>

terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}

data "azuread_application" "registered" {
  client_id = "11111111-0000-4000-8000-00000000000a"
}

import {
  to = azuread_application.application
  id = "/applications/${data.azuread_application.registered.object_id}"
}

resource "azuread_application" "application" {
  display_name                   = "hello"
  sign_in_audience               = "AzureADMultipleOrgs"
  fallback_public_client_enabled = false
  identifier_uris                = ["api://11111111-0000-4000-8000-00000000000a"]

  web {
    redirect_uris = ["http://localhost:3000/auth/callback"]

    implicit_grant {
      id_token_issuance_enabled     = false
      access_token_issuance_enabled = false
    }
  }

  api {
    requested_access_token_version = 2
  }

  required_resource_access {
    resource_app_id = "00000003-0000-0000-c000-000000000000"

    resource_access {
      id   = "37f7f235-527c-4136-accd-4a02d197296e" # openid
      type = "Scope"
    }

    resource_access {
      id   = "df021288-bdef-4463-88db-98f22de89214" # User.Read.All
      type = "Role"
    }
  }

  required_resource_access {
    resource_app_id = "797f4846-ba00-4fd7-ba43-dac1f8f63013"

    resource_access {
      id   = "41094075-9dad-400e-a0bd-54e686782033" # a name in two lines
      type = "Scope"
    }
  }
}

resource "azuread_service_principal" "principal" {
  client_id    = azuread_application.application.client_id
  use_existing = true
}

output "AZURE_CLIENT_ID" {
  value = azuread_application.application.client_id
}

output "AZURE_ISSUER_URI" {
  value = "https://login.microsoftonline.com/organizations/v2.0"
}
