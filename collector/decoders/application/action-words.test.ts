// Proves what the vocabulary reads out of the names applications give their actions and events.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meaningOfAction, outcomeOfWords } from './action-words.ts'

describe('the name of an action', () => {
  it.each([
    ['REFUND', 'refund', 'action', ''],
    ['refund', 'refund', 'action', ''],
    ['RefundIssued', 'refund', 'action', 'allowed'],
    ['refund_processed', 'refund', 'action', 'allowed'],
    ['refund.created', 'refund', 'action', ''],
    ['charge.refunded', 'refund', 'action', ''],
    ['payment.refund.failed', 'refund', 'action', 'failed'],
    ['issue_refund', 'refund', 'action', ''],
    ['create-refund', 'refund', 'action', ''],
    ['order:refund:declined', 'refund', 'action', 'denied'],
    ['REFUND_REQUESTED', 'refund', 'action', 'pending'],
    ['refundCancelled', 'refund', 'action', 'reversed'],
    ['partialRefund', 'refund', 'action', ''],
    ['refund not approved', 'refund', 'action', 'denied'],
    ['payout.completed', 'payout', 'action', 'allowed'],
    ['ROLE_CHANGE', 'role.change', 'action', ''],
    ['RoleAssigned', 'role.change', 'action', ''],
    ['role granted', 'role.change', 'action', 'allowed'],
    ['user.role.updated', 'role.change', 'action', ''],
    ['permission_revoked', 'role.change', 'action', ''],
    ['KeyRotation', 'key.rotate', 'action', ''],
    ['api_key_rotated', 'key.rotate', 'action', ''],
    ['api_key_created', 'key.create', 'action', ''],
    ['secret_read', 'secret.read', 'action', ''],
    ['SecretAccessed', 'secret.read', 'action', ''],
    ['getSecret', 'secret.read', 'action', ''],
    ['deploy', 'deploy', 'action', ''],
    ['deployment.succeeded', 'deploy', 'action', 'allowed'],
    ['password_reset', 'password.reset', 'action', ''],
    ['PasswordResetRequested', 'password.reset', 'action', 'pending'],
    ['mfa_reset', 'mfa.reset', 'action', ''],
    ['2fa_disabled', 'mfa.reset', 'action', ''],
    ['impersonation', 'impersonation', 'authn', ''],
    ['AUTHENTICATION_SWITCH', 'impersonation', 'authn', ''],
    ['password_changed', 'credential.change', 'authn', ''],
    ['user registered', 'registration', 'authn', ''],
    ['SignUp', 'registration', 'authn', ''],
    ['account_locked', 'lockout', 'authn', ''],
    ['UserLockedOut', 'lockout', 'authn', ''],
    ['session_revoked', 'session.revoke', 'authn', ''],
    ['session expired', 'session.end', 'authn', ''],
    ['SessionTerminated', 'session.end', 'authn', ''],
    ['consent.revoked', 'grant.revoke', 'authn', ''],
    ['code_exchanged', 'code.exchange', 'authn', ''],
    ['client_authenticated', 'client.login', 'authn', ''],
    // Spring Security and ASP.NET Core.
    ['InteractiveAuthenticationSuccessEvent', 'login', 'authn', 'allowed'],
    ['AuthenticationFailureBadCredentialsEvent', 'login', 'authn', 'failed'],
    ['AuthenticationFailureLockedEvent', 'login', 'authn', 'failed'],
    ['AuthenticationFailureDisabledEvent', 'login', 'authn', 'failed'],
    ['AuthenticationFailureServiceExceptionEvent', 'login', 'authn', 'failed'],
    ['LogoutSuccessEvent', 'logout', 'authn', 'allowed'],
    ['AuthorizationDeniedEvent', 'authorize', 'authz', 'denied'],
    ['AUTHORIZATION_FAILURE', 'authorize', 'authz', 'denied'],
    ['InvalidPassword', 'login', 'authn', 'failed'],
    ['UserAuthorizationFailed', 'authorize', 'authz', 'denied'],
    ['TokenValidationFailed', 'token.validate', 'authn', 'failed'],
    ['authentication', 'login', 'authn', ''],
    ['AUTHENTICATION_FAILURE', 'login', 'authn', 'failed'],
    ['user.login', 'login', 'authn', ''],
    ['LOGIN_ERROR', 'login', 'authn', 'failed'],
    ['failed_login', 'login', 'authn', 'failed'],
    ['login_attempt', 'login', 'authn', ''],
    ['UserLoggedIn', 'login', 'authn', ''],
    ['user signed in successfully', 'login', 'authn', 'allowed'],
    ['sign-out', 'logout', 'authn', ''],
    ['auth', 'login', 'authn', ''],
    ['TOKEN_REFRESH', 'token.refresh', 'authn', ''],
    ['refresh_token_exchange', '', 'action', ''],
    ['tokenIssued', 'token.issue', 'authn', 'allowed'],
    ['token exchange', 'token.exchange', 'authn', ''],
    ['token_revoked', 'token.revoke', 'authn', ''],
    ['token expired', 'token.validate', 'authn', 'failed'],
    ['mfa_challenge_failed', 'mfa.challenge', 'authn', 'failed'],
    ['authorization', 'authorize', 'authz', ''],
    ['access_denied', 'authorize', 'authz', 'denied'],
    ['permission_check', 'authorize', 'authz', ''],
    ['permission denied', 'authorize', 'authz', 'denied'],
  ] as const)('%s is %s (%s, %s)', (text, known, kind, outcome) => {
    const meaning = meaningOfAction(text)
    expect(meaning).toMatchObject({ known, outcome })
    if (known !== '') expect(meaning.kind).toBe(kind)
  })

  it.each([
    ['refund_policy_viewed', 'refund.policy.viewed'],
    ['list refunds', 'list.refunds'],
    ['EXPORT_REPORT', 'export.report'],
    ['cache_miss', 'cache.miss'],
    ['http.request', 'http.request'],
    ['authorPage', 'author.page'],
    ['__proto__', 'proto'],
    ['constructor', 'constructor'],
    ['', ''],
    ['access', 'access'],
    ['token', 'token'],
    ['退款', '退款'],
  ])('%j is not in the vocabulary and keeps its own words: %s', (text, written) => {
    expect(meaningOfAction(text)).toMatchObject({ known: '', written })
  })

  it('says when it only looks', () => {
    expect(meaningOfAction('refund.list').looks).toBe(true)
    expect(meaningOfAction('refund').looks).toBe(false)
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['authn', 'authz', 'action']).toContain(meaningOfAction(text).kind)
      }),
    )
  })
})

describe('the words of an outcome', () => {
  it.each([
    ['success', 'allowed'],
    ['SUCCESS', 'allowed'],
    ['ok', 'allowed'],
    ['completed', 'allowed'],
    ['approved', 'allowed'],
    ['Declined', 'denied'],
    ['not_allowed', 'denied'],
    ['forbidden', 'denied'],
    ['failure', 'failed'],
    ['error', 'failed'],
    ['in_progress', 'pending'],
    ['requires approval', ''],
    ['cancelled', 'reversed'],
    ['purple', ''],
  ])('%s is %j', (text, outcome) => {
    expect(outcomeOfWords(text)).toBe(outcome)
  })
})
