/** Every bound of tracing, with its reason. */
export const TRACING_LIMITS = {
  /** Spans that wait for the collector, some kilobytes each at most: later ones are dropped and counted. */
  queueMax: 4_096,
  /** Spans of one request: a body of some hundred kilobytes. */
  batchMax: 512,
  /** A person who looks at a trace waits this long for the last spans of it. */
  delayMs: 2_000,
  /** One request, with the attempts that the exporter itself repeats in it. */
  requestMs: 5_000,
  /** A service that stops gives its last spans this long: tracing must not delay a restart. */
  stopMs: 1_000,
  /** Events of one span, and characters of one text: more is a mistake, or a stranger's. */
  eventsMax: 128,
  textCharactersMax: 256,
} as const;
