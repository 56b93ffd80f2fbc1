// What people read about refresh-token-reuse.

import type { DetectorCard } from '../engine/detector.ts'

export const refreshTokenReuseCard: DetectorCard = {
  title: 'Refresh-token reuse',
  detects:
    'Detects refresh tokens that are used again: by another client, from a second place, or long after they were replaced, ' +
    'and uses after a session ended; tells them from lost answers, racing tabs and one defective release, and decides ' +
    'which sessions are to be killed.',
  attack: [
    { technique: 'T1528', name: 'Steal Application Access Token', tactic: 'Credential Access' },
    { technique: 'T1539', name: 'Steal Web Session Cookie', tactic: 'Credential Access' },
    { technique: 'T1550.001', name: 'Application Access Token', tactic: 'Lateral Movement' },
    { technique: 'T1078', name: 'Valid Accounts', tactic: 'Persistence' },
  ],
  owaspApi: ['API2:2023'],
  falsePositives: [
    'A phone that lost the answer to a refresh while it changed networks, and asks again: where the log has an address only, that is a second place.',
    'Two instances of one program with one stored token on two networks: give each a login of its own.',
    'A client that writes an old token back from a backup or a shared store: one user is CLIENT BUG? or THEFT-LIKELY, several users are one defect of the client.',
    'A client that was renamed while its tokens lived on looks like theft by another client; the breaker stops the kills.',
    'A laptop that was logged out at one place and opened at another with an old tab: PERSISTENCE, one step below a theft.',
    'A dual-stack client of which an issuer sees now the one and now the other address: the two are never compared.',
  ],
  runbook: [
    'Read the two places and the order: the older history of the session is the rightful holder’s, also where the thief refreshed first.',
    'Look at the label `kill`: revoke the session unless it was revoked already (`by-issuer`) or the kill is held or stopped.',
    'Treat access tokens as good until `exposedUntil`: shut out the second place, or revoke them where the resource servers ask the issuer.',
    'Follow subject, session and token of the alert through all sources: what was done from the second place since the first use.',
    'Ask the user; reset credentials and end all other sessions if the place is not theirs.',
    'Find how the token was taken: script injection, a copied profile, a leaked log, a shared machine.',
    'KILL INEFFECTIVE: the issuer still takes tokens of a revoked session; revoke again at the issuer, and find out which node or cache did not hear of it.',
    'On a defect of the client: stop its roll-out; tabs that race should take a lock (Web Locks: `navigator.locks.request`) around the refresh, and write the new token before they let go.',
    'On a defect of the client whose uses came from two places: look at the release itself, many tokens may have been stolen through it.',
    'On stopped kills: decide by hand, then raise the limits only for this client.',
  ],
  blindSpots: [
    'A thief at the same place, on the same device, or behind the same /24 or /48 as the user, where the log has an address only.',
    'A thief after whom the rightful holder never refreshes again: no token is used twice; token-replay has to see the access tokens.',
    'Issuers that do not rotate: only two places with one token are seen, and only once the first goes on.',
    'Keycloak’s default log level shows refusals only: nothing of who held the token before, and no places to compare.',
    'A refusal that names no session (Keycloak’s for another client) belongs to no family: it is told by client, without a kill.',
    'Without session and grant only uses of one and the same token are put together; ancestors are unknown.',
    'More than eight generations back (a setting) a token is known by the issuer’s word only.',
    'Thefts from five and more users of one client within an hour are told once, as a defect of the client, with how many came from two places.',
    'An end of a session that names neither it nor its grant, such as an administrator’s logout of a user.',
    'What arrives later than the lateness of its source, after its family was settled, cannot be told from a repeat and is counted as late.',
  ],
  references: [
    'https://www.rfc-editor.org/rfc/rfc9700#section-4.14',
    'https://attack.mitre.org/techniques/T1528/',
    'https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/',
    'https://developer.mozilla.org/docs/Web/API/Web_Locks_API',
  ],
}
