import { endpointFault, SAMPLE_RULE, sampleOf } from '#libs/tracing/endpoint.ts';
import type { ConfFault } from './conf-fault.ts';

/** The values of the section as the file has them. */
interface TracingTexts {
  readonly endpoint: string;
  readonly sample: string;
}

/** The fault of the `tracing` section, or undefined. An empty endpoint turns it off, and the share must be one even then. */
export function tracingProblem({ endpoint, sample }: TracingTexts): ConfFault | undefined {
  const fault = endpoint === '' ? undefined : endpointFault(endpoint);
  // The value may hold a password, or a person's mistake about one.
  if (fault !== undefined)
    return { key: 'tracing.endpoint', text: `tracing.endpoint ${fault}`, isHidden: true };
  if (sampleOf(sample) !== undefined) return undefined;
  return { key: 'tracing.sample', text: `tracing.sample ${SAMPLE_RULE}` };
}
