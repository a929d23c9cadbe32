/** All traces, when a setting names no share of them. */
export const SAMPLE_DEFAULT = 1;

const CURE = 'write the address of a collector that speaks OTLP over HTTP, such as http://127.0.0.1:4318';

/** The fault in the endpoint of a collector, with its cure; undefined when there is none. */
export function endpointFault(text: string): string | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return `must be an http or https URL: ${CURE}`;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return 'must be without user and password, which would stand in logs: let a collector on this machine know them';
  }
  if (url.search !== '' || url.hash !== '') return `must be without query and fragment: ${CURE}`;
  return undefined;
}

/** The share of traces that `text` says, above 0 and up to 1; undefined for any other text. */
export function sampleOf(text: string): number | undefined {
  const share = /^(?:\d|\d?\.\d{1,9})$/.test(text) ? Number(text) : Number.NaN;
  return share > 0 && share <= 1 ? share : undefined;
}

export const SAMPLE_RULE =
  'must be a number above 0 and up to 1, such as 0.1 for a tenth of all traces; an empty endpoint turns tracing off';

/** The address that spans are sent to, as the OTLP exporters of all languages make it of an endpoint. */
export function tracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}
