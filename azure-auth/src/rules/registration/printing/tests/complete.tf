# The app registration of Contoso's tasks: It's "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '' /* // # */ EOF JSON ''' 🦀 ü ..
# Open: tasks::report asks for `GroupMember.Read.All`: an administrator has to agree
# Open: hostile It's "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '' /* // # */
# EOF
# JSON
# ''' 🦀 ü
# .
# Left, for an administrator: az ad app permission admin-consent --id <client id>
# Open: the provider takes the optional claims in part alone. All of them, once it has made the application:
# az rest --method PATCH --url "https://graph.microsoft.com/v1.0/applications(appId='<client id>')" --body '{"optionalClaims":{"accessToken":[{"additionalProperties":["include_user_token"],"essential":false,"name":"idtyp"},{"additionalProperties":["cloud_displayname"],"essential":false,"name":"groups"}],"idToken":[{"additionalProperties":[],"essential":false,"name":"login_hint"},{"additionalProperties":[],"essential":true,"name":"acct"}],"saml2Token":[{"additionalProperties":[],"essential":false,"name":"groups"}]}}'

terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}

data "azuread_client_config" "current" {}

resource "azuread_application" "application" {
  display_name                   = "Contoso's tasks: It's \"50 %\" of `id` $(id) $HOME $${HOME} $$${HOME} %%{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' 🦀 ü \u2028."
  sign_in_audience               = "AzureADMyOrg"
  fallback_public_client_enabled = false
  group_membership_claims        = ["ApplicationGroup"]

  web {
    homepage_url = "https://tasks.contoso.com/"
    logout_url   = "https://tasks.contoso.com/auth/front-channel-sign-out"
    redirect_uris = [
      "https://tasks.contoso.com/auth/callback",
      "http://localhost:3000/auth/callback",
      "https://tasks.contoso.com/",
    ]

    implicit_grant {
      id_token_issuance_enabled     = false
      access_token_issuance_enabled = false
    }
  }

  single_page_application {
    redirect_uris = ["https://tasks.contoso.com/page"]
  }

  public_client {
    redirect_uris = [
      "http://localhost",
      "ms-appx-web://microsoft.aad.brokerplugin/x",
    ]
  }

  api {
    requested_access_token_version = 2
    known_client_applications      = ["11111111-0000-4000-8000-0000000000c0"]

    oauth2_permission_scope {
      id                         = "11111111-0000-4000-8000-000000000001"
      value                      = "Tasks.Read"
      type                       = "User"
      enabled                    = true
      admin_consent_display_name = "Tasks.Read of everybody"
      admin_consent_description  = "Read tasks."
      user_consent_display_name  = "Tasks.Read of yours"
    }

    oauth2_permission_scope {
      id                         = "11111111-0000-4000-8000-000000000002"
      value                      = "Tasks.Write"
      type                       = "User"
      enabled                    = true
      admin_consent_display_name = "Tasks.Write of everybody"
      admin_consent_description  = "It's \"50 %\" of `id` $(id) $HOME $${HOME} $$${HOME} %%{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' 🦀 ü \u2028."
      user_consent_display_name  = "Tasks.Write of yours"
    }
  }

  app_role {
    id                   = "11111111-0000-4000-8000-000000000010"
    value                = "Role.16"
    display_name         = "Role 16"
    description          = "It's \"50 %\" of `id` $(id) $HOME $${HOME} $$${HOME} %%{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' 🦀 ü \u2028."
    enabled              = true
    allowed_member_types = ["User"]
  }

  app_role {
    id                   = "11111111-0000-4000-8000-000000000011"
    value                = "Role.17"
    display_name         = "Role 17"
    description          = "It's \"50 %\" of `id` $(id) $HOME $${HOME} $$${HOME} %%{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' 🦀 ü \u2028."
    enabled              = true
    allowed_member_types = ["Application"]
  }

  app_role {
    id           = "11111111-0000-4000-8000-000000000012"
    value        = "Role.18"
    display_name = "Role 18"
    description  = "It's \"50 %\" of `id` $(id) $HOME $${HOME} $$${HOME} %%{if} {{token}} \\ '' /* // # */\nEOF\nJSON\r\n\t\u0007''' 🦀 ü \u2028."
    enabled      = true
    allowed_member_types = [
      "User",
      "Application",
    ]
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

  optional_claims {
    id_token {
      name = "login_hint"
    }

    id_token {
      name      = "acct"
      essential = true
    }

    access_token {
      name = "idtyp"
    }

    access_token {
      name                  = "groups"
      additional_properties = ["cloud_displayname"]
    }

    saml2_token {
      name = "groups"
    }
  }

  lifecycle {
    ignore_changes = [identifier_uris, optional_claims]
  }
}

resource "azuread_application_identifier_uri" "identifier_uri_1" {
  application_id = azuread_application.application.id
  identifier_uri = "api://${azuread_application.application.client_id}"
}

resource "azuread_application_identifier_uri" "identifier_uri_2" {
  application_id = azuread_application.application.id
  identifier_uri = "https://contoso.com/tasks"
}

resource "azuread_service_principal" "principal" {
  client_id    = azuread_application.application.client_id
  use_existing = true
}

# Nobody is asked for Tasks.Read, Tasks.Write.
resource "azuread_application_pre_authorized" "client_11111111-0000-4000-8000-0000000000c1" {
  application_id       = azuread_application.application.id
  authorized_client_id = "11111111-0000-4000-8000-0000000000c1"
  permission_ids = [
    "11111111-0000-4000-8000-000000000001",
    "11111111-0000-4000-8000-000000000002",
  ]
}

# Nobody is asked for Tasks.Read.
resource "azuread_application_pre_authorized" "client_11111111-0000-4000-8000-0000000000c2" {
  application_id       = azuread_application.application.id
  authorized_client_id = "11111111-0000-4000-8000-0000000000c2"
  permission_ids       = ["11111111-0000-4000-8000-000000000001"]
}

resource "azuread_application_federated_identity_credential" "credential_github" {
  application_id = azuread_application.application.id
  display_name   = "github"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/tasks:environment:production"
  audiences      = ["api://AzureADTokenExchange"]
}

resource "azuread_application_federated_identity_credential" "credential_1-cluster_a" {
  application_id = azuread_application.application.id
  display_name   = "1-cluster_a"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "system:serviceaccount:it's:$${tasks}\n"
  audiences      = ["api://AzureADTokenExchange"]
}

output "AZURE_CLIENT_ID" {
  value = azuread_application.application.client_id
}

output "AZURE_ISSUER_URI" {
  value = "https://login.microsoftonline.com/${data.azuread_client_config.current.tenant_id}/v2.0"
}
