import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import { runInCheckout } from './checkout-script.ts';

export interface MutantsRequest {
  readonly kind: 'mutants';
  /** Seeds that a mutant may need at most. */
  readonly seeds: number;
  readonly json: boolean;
}

/**
 * Takes out one rule after the other; true when the checks noticed each. Rules are taken out in test code, so that the
 * product has no switches for it.
 */
export function runMutants(
  { seeds, json }: MutantsRequest,
  context: Pick<ProcessContext, 'terminal' | 'root' | 'node'>,
): Promise<boolean> {
  const args = [String(seeds), ...(json ? ['--json'] : [])];
  return runInCheckout({ name: '--mutants', path: 'test/simulation/mutants.ts', args }, context);
}
