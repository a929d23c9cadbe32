import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { type JudgedFacts, judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { type HotStuffSubject, hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { votesToAllSubject } from '#libs/simulation/hotstuff/votes-to-all.ts';
import { CONTENDER_WAITS, contendersOf } from './contenders.ts';
import { NULL_CONTENDER } from './null-contender.ts';
import { processRuns } from './process-runs.ts';
import { signingVectors } from './signing-vectors.ts';

/**
 * `plain`: blocks are built upon undecided ones. `votes-to-all`: the same, and votes go to all members, who count them. `lock-step`: the application has its root in the header of the block above, and knows no
 * undecided parent, so that an undecided block is proposed again.
 */
export type HotStuffVariant = 'plain' | 'lock-step' | 'votes-to-all';

const LOCK_STEP_SKIPS = {
  C17: 'the module and the nodes are those of the plain row, where every rule is taken out; the mutants of lock-step are there too',
  C18: 'no application of the product has its root one block later, so no process runs in lock-step',
} as const;

const TO_ALL_SKIPS = {
  C17: 'every rule is taken out in the plain row; the mutants of counting at every member are there too',
  C18: 'the processes of the plain row are the same ones; a federation of processes with votes to all is in test/e2e',
} as const;

const SKIPS: Readonly<Record<HotStuffVariant, ConformanceRow['skips']>> = {
  plain: {},
  'lock-step': LOCK_STEP_SKIPS,
  'votes-to-all': TO_ALL_SKIPS,
};

/** A row of HotStuff, or of one that differs in its module. */
export function hotStuffRow(
  variant: HotStuffVariant = 'plain',
  subject: HotStuffSubject = variant === 'votes-to-all' ? votesToAllSubject : hotStuffSubject,
  facts: Partial<Pick<JudgedFacts, 'mutants' | 'processes' | 'others'>> = {},
): ConformanceRow {
  const candidate = judgedProtocol({
    subject: hostedHotStuff(variant === 'lock-step' ? { ...subject, root: 'next-block' } : subject),
    parameters: { ...CONTENDER_WAITS, ...subject.parameters },
    votePath: variant === 'votes-to-all' ? 'all' : 'leader',
    vectors: signingVectors('signing-bytes.json', 'hotstuff'),
    mutants: [],
    processes: processRuns('hotstuff'),
    others: [NULL_CONTENDER, ...contendersOf('hotstuff')],
    ...facts,
  });
  return { protocol: candidate.table.protocol, variant, candidate, skips: SKIPS[variant] };
}
