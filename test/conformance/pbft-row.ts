import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { type JudgedFacts, judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedPbft } from '#libs/simulation/pbft/nodes/hosted-pbft.ts';
import { pbftSubject } from '#libs/simulation/pbft/subject.ts';
import type { RoundsSubject } from '#libs/simulation/rounds/rounds-subject.ts';
import { contendersOf, PBFT_NUMBERS } from './contenders.ts';
import { processRuns } from './process-runs.ts';
import { PBFT_MUTANTS } from './rounds-mutant-lists.ts';
import { signingVectors } from './signing-vectors.ts';

/** A row of PBFT, or of one that differs in its module. */
export function pbftRow(
  subject: RoundsSubject = pbftSubject,
  facts: Partial<Pick<JudgedFacts, 'mutants' | 'processes'>> = {},
): ConformanceRow {
  const candidate = judgedProtocol({
    subject: hostedPbft(subject),
    parameters: PBFT_NUMBERS,
    votePath: 'all',
    vectors: signingVectors('pbft-statements.json', 'pbft'),
    mutants: PBFT_MUTANTS,
    processes: processRuns('pbft'),
    others: contendersOf('pbft'),
    ...facts,
  });
  return { protocol: candidate.table.protocol, variant: 'plain', candidate, skips: {} };
}
