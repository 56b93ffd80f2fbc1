// A `curl` line that asks the collector what the page asks, with the token where one is needed.

/** Beyond loopback the collector wants one, and whoever gave one here needs it there, too. */
export function curlLine(words: string, hasToken: boolean): string {
  const isLoopback = /^(localhost|127\.|\[::1\])/.test(location.hostname)
  return `curl${isLoopback && !hasToken ? '' : ` -H 'Authorization: Bearer '"$EASTWEST_TOKEN"`} ${words}`
}
