// The app registration of hello.
// Beside it, bicepconfig.json:
// { "extensions": { "microsoftGraphV1": "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0" } }

extension microsoftGraphV1

@description('Never changes: a new one is a new application.')
param uniqueName string = 'hello-89e33ac7'

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'hello'
  signInAudience: 'AzureADMultipleOrgs'
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
