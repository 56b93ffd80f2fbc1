// What each stage cost per event, as the collector's own metrics say.

export async function stageCosts(metricsUrl: string): Promise<string> {
  const text = await (await fetch(metricsUrl)).text()
  const value = (name: string, label: string): number => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}{`) && candidate.includes(label))
    return Number(line?.split(' ').at(-1) ?? Number.NaN)
  }
  const events = value('eastwest_decoder_events_total', '')
  const perEvent = (stage: string): string =>
    `${stage} ${((value('eastwest_stage_duration_sum', `stage="${stage}"`) / events) * 1e6).toFixed(2)} µs`
  return `stages per event, wall time: ${['decode', 'detect', 'store'].map(perEvent).join(', ')} (store: of the insert, in another process)`
}
