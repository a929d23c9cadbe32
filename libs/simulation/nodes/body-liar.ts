import { transactionOf } from '#libs/chain/transaction.ts';
import type { BodiesResponse } from '#libs/engine/ports/body-messages.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkTools } from './clerk-tools.ts';

/**
 * Leads with transactions that nobody else has seen: it spreads none that its clients gave it, names them in its proposals, and answers those
 * who ask for them with every lie there is: silence, a part, others, the right ones twice; and some with the truth, so that a part of the
 * members has them.
 */
export function bodyLiar({ random }: ClerkTools): Clerk {
  return {
    proposes: (message) => message,
    form: () => 'compact',
    answers: (_to, body): readonly PeerMessageBody[] => {
      if (body.kind === 'transactions' || body.kind === 'waiting') return [];
      if (body.kind === 'block-response') return random.pick([[], [body]]);
      return body.kind === 'bodies-response' ? random.pick(LIES)(body) : [body];
    },
  };
}

const LIES: readonly ((body: BodiesResponse) => readonly BodiesResponse[])[] = [
  (body) => [body],
  (body) => [body, body],
  () => [],
  (body) => [{ ...body, transactions: [] }],
  (body) => [{ ...body, transactions: body.transactions.slice(1) }],
  (body) => [
    { ...body, transactions: body.transactions.map(({ bytes }) => transactionOf(bytes.toReversed())) },
  ],
];
