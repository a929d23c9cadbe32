import assert from 'node:assert/strict';
import type { Block, BlockHeader } from '#libs/chain/block.ts';
import { buildBlock } from '#libs/chain/block-rules.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { Federation, signatureOf } from './engine-federation.ts';
import { honest, work } from './engine-lies.ts';
import type { FederationMember } from './federation-member.ts';

/**
 * Has a leader put this transaction into the first block that it proposes, against its own rules.
 * @returns how many others voted for that block.
 */
export function votesFor(content: Uint8Array): number {
  const federation = new Federation(4);
  const liar = federation.members[1]!;
  let proposed: Block | undefined;
  federation.tamper = (from, sent) => {
    const message = sent.body;
    if (from !== liar.index || message.kind !== 'proposal' || proposed !== undefined) return [sent];
    const { header, transactions } = message.block;
    proposed = blockWith(liar, header, [...transactions, transactionOf(content)]);
    const { view, height } = header;
    const signature = signatureOf(
      from,
      blockStatement('proposal', view, { height, digest: proposed.digest }),
    );
    return [{ ...sent, body: { ...message, block: proposed, signature } }];
  };
  work(federation);
  assert.ok(proposed !== undefined && honest(federation).every(({ chain }) => chain.final.length > 5));
  const { digest } = proposed;
  return federation.signed.filter(
    ({ statement }) => statement.kind === 'prepare' && statement.block?.digest === digest,
  ).length;
}

function blockWith({ chain }: FederationMember, header: BlockHeader, transactions: readonly Transaction[]) {
  const { parent: digest, timestampMs: nowMs } = header;
  const parent = { digest, header: chain.headerOf(digest) ?? assert.fail('its parent is held') };
  const frontier = chain.frontierOf(digest) ?? assert.fail('with its state');
  return buildBlock({ ...header, parent, frontier, nowMs, transactions }).block;
}
