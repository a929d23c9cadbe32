import assert from 'node:assert/strict';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { buildBlock, payloadLeaves } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { ClientHandover } from '#libs/client/membership.ts';
import type { Trust } from '#libs/client/verify-block.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { type Roster, setOfRoster } from '#libs/membership/roster.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { memberOf, rosterOf } from './membership.ts';

export const CHAIN = toDigest('c'.repeat(64));
const GENESIS = genesisBlock({ genesisTimeMs: 0n });
export const FOUNDERS = rosterOf(4);
export const NEXT = [...rosterOf(3), memberOf(9)];

/** Anyone can make it, and only the member does. */
export const signatureOf = (publicKey: Uint8Array, message: Uint8Array): Uint8Array =>
  sha256(Buffer.concat([publicKey, message]));

export const TRUST: Trust = {
  chainDigest: CHAIN,
  votes: HOTSTUFF_TABLE,
  votesOf: (protocol) => (protocol === HOTSTUFF_TABLE.protocol ? HOTSTUFF_TABLE : undefined),
  validators: setOfRoster(toEpoch(0n), FOUNDERS),
  scheme: 'of-anyone',
  verify: async (publicKey, message, signature) => equalBytes(signature, signatureOf(publicKey, message)),
};

interface Facts {
  readonly epoch?: bigint;
  readonly roster?: Roster;
  readonly signers?: Roster;
  readonly signed?: readonly number[];
  readonly chain?: string;
  readonly before?: readonly Uint8Array[];
  readonly terms?: NewTerms;
}

/** A handover from one epoch to the next, as its members make it. */
export function handoverOf({
  epoch = 1n,
  roster = NEXT,
  signers = FOUNDERS,
  signed = [0, 1, 2],
  chain = CHAIN,
  before = [],
  terms,
}: Facts = {}): ClientHandover {
  const handover = encodeHandover({
    chain: toDigest(chain),
    epoch: toEpoch(epoch),
    roster,
    ...(terms && { terms }),
  });
  const transactions = [...before, handover, Buffer.from('other')].map(transactionOf);
  const { block } = buildBlock({
    parent: GENESIS,
    frontier: EMPTY_FRONTIER,
    view: toView(5n),
    epoch: toEpoch(epoch - 1n),
    proposer: toMemberIndex(1),
    nowMs: 1n,
    transactions,
  });
  const { view, height } = block.header;
  const statement = blockStatement('commit', view, { height, digest: block.digest });
  const scope = { chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(epoch - 1n) };
  const signatures = signed.map((member) => ({
    member: toMemberIndex(member),
    signature: signatureOf(signers[member]?.publicKey ?? assert.fail(), signingBytes(scope, statement)),
  }));
  const leaves = payloadLeaves(transactions);
  const path = inclusionProof(leaves, before.length);
  return {
    header: block.header,
    certificate: { kind: 'commit', instance: 0n, view, height, digest: block.digest, signatures },
    handover,
    payloadProof: { index: BigInt(before.length), size: BigInt(leaves.length), path },
  };
}
