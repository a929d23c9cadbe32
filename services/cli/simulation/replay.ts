import { assert } from '#libs/assert/assert.ts';
import type { SeedsTask } from '#libs/simulation/campaign/task.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { PROTOCOLS } from './protocols.ts';

export interface ReplayRequest {
  readonly kind: 'replay';
  readonly task: SeedsTask;
  readonly seed: number;
  readonly trace: boolean;
  readonly json: boolean;
}

/**
 * Runs one seed twice and prints its events; true when nothing broke and both runs were the same
 * (libs/simulation/README.md M1).
 */
export function replay({ task, seed, trace, json }: ReplayRequest, terminal: Terminal): boolean {
  const simulated = PROTOCOLS.get(task.protocol);
  assert(simulated !== undefined, 'the protocol was checked');
  const options = { ...task, seed, keepsTrace: trace };
  const result = simulated.run(options);
  const repeats = simulated.run(options).traceHash === result.traceHash;
  if (trace) for (const line of result.trace) terminal.out(line);
  const { plan, violations, steps, virtualMs, height, recoveryMs, traceHash } = result;
  const facts = { seed, violations, height, steps, virtualMs, recoveryMs, traceHash, repeats, plan };
  terminal.out(JSON.stringify(facts, undefined, json ? 0 : 2));
  return violations.length === 0 && repeats;
}
