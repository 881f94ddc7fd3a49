# The app registration of hello.

terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}

resource "azuread_application" "application" {
  display_name                   = "hello"
  sign_in_audience               = "AzureADMultipleOrgs"
  fallback_public_client_enabled = false

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
