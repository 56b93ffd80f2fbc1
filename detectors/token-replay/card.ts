// What people read about token-replay.

import type { DetectorCard } from '../engine/detector.ts'

export const tokenReplayCard: DetectorCard = {
  title: 'Token replay',
  detects:
    'Detects stolen tokens in use: one access token used in turns from two places on two kinds of client, a bound token ' +
    'without its key, a proof, code or sign-in link in a second request, a token used after logout or revocation or out of ' +
    'its time, and a workload that presents the tokens of people although no request from outside reaches it.',
  attack: [
    { technique: 'T1528', name: 'Steal Application Access Token', tactic: 'Credential Access' },
    { technique: 'T1550.001', name: 'Application Access Token', tactic: 'Lateral Movement' },
    { technique: 'T1539', name: 'Steal Web Session Cookie', tactic: 'Credential Access' },
    { technique: 'T1550.004', name: 'Web Session Cookie', tactic: 'Lateral Movement' },
  ],
  owaspApi: ['API2:2023'],
  falsePositives: [
    'Server-side rendering and backends for frontends that present the tokens of their users: declare them as co-presenters of the client.',
    'A site with several ways out, or a proxy service: networks between which five tokens alternate with nothing else differing are one pool from the next hour on; until then declare nothing and look at the agents.',
    'An app with two HTTP stacks (a browser view and a native client) that alternate on one device: declare its second agent as a co-presenter.',
    'A second tab that goes on with its access token after logout in the first: correct, and worth mending in the application.',
    'Gateways that check a DPoP proof and pass the token on as bearer: set boundTokens to ingress.',
    'A workload that gets tokens over a queue, which no access log shows: declare the path.',
    'A client that sends one request again under a new request id looks like a replayed proof.',
  ],
  runbook: [
    'Read the evidence: whose token, of which client, and how the two places differ; look at all events of this token.',
    'Ask the owner, over another way than the account itself, whether both places are theirs.',
    'End the session and revoke its tokens at the issuer; note until when access tokens live on that services check by themselves.',
    'Find how it got out: an injected script, a log that holds tokens, a proxy, a stolen device, a workload inside the mesh.',
    'For a token without its key or a replayed proof, check that the service refuses both; if it accepted, mend that first.',
    'For a presenter inside the mesh, isolate the workload, renew its certificate and secrets, and look at everything it called.',
    'Bind tokens to keys (DPoP, mutual TLS) and shorten their lives, so that a copy is worth nothing.',
  ],
  blindSpots: [
    'A thief behind the same NAT with the same kind of client, or on the device itself, looks like the owner: only tokens bound to a key (DPoP, mutual TLS) help there.',
    'Tokens that no record names: Istio’s and Envoy’s default lines hold neither claims nor reference; readiness says what to add. Authorization is never to be logged.',
    'A token whose records name it by reference here and by its id there is one token only where the reference carries the claims.',
    'Where requests enter must be logged: what inner hops say of addresses and agents is not used, since whoever calls writes it.',
    'A theft that is used only after the owner has gone is a single move from one place to another: medium at most, and only where three features are known.',
    'Uses are kept as stretches: when both places begin and end within a second of each other, what lies between is not looked at one by one.',
    'Of a token used after its session ended, the time of the last use is known, not each event.',
    'Cut off from learning: a path that was used for some days stays one until its destination is not called for 45 days.',
    'Certificate bindings are compared where requests enter only; inside the mesh each hop has a certificate of its own.',
    'Request ids are chosen by clients where the gateway does not replace them: a replay under the same one is taken for a retry.',
    'Methods and addresses inside DPoP proofs are not compared, since proxies rewrite them.',
  ],
  references: [
    'https://attack.mitre.org/techniques/T1528/',
    'https://attack.mitre.org/techniques/T1550/001/',
    'https://www.rfc-editor.org/rfc/rfc9449',
    'https://www.rfc-editor.org/rfc/rfc8705',
    'https://www.rfc-editor.org/rfc/rfc9700',
    'https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/',
  ],
}
