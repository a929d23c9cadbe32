import assert from 'node:assert/strict';
import type { BlockHeader } from '#libs/chain/block.ts';
import { type BlockWithFrontier, buildBlock, payloadLeaves } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type Epoch, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { ClientHandover } from '#libs/client/membership.ts';
import type { Trust } from '#libs/client/verify-block.ts';
import { encodeHandover } from '#libs/membership/handover.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { CHAIN, signatureOf, TRUST } from './handovers.ts';
import { rosterOf } from './membership.ts';

/** One height: whether a certificate names its block, and whether it is the last of its epoch, which always has one. */
export interface PlannedHeight {
  readonly isCertified: boolean;
  readonly endsEpoch: boolean;
}

/** A chain of several epochs, each with four members of its own, whose certificates hold for a client. */
export class EpochChain {
  /** By height, the genesis block first. */
  readonly blocks: readonly BlockWithFrontier[];
  /** By height, of the blocks that have one. */
  readonly certificates: ReadonlyMap<number, QuorumCertificate>;
  readonly #table: VoteTable;

  constructor(plan: readonly PlannedHeight[], table: VoteTable) {
    this.#table = table;
    const blocks = [{ block: genesisBlock({ genesisTimeMs: 0n }), frontier: EMPTY_FRONTIER }];
    const certificates = new Map<number, QuorumCertificate>();
    let epoch = toEpoch(0n);
    for (const [at, { isCertified, endsEpoch }] of plan.entries()) {
      const made = blockUpon(blocks.at(-1) ?? assert.fail(), epoch, endsEpoch);
      blocks.push(made);
      if (isCertified || endsEpoch || at === plan.length - 1)
        certificates.set(at + 1, this.#certify(made.block.header, made.block.digest));
      if (endsEpoch) epoch = toEpoch(epoch + 1n);
    }
    this.blocks = blocks;
    this.certificates = certificates;
  }

  /** The trust of a client that knows the genesis file alone. */
  get trust(): Trust {
    return {
      ...TRUST,
      ...{
        votes: this.#table,
        votesOf: () => this.#table,
        validators: setOfRoster(toEpoch(0n), rosterOfEpoch(0n)),
      },
    };
  }

  /** The proof of the members of an epoch, with the certificate that a member still has. */
  handoverTo(epoch: Epoch, certificateAt: (height: number) => QuorumCertificate | undefined): ClientHandover {
    const last = this.blocks.findLast(({ block }) => block.header.epoch === epoch - 1n) ?? assert.fail();
    const { header, transactions } = last.block;
    const leaves = payloadLeaves(transactions);
    return {
      header,
      certificate:
        certificateAt(Number(header.height)) ?? assert.fail(`no certificate of epoch ${epoch - 1n}`),
      handover: transactions[0]?.bytes ?? assert.fail(),
      payloadProof: { index: 0n, size: BigInt(leaves.length), path: inclusionProof(leaves, 0) },
    };
  }

  #certify(
    { height, view, epoch }: BlockHeader,
    digest: BlockWithFrontier['block']['digest'],
  ): QuorumCertificate {
    const table = this.#table;
    const statement = {
      ...blockStatement('commit', view, { height, digest }),
      instance: table.instances === 'ascending' ? height : 0n,
    };
    const message = table.bytes({ chain: CHAIN, protocol: table.protocol, epoch }, statement);
    const signatures = rosterOfEpoch(epoch)
      .slice(0, 3)
      .map(({ publicKey }, member) => ({
        member: toMemberIndex(member),
        signature: signatureOf(publicKey, message),
      }));
    return { kind: table.decides, instance: statement.instance, view, height, digest, signatures };
  }
}

function rosterOfEpoch(epoch: bigint) {
  return rosterOf(4, Number(epoch) * 4);
}

function blockUpon(parent: BlockWithFrontier, epoch: Epoch, endsEpoch: boolean): BlockWithFrontier {
  const height = parent.block.header.height + 1n;
  const next = toEpoch(epoch + 1n);
  const handover = encodeHandover({ chain: CHAIN, epoch: next, roster: rosterOfEpoch(next) });
  const contents = [...(endsEpoch ? [handover] : []), new Uint8Array(Buffer.from(`transaction ${height}`))];
  return buildBlock({
    parent: parent.block,
    frontier: parent.frontier,
    view: toView(height),
    epoch,
    proposer: toMemberIndex(0),
    nowMs: height,
    transactions: contents.map(transactionOf),
  });
}
