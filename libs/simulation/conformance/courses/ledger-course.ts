import type { Course } from '../words/course.ts';
import { CalmChain } from './calm-chain.ts';

const MEMBERS = 4;
const TRANSACTIONS = 24;

/** C21: the same transactions, given one after another, make the same ledger whichever protocol decides them. */
export const SAME_LEDGER: Course = {
  name: 'ledger',
  judges: ['C21'],
  open: ({ subject, others }) => ({
    parts: Math.max(1, others.length),
    run: (part) => {
      const other = others[part];
      const failure = { case: 'C21', kind: 'fork', name: other?.subject.module.id ?? 'others' } as const;
      if (other === undefined)
        return { runs: 0, failures: [{ ...failure, text: 'there is no other protocol' }] };
      const [one, two] = [
        ledgerOf(new CalmChain(subject, MEMBERS)),
        ledgerOf(new CalmChain(other.subject, MEMBERS)),
      ];
      const text = `${one} here, and ${two} there`;
      const isSame = one === two && !one.startsWith(STOPPED);
      return { runs: 2, failures: isSame ? [] : [{ ...failure, text }] };
    },
  }),
};

const STOPPED = 'stopped at';

/** The order of all transactions and the root over them, in words; or where deciding ended. */
function ledgerOf(chain: CalmChain): string {
  for (let at = 0; at < TRANSACTIONS; at++)
    if (!chain.decide(`payment ${at}`)) return `${STOPPED} transaction ${at}`;
  const order = chain.transactions();
  return `${order.length} transactions, root ${chain.stateRoot}, ${order.join(' ')}`;
}
