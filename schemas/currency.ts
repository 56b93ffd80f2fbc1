// How many decimals a currency has (ISO 4217), for whoever turns minor units into text.

const otherThanTwo: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}

/** Currencies that have another number of decimals than two. */
export const currenciesOfOtherDecimals: readonly string[] = Object.keys(otherThanTwo)

/** The code of money whose currency nobody names; it is counted with two decimals. */
export const unknownCurrency = 'XXX'

/** Two where nothing else is known. */
export function currencyDecimals(code: string): number {
  return Object.hasOwn(otherThanTwo, code) ? (otherThanTwo[code] as number) : 2 // own key of a table of numbers
}
