// The app registration of hello.
// Beside it, bicepconfig.json:
// { "extensions": { "microsoftGraphV1": "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0" } }
// Left, for an administrator: az ad app permission admin-consent --id <client id>

extension microsoftGraphV1

// An application that Bicep did not create gets its unique name once:
// az rest --method PATCH --url "https://graph.microsoft.com/v1.0/applications(appId='11111111-0000-4000-8000-00000000000a')" --body '{"uniqueName":"hello-89e33ac7"}'
@description('Never changes: a new one is a new application.')
param uniqueName string = 'hello-89e33ac7'

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'hello'
  signInAudience: 'AzureADMultipleOrgs'
  identifierUris: [
    'api://11111111-0000-4000-8000-00000000000a'
  ]
  web: {
    redirectUris: [
      'http://localhost:3000/auth/callback'
    ]
    implicitGrantSettings: {
      enableIdTokenIssuance: false
      enableAccessTokenIssuance: false
    }
  }
  isFallbackPublicClient: false
  api: {
    requestedAccessTokenVersion: 2
  }
  requiredResourceAccess: [
    {
      resourceAppId: '00000003-0000-0000-c000-000000000000'
      resourceAccess: [
        {
          id: '37f7f235-527c-4136-accd-4a02d197296e' // openid
          type: 'Scope'
        }
        {
          id: 'df021288-bdef-4463-88db-98f22de89214' // User.Read.All
          type: 'Role'
        }
      ]
    }
    {
      resourceAppId: '797f4846-ba00-4fd7-ba43-dac1f8f63013'
      resourceAccess: [
        {
          id: '41094075-9dad-400e-a0bd-54e686782033' // a name in two lines
          type: 'Scope'
        }
      ]
    }
  ]
  optionalClaims: {
    idToken: []
    accessToken: []
    saml2Token: []
  }
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
}

output AZURE_CLIENT_ID string = application.appId
output AZURE_ISSUER_URI string = '${environment().authentication.loginEndpoint}organizations/v2.0'
