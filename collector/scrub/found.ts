// What a search for credentials hands back: where one stands in a record's view.

/** Half-open range of a view. */
export interface Found {
  readonly start: number
  readonly end: number
  /** Set where a JSON number stood: index of a quotation mark whose spelling goes around the reference. */
  readonly quoteAt?: number
}
