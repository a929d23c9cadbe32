export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'warning' | 'failure';
  readonly found: string;
  /** The remedy; empty when all is well. */
  readonly cure: string;
}

export function check(name: string, verdict: Check['verdict'], found: string, cure: string): Check {
  return { name, verdict, found, cure: verdict === 'ok' ? '' : cure };
}
