// The app registration of Contoso's tasks: It's "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '' /* // # */ EOF JSON ''' 🦀 ü ..
// Beside it, bicepconfig.json:
// { "extensions": { "microsoftGraphV1": "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0" } }
// Open: tasks::report asks for `GroupMember.Read.All`: an administrator has to agree
// Open: hostile It's "50 %" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \ '' /* // # */
// EOF
// JSON
// ''' 🦀 ü
// .
// Left, for an administrator: az ad app permission admin-consent --id <client id>

extension microsoftGraphV1

@description('Never changes: a new one is a new application.')
param uniqueName string = 'contoso-s-tasks-it-s-50-of-id-id-home-home-home-if-token-eof-json-845fbc8f'

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'Contoso\'s tasks: It\'s "50 %" of `id` $(id) $HOME \${HOME} $\${HOME} %{if} {{token}} \\ \'\' /* // # */\nEOF\nJSON\r\n\t\u{7}\'\'\' 🦀 ü \u{2028}.'
  signInAudience: 'AzureADMyOrg'
  groupMembershipClaims: 'ApplicationGroup'
  web: {
    homePageUrl: 'https://tasks.contoso.com/'
    logoutUrl: 'https://tasks.contoso.com/auth/front-channel-sign-out'
    redirectUris: [
      'https://tasks.contoso.com/auth/callback'
      'http://localhost:3000/auth/callback'
      'https://tasks.contoso.com/'
    ]
    implicitGrantSettings: {
      enableIdTokenIssuance: false
      enableAccessTokenIssuance: false
    }
  }
  spa: {
    redirectUris: [
      'https://tasks.contoso.com/page'
    ]
  }
  publicClient: {
    redirectUris: [
      'http://localhost'
      'ms-appx-web://microsoft.aad.brokerplugin/x'
    ]
  }
  isFallbackPublicClient: false
  api: {
    requestedAccessTokenVersion: 2
    knownClientApplications: [
      '11111111-0000-4000-8000-0000000000c0'
    ]
    oauth2PermissionScopes: [
      {
        id: '11111111-0000-4000-8000-000000000001' // Tasks.Read
        value: 'Tasks.Read'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Tasks.Read of everybody'
        adminConsentDescription: 'Read tasks.'
        userConsentDisplayName: 'Tasks.Read of yours'
        userConsentDescription: ''
      }
      {
        id: '11111111-0000-4000-8000-000000000002' // Tasks.Write
        value: 'Tasks.Write'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Tasks.Write of everybody'
        adminConsentDescription: 'It\'s "50 %" of `id` $(id) $HOME \${HOME} $\${HOME} %{if} {{token}} \\ \'\' /* // # */\nEOF\nJSON\r\n\t\u{7}\'\'\' 🦀 ü \u{2028}.'
        userConsentDisplayName: 'Tasks.Write of yours'
        userConsentDescription: ''
      }
    ]
  }
  appRoles: [
    {
      id: '11111111-0000-4000-8000-000000000010'
      value: 'Role.16'
      displayName: 'Role 16'
      description: 'It\'s "50 %" of `id` $(id) $HOME \${HOME} $\${HOME} %{if} {{token}} \\ \'\' /* // # */\nEOF\nJSON\r\n\t\u{7}\'\'\' 🦀 ü \u{2028}.'
      allowedMemberTypes: [
        'User'
      ]
      isEnabled: true
    }
    {
      id: '11111111-0000-4000-8000-000000000011'
      value: 'Role.17'
      displayName: 'Role 17'
      description: 'It\'s "50 %" of `id` $(id) $HOME \${HOME} $\${HOME} %{if} {{token}} \\ \'\' /* // # */\nEOF\nJSON\r\n\t\u{7}\'\'\' 🦀 ü \u{2028}.'
      allowedMemberTypes: [
        'Application'
      ]
      isEnabled: true
    }
    {
      id: '11111111-0000-4000-8000-000000000012'
      value: 'Role.18'
      displayName: 'Role 18'
      description: 'It\'s "50 %" of `id` $(id) $HOME \${HOME} $\${HOME} %{if} {{token}} \\ \'\' /* // # */\nEOF\nJSON\r\n\t\u{7}\'\'\' 🦀 ü \u{2028}.'
      allowedMemberTypes: [
        'User'
        'Application'
      ]
      isEnabled: true
    }
  ]
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
    idToken: [
      {
        name: 'login_hint'
        essential: false
        additionalProperties: []
      }
      {
        name: 'acct'
        essential: true
        additionalProperties: []
      }
    ]
    accessToken: [
      {
        name: 'idtyp'
        essential: false
        additionalProperties: [
          'include_user_token'
        ]
      }
      {
        name: 'groups'
        essential: false
        additionalProperties: [
          'cloud_displayname'
        ]
      }
    ]
    saml2Token: [
      {
        name: 'groups'
        essential: false
        additionalProperties: []
      }
    ]
  }

  resource credential1 'federatedIdentityCredentials@v1.0' = {
    name: '${application.uniqueName}/github'
    issuer: 'https://token.actions.githubusercontent.com'
    subject: 'repo:contoso/tasks:environment:production'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }

  resource credential2 'federatedIdentityCredentials@v1.0' = {
    name: '${application.uniqueName}/1-cluster_a'
    issuer: 'https://token.actions.githubusercontent.com'
    subject: 'system:serviceaccount:it\'s:\${tasks}\n'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

// The same application, once its client id is known and its scopes are there.
resource completion 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: application.displayName
  identifierUris: [
    'api://${application.appId}'
    'https://contoso.com/tasks'
  ]
  api: {
    preAuthorizedApplications: [
      {
        appId: '11111111-0000-4000-8000-0000000000c1'
        delegatedPermissionIds: [
          '11111111-0000-4000-8000-000000000001' // Tasks.Read
          '11111111-0000-4000-8000-000000000002' // Tasks.Write
        ]
      }
      {
        appId: '11111111-0000-4000-8000-0000000000c2'
        delegatedPermissionIds: [
          '11111111-0000-4000-8000-000000000001' // Tasks.Read
        ]
      }
    ]
  }
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
}

output AZURE_CLIENT_ID string = application.appId
output AZURE_ISSUER_URI string = '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
