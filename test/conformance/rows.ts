import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { type Contender, judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import type { HostedSubject } from '#libs/simulation/nodes/whole-nodes.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';
import { signingVectors } from './signing-vectors.ts';

/** The null protocol of the tests: what a chain goes over to while there is no second protocol. */
export const NULL_CONTENDER: Contender = { subject: hostedNull(), parameters: {} };

/** A row of HotStuff, or of one that differs in its module. */
export function hotStuffRow(subject: HostedSubject = hostedHotStuff()): ConformanceRow {
  const candidate = judgedProtocol({
    subject,
    parameters: { view_timeout_ms: 300, view_timeout_ms_max: 3_000 },
    votePath: 'leader',
    vectors: signingVectors('signing-bytes.json', 'hotstuff'),
    others: [NULL_CONTENDER],
  });
  return { protocol: candidate.table.protocol, variant: 'plain', candidate, skips: {} };
}

/** Every row that `npm run conform` knows. */
export const ROWS: readonly ConformanceRow[] = [hotStuffRow()];
