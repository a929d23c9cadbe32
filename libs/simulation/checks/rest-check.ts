import type { Subject } from '../subject/subject.ts';
import type { Findings } from './findings.ts';

interface Member<State> {
  readonly instance: number;
  /** Transactions and blocks that somebody waits for. */
  readonly waiting: number;
  readonly state: State | undefined;
}

/**
 * Reports leftovers in memory: a federation that fell silent holds nothing of its past views
 * (libs/simulation/README.md V5).
 */
export function reportLeftovers<State, Message, Record>(
  subject: Subject<State, Message, Record>,
  findings: Findings,
  { instance, waiting, state }: Member<State>,
): void {
  const own = { name: 'transactions and wanted blocks', size: waiting, max: 0 };
  const loads = state === undefined ? [own] : [own, ...subject.rest(state)];
  for (const { name, size, max } of loads) {
    if (size > max)
      findings.report('V5', `instance ${instance} still holds ${size} ${name} at rest, not ${max}`);
  }
}
