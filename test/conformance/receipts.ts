import { join } from 'node:path';
import type { Digest } from '#libs/chain/ids.ts';
import { verifyTransactionProof } from '#libs/client/verify-transaction.ts';
import { trustFrom, trustInEpoch } from '#services/cli/adapters/trust.ts';
import type { LocalMembers } from '#test/support/federation/local-members.ts';

/** Receipts that are looked at, of all that there are: the first and the newest. */
const RECEIPTS = 4;

/** Asks every member for receipts, and proves them by the genesis file alone. @returns what is wrong with them. */
export async function receiptFaults(
  { members, folder }: LocalMembers,
  transactions: readonly Digest[],
): Promise<readonly string[]> {
  const trust = trustFrom(join(folder, 'net', 'm0', 'genesis.json'));
  const chosen = [...transactions.slice(0, RECEIPTS / 2), ...transactions.slice(-RECEIPTS / 2)];
  if (chosen.length === 0) return ['no transaction became final: there is no receipt to prove'];
  const faults: string[] = [];
  for (const [member, { client }] of members.entries())
    for (const hash of new Set(chosen)) {
      const answer = await client.get(hash);
      if (answer.state !== 'final') {
        faults.push(`member ${member} does not hold ${hash} as final`);
        continue;
      }
      const { transaction, payloadProof, stateProof, height } = answer;
      const block = await client.getHeader(height);
      const known = await trustInEpoch(trust, block.header.epoch, client);
      const verdict = await verifyTransactionProof(transaction, { payloadProof, stateProof, block }, known);
      if (!verdict.ok) faults.push(`the receipt of member ${member} at height ${height}: ${verdict.fault}`);
    }
  return faults;
}
