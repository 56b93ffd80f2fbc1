// What people read about unexpected-caller.

import type { DetectorCard } from '../engine/detector.ts'

export const unexpectedCallerCard: DetectorCard = {
  title: 'Unexpected caller',
  detects:
    'Detects workloads that call a service they never called before and get through, callers that are declared denied ' +
    'and accepted all the same, known callers that are suddenly denied, and callers that try one service after the other.',
  attack: [
    { technique: 'T1021', name: 'Remote Services', tactic: 'Lateral Movement' },
    { technique: 'T1210', name: 'Exploitation of Remote Services', tactic: 'Lateral Movement' },
    { technique: 'T1078', name: 'Valid Accounts', tactic: 'Privilege Escalation' },
    { technique: 'T1046', name: 'Network Service Discovery', tactic: 'Discovery' },
  ],
  owaspApi: ['API5:2023', 'API2:2023', 'API9:2023'],
  falsePositives: [
    'A release that adds a dependency: declare the edge in the same change, accept it (`eastwest edges accept`), or wait for it to be learned.',
    'A job that runs less often than once in a learning period: declare it.',
    'A new service account or a renamed workload: its first edges alert one by one until it was accepted by three destinations, then they are withdrawn and told once as info.',
    'Identities appearing for the first time because the log format was changed to name them: the destination learns its own reports anew.',
    'Scrapers and scanners that are not in the classes: add their identity there, not their path.',
    'Users who may not do something: 401 and 403 are denials too; an edge on which they are usual is not told.',
  ],
  runbook: [
    'Read the evidence: which caller identity called which method and route, and how far the identity can be trusted.',
    'Ask the owner of the caller whether a release explains the call; look at what was deployed in the hour before.',
    'If nobody expected it, look at everything else the caller did since its first call: the events of this identity and trace.',
    'Shut the edge with a policy at the destination, and check that the next call is denied.',
    'For an enforcement gap, find out why the policy did not apply: not selected, in dry run, sidecar missing, or bypassed.',
    'Treat the caller’s workload as taken over until proven otherwise: isolate it, renew its certificate and its secrets.',
    'If the call is wanted, declare it in the list of the destination, or accept the edge with your reason; if it must not come again, deny the edge. Do not raise thresholds.',
  ],
  blindSpots: [
    'A caller that the log names by address only is neither learned nor judged: readiness says which format change names it.',
    'Calls that no proxy logs: hosts outside the mesh, bypassed sidecars, sampled or dropped access logs. No source here reports what it dropped, so blind hours are learned like others.',
    'An attacker inside a known caller who uses only routes and scopes that this caller always uses.',
    'A new identity that is accepted by several destinations at once is taken for a deployment and told as info; declared lists still raise.',
    'Rollouts, image digests and source repositories: no source tells of them, so a release is not recognised as the reason for a new edge.',
    'Owners: only the labels on a caller’s own outbound records say who owns it; a renamed workload inherits its predecessor’s edges only there.',
    'A gateway or egress proxy hides who called through it, unless it is trusted to forward the identity: the alert is then on the gateway.',
    'Request ids are chosen by clients: calls that share one count once, so the count is a lower bound.',
    'A destination that is called less than once in the forgetting time starts learning anew each time.',
  ],
  references: [
    'https://attack.mitre.org/techniques/T1021/',
    'https://attack.mitre.org/techniques/T1046/',
    'https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/',
    'https://spiffe.io/docs/latest/spiffe-about/spiffe-concepts/',
  ],
}
