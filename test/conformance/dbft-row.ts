import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { type JudgedFacts, judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedDbft } from '#libs/simulation/dbft/nodes/hosted-dbft.ts';
import { dbftSubject } from '#libs/simulation/dbft/subject.ts';
import type { RoundsSubject } from '#libs/simulation/rounds/rounds-subject.ts';
import { contendersOf, DBFT_NUMBERS } from './contenders.ts';
import { processRuns } from './process-runs.ts';
import { DBFT_MUTANTS } from './rounds-mutant-lists.ts';
import { signingVectors } from './signing-vectors.ts';

/** A row of dBFT, or of one that differs in its module. */
export function dbftRow(
  subject: RoundsSubject = dbftSubject,
  facts: Partial<Pick<JudgedFacts, 'mutants' | 'processes'>> = {},
): ConformanceRow {
  const candidate = judgedProtocol({
    subject: hostedDbft(subject),
    parameters: DBFT_NUMBERS,
    votePath: 'all',
    vectors: signingVectors('dbft-statements.json', 'dbft'),
    mutants: DBFT_MUTANTS,
    processes: processRuns('dbft'),
    others: contendersOf('dbft'),
    ...facts,
  });
  return { protocol: candidate.table.protocol, variant: 'plain', candidate, skips: {} };
}
