import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import type { Mutant } from '#libs/simulation/conformance/words/mutant.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import type { HostedSubject } from '#libs/simulation/nodes/whole-nodes.ts';
import { NULL_CONTENDER } from './null-contender.ts';
import { PROCESS_RUNS } from './process-runs.ts';
import { signingVectors } from './signing-vectors.ts';

/** A row of HotStuff, or of one that differs in its module. */
export function hotStuffRow(
  subject: HostedSubject = hostedHotStuff(),
  mutants: readonly Mutant[] = [],
): ConformanceRow {
  const candidate = judgedProtocol({
    subject,
    parameters: { view_timeout_ms: 300, view_timeout_ms_max: 3_000 },
    votePath: 'leader',
    vectors: signingVectors('signing-bytes.json', 'hotstuff'),
    mutants,
    processes: PROCESS_RUNS,
    others: [NULL_CONTENDER],
  });
  return { protocol: candidate.table.protocol, variant: 'plain', candidate, skips: {} };
}
