// Every exercise that ships, by the name of its folder, in the order in which they are listed.

export const exercises = [
  'refund-3-in-6s',
  'refund-cross-boundary',
  'refund-drip-7s',
  'double-refund-new-key',
  'new-caller-2xx',
  'probing-403-fanout',
  'policy-deny-bypassed',
  'jti-interleave-two-networks-two-devices',
  'in-mesh-token-theft',
  'dpop-proof-replay',
  'bound-token-as-bearer',
  'rt-fork',
  'rt-grandparent',
  'rt-after-logout',
  'blind-source-during-attack',
  'compromised-service-pivots',
] as const
