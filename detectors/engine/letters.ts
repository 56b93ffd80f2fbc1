// The 64 letters that short names are written in: one byte each, and no escape anywhere.

export const letters = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', 'latin1')
