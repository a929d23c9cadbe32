import assert from 'node:assert/strict';
import { BatchProofs } from '#libs/chain/batch-proofs.ts';
import type { Block } from '#libs/chain/block.ts';
import { type BlockWithFrontier, buildBlock, payloadLeaves } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER, type Frontier, frontierRoot } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { digestBytes, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { InclusionPath } from '#libs/chain/inclusion-path.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { type SectionRoot, sectionRoots } from '#libs/chain/section-roots.ts';
import { stateLeafOf } from '#libs/chain/state-leaf.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { ballotRoots } from '#libs/membership/ballots.ts';
import { handoverAt, judgeMembership, type Membership, takeVotes } from '#libs/membership/membership.ts';
import {
  GetBlockResponse,
  GetHandoverResponse,
  GetTransactionResponse,
  TransactionState,
} from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { genesisCertificate, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { Genesis } from '#libs/settings/genesis.ts';
import { foundingOf } from '#libs/settings/genesis-membership.ts';
import { genesisText } from '#libs/settings/genesis-text.ts';
import { blockToWire, headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import type { ChainAnswers } from '#test/support/chain/exported-chain.ts';

const BLOCK_MS = 1_000n;

interface WrittenBlock extends BlockWithFrontier {
  readonly before: BlockWithFrontier;
  /** Whose members certify it. */
  readonly membership: Membership;
}

/** A chain that is decided block by block, without a member: by the rules of all members. */
export class WrittenChain {
  membership: Membership;
  readonly genesis: Genesis;
  readonly #blocks: WrittenBlock[];
  readonly #certificates = new Map<bigint, QuorumCertificate>();

  constructor(genesis: Genesis) {
    const block = genesisBlock(genesis);
    const first = { block, frontier: EMPTY_FRONTIER };
    this.genesis = genesis;
    this.membership = foundingOf(genesis, block.digest);
    this.#blocks = [{ ...first, before: first, membership: this.membership }];
    this.certify(genesisCertificate(HOTSTUFF_TABLE, 'commit', block.digest));
  }

  get tip(): Block {
    return (this.#blocks.at(-1) ?? assert.fail()).block;
  }

  /** The next block; the last one of an epoch gets its handover. */
  append(view: number, proposer: number, contents: readonly Uint8Array[]): Block {
    const transactions = contents.map(transactionOf);
    const before = this.#blocks.at(-1) ?? assert.fail();
    const handover = handoverAt(this.membership, before.block.header.height + 1n);
    const made = buildBlock({
      parent: before.block,
      frontier: before.frontier,
      view: toView(BigInt(view)),
      epoch: this.membership.epoch,
      proposer: toMemberIndex(proposer),
      nowMs: this.genesis.genesisTimeMs + BigInt(view) * BLOCK_MS,
      transactions: handover === undefined ? transactions : [handover, ...transactions],
      others: handover === undefined ? this.#votedRoots(transactions) : [],
    });
    this.#blocks.push({ ...made, before, membership: this.membership });
    const judged = judgeMembership(this.membership, made.block);
    assert.ok(judged.ok, judged.ok ? '' : judged.fault);
    this.membership = judged.membership;
    return made.block;
  }

  #votedRoots(transactions: readonly Transaction[]): readonly SectionRoot[] {
    const taken = takeVotes(this.membership, transactions, toHeight(this.tip.header.height + 1n));
    assert.ok(taken.ok, taken.ok ? '' : taken.fault);
    return ballotRoots(taken.membership);
  }

  certify(certificate: QuorumCertificate): void {
    this.#certificates.set(certificate.height, certificate);
  }

  /** All that the members would answer, but evidence. */
  answers(): Omit<ChainAnswers, 'evidence'> {
    return {
      genesis: JSON.parse(genesisText(this.genesis)),
      handovers: this.#blocks.filter((each) => this.#isLast(each)).map((each) => this.#handover(each)),
      blocks: this.#blocks.map((each) => this.#block(each)),
      transactions: this.#blocks.flatMap((each) => transactionsOf(each)),
    };
  }

  #isLast({ block, membership }: WrittenBlock): boolean {
    const { height } = block.header;
    return handoverAt(membership, height) !== undefined;
  }

  #block({ block, frontier }: WrittenBlock): GetBlockResponse {
    const { height } = block.header;
    const certified = this.#blocks.findIndex((_, at) => BigInt(at) >= height && this.#certificateAt(at));
    const descendants = this.#blocks.slice(Number(height) + 1, certified + 1);
    return {
      ...GetBlockResponse.create(),
      block: blockToWire(block),
      blockDigest: digestBytes(block.digest),
      commitCertificate: certificateToWire(this.#certificateAt(certified) ?? assert.fail()),
      descendants: descendants.map((each) => headerToWire(each.block.header)),
      stateSections: sectionsOf(frontier),
    };
  }

  #handover({ block }: WrittenBlock): GetHandoverResponse {
    const path = inclusionProof(payloadLeaves(block.transactions), 0);
    const certificate = this.#certificates.get(block.header.height) ?? assert.fail();
    return {
      ...GetHandoverResponse.create(),
      blockHeader: headerToWire(block.header),
      handover: (block.transactions[0] ?? assert.fail()).bytes,
      payloadProof: { leafIndex: 0n, treeSize: BigInt(block.transactions.length), path: [...path] },
      commitCertificate: certificateToWire(certificate),
    };
  }

  #certificateAt(height: number): QuorumCertificate | undefined {
    return this.#certificates.get(BigInt(height));
  }
}

function sectionsOf(frontier: Frontier): SectionRoot[] {
  return frontier.others === undefined ? [] : [...sectionRoots(frontierRoot(frontier), frontier.others)];
}

function transactionsOf({ block, before, frontier }: WrittenBlock): readonly GetTransactionResponse[] {
  const { transactions, header } = block;
  const state = new BatchProofs(before.frontier, transactions.map(stateLeafOf));
  return transactions.map(({ bytes: transaction }, index) => {
    const path = inclusionProof(payloadLeaves(transactions), index);
    return {
      ...GetTransactionResponse.create(),
      ...{ state: TransactionState.FINAL, transaction, height: header.height, index },
      payloadProof: proofToWire({ index: BigInt(index), size: BigInt(transactions.length), path }),
      stateProof: proofToWire(state.proofOf(index)),
      stateSections: sectionsOf(frontier),
    };
  });
}

function proofToWire({ index: leafIndex, size: treeSize, path }: InclusionPath) {
  return { leafIndex, treeSize, path: [...path] };
}
