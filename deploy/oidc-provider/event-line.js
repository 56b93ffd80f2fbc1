// One event of an oidc-provider as a line for eastwest: who, from where, which tokens went in and out, what was refused and why.

/** Name of the lines' format; eastwest reads it as `oidc-provider`. */
const schema = 'eastwest.oidc-provider/v1'
const maxTextChars = 1024
const maxProofChars = 8192

/**
 * `name(field, value)` says how a token is told: under another field by its hash, or as it is where eastwest itself reads it.
 */
export function lineOf(event, ctx, argument, issuer, name, at) {
  const { entities = {}, params = {}, session, client, route, result } = ctx.oidc ?? {}
  const error = argument instanceof Error ? argument : undefined
  const presented = presentedIn(event, ctx.oidc, name)
  const token = presented?.token ?? entities.RefreshToken ?? entities.AccessToken
  return JSON.stringify(
    pruned({
      schema,
      at: at.toISOString(),
      event,
      issuer,
      route,
      client_id: client?.clientId ?? params.client_id,
      account_id: entities.Account?.accountId ?? token?.accountId ?? session?.accountId,
      session_uid: token?.sessionUid ?? session?.uid,
      grant_id: event === 'grant.revoked' && typeof argument === 'string' ? argument : token?.grantId,
      grant_type: params.grant_type,
      login:
        event === 'interaction.ended' && entities.Interaction?.prompt?.name === 'login' && result?.login
          ? true
          : undefined,
      scope: entities.AccessToken?.scope ?? token?.scope ?? params.scope,
      presented: presented === undefined ? undefined : presented.said,
      issued: issuedIn(event, ctx, name),
      proof: proofIn(ctx),
      error: error?.error ?? (error === undefined ? undefined : error.name),
      error_description: error?.error_description,
      error_detail: error?.error_detail,
      ip: ctx.ip,
      user_agent: ctx.get('user-agent'),
      request_id: ctx.get('x-request-id'),
      traceparent: ctx.get('traceparent'),
    }),
  )
}

/** What was presented at the token, revocation or introspection endpoint, also where the provider did not find it. */
function presentedIn(event, oidc, name) {
  const { entities = {}, params = {}, route } = oidc ?? {}
  // Of a reuse both the revoked grant and the refusal are told: the token was presented once.
  if (event === 'grant.revoked' && route !== 'revocation') return undefined
  if (route === 'token' && params.grant_type === 'refresh_token' && typeof params.refresh_token === 'string') {
    const token = entities.RotatedRefreshToken ?? entities.RefreshToken
    return { token, said: { kind: 'refresh-token', ...name('refresh_token', params.refresh_token), ...factsOf(token) } }
  }
  if (route === 'token' && params.grant_type === 'authorization_code' && typeof params.code === 'string') {
    const token = entities.AuthorizationCode
    const said = { kind: 'authorization-code', ...name('authorization_code', params.code), ...factsOf(token) }
    return { token, said }
  }
  if ((route === 'revocation' || route === 'introspection') && typeof params.token === 'string') {
    const token = entities.RefreshToken ?? entities.AccessToken ?? entities.ClientCredentials
    const kind = entities.RefreshToken === undefined ? 'access-token' : 'refresh-token'
    return { token, said: { kind: token === undefined ? undefined : kind, ...name('token', params.token) } }
  }
  if (event === 'userinfo.error' && entities.AccessToken !== undefined)
    // Only opaque tokens are taken there, and the id of an opaque token is the token.
    return {
      token: entities.AccessToken,
      said: {
        kind: 'access-token',
        ...name('access_token', entities.AccessToken.jti),
        ...factsOf(entities.AccessToken),
      },
    }
  return undefined
}

function issuedIn(event, ctx, name) {
  if (event !== 'grant.success') return undefined
  const { body } = ctx
  const { AccessToken, ClientCredentials } = ctx.oidc.entities
  const access = AccessToken ?? ClientCredentials
  const isOpaque = access !== undefined && body?.access_token === access.jti
  return {
    ...(isOpaque || access === undefined ? name('access_token', body?.access_token) : { access_token_id: access.jti }),
    ...name('refresh_token', body?.refresh_token),
    binding: bindingOf(access),
  }
}

/** The id (`jti`) of an opaque token is the token itself, so only times and bindings are told. */
function factsOf(token) {
  if (token === undefined) return {}
  return { issued_at: token.iat, expires_at: token.exp, binding: bindingOf(token) }
}

function bindingOf(token) {
  const binding = { jkt: token?.jkt, 'x5t#S256': token?.['x5t#S256'] }
  return binding.jkt === undefined && binding['x5t#S256'] === undefined ? undefined : binding
}

/** Id of the DPoP proof that came with the request, as the proof says it. */
function proofIn(ctx) {
  const proof = ctx.get('dpop')
  if (proof === '' || proof.length > maxProofChars) return undefined
  try {
    const { jti } = JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof jti === 'string' ? { jti } : undefined
  } catch {
    return undefined
  }
}

/** Without what is absent or empty; texts cut where they are long, tokens excepted, which are never cut. */
function pruned(value, isToken = false) {
  if (typeof value === 'string') return isToken ? value : value.slice(0, maxTextChars)
  if (typeof value !== 'object' || value === null) return value
  const kept = {}
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || member === null || member === '') continue
    const inner = pruned(member, /(?:token|code)$/.test(key))
    if (typeof inner !== 'object' || Object.keys(inner).length > 0) kept[key] = inner
  }
  return kept
}
