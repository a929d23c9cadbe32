import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { type JudgedFacts, judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { NULL_CONTENDER } from './null-contender.ts';
import { PROCESS_RUNS } from './process-runs.ts';
import { signingVectors } from './signing-vectors.ts';

/**
 * `plain`: blocks are built upon undecided ones. `lock-step`: the application has its root in the header of the block above, and knows no
 * undecided parent, so that an undecided block is proposed again.
 */
export type HotStuffVariant = 'plain' | 'lock-step';

const LOCK_STEP_SKIPS = {
  C17: 'the module and the nodes are those of the plain row, where every rule is taken out; the mutants of lock-step are there too',
  C18: 'no application of the product has its root one block later, so no process runs in lock-step',
} as const;

/** A row of HotStuff, or of one that differs in its module. */
export function hotStuffRow(
  variant: HotStuffVariant = 'plain',
  subject: HotStuffSubject = hotStuffSubject,
  facts: Partial<Pick<JudgedFacts, 'mutants' | 'processes'>> = {},
): ConformanceRow {
  const isPlain = variant === 'plain';
  const candidate = judgedProtocol({
    subject: hostedHotStuff(isPlain ? subject : { ...subject, root: 'next-block' }),
    parameters: { view_timeout_ms: 300, view_timeout_ms_max: 3_000 },
    votePath: 'leader',
    vectors: signingVectors('signing-bytes.json', 'hotstuff'),
    mutants: [],
    processes: PROCESS_RUNS,
    others: [NULL_CONTENDER],
    ...facts,
  });
  const skips = isPlain ? {} : LOCK_STEP_SKIPS;
  return { protocol: candidate.table.protocol, variant, candidate, skips };
}
