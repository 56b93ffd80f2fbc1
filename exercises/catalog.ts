// Every exercise that ships, by the name of its folder, in the order in which they are listed.

export const exercises = ['refund-3-in-6s'] as const
