// Every exercise that ships, by the name of its folder, in the order in which they are listed.

export const exercises = ['refund-3-in-6s', 'refund-cross-boundary', 'refund-drip-7s', 'double-refund-new-key'] as const
