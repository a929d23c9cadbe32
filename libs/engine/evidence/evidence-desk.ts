import { sha256Hex } from '#libs/bytes/sha256.ts';
import type { Block } from '#libs/chain/block.ts';
import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Evidence } from '#libs/protocol/evidence.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { encodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import type { ClaimVerifier } from '../ports/engine-ports.ts';
import type { ProvedEvidence } from '../ports/evidence-ports.ts';
import type { MemberFault } from '../ports/operator-codes.ts';
import { type Vouching, vouchingOf } from '../ports/vouching.ts';
import { SecondBudget } from '../timing/second-budget.ts';
import { EVIDENCE_PER_SECOND_MAX } from './evidence-limits.ts';
import { evidenceIn, readEvidence } from './evidence-reading.ts';
import { type Standpoint, untimeliness } from './evidence-window.ts';
import { PendingEvidence, type PendingOptions } from './pending-evidence.ts';

const ENOUGH = 'more evidence against a member than is kept';
const OLD = { stale: 'evidence of a position long over', 'far-future': undefined } as const;

export interface DeskOptions extends PendingOptions {
  /** Verifies statements of an epoch that has begun here. */
  readonly verifierOf: (epoch: Epoch) => ClaimVerifier;
  /** The place of this member. */
  readonly here: () => Standpoint;
}

/**
 * Takes evidence in, from this member's watch and from other members: evidence is verified, then stored, then
 * sent once to all and put into a block (HS-35, HS-57). The desk excludes nobody and counts for no quorum: whether evidence in a
 * block excludes is a rule of membership.
 */
export class EvidenceDesk {
  readonly #options: DeskOptions;
  readonly #budget: SecondBudget;
  /** Contents under verification, by SHA-256: bounded by the budget of each sender. */
  readonly #underWay = new Set<string>();
  readonly #pending: PendingEvidence;
  #isStopped = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#budget = new SecondBudget(options.clock, EVIDENCE_PER_SECOND_MAX);
    this.#pending = new PendingEvidence(options);
  }

  /** Takes up evidence that a crash left without a block. */
  start(): void {
    this.#pending.fillPool();
  }

  stop(): void {
    this.#isStopped = true;
    this.#pending.stop();
  }

  /** Evidence whose signatures hold. */
  accept(evidence: Evidence): 'stored' | 'known' | 'full' {
    const { chain, store, peers, monitor } = this.#options;
    const content = encodeEvidence(evidence, chain);
    const proved: ProvedEvidence = { evidence, digest: evidenceDigest(evidence, chain), content };
    const result = store.put(proved);
    if (result !== 'stored') return result;
    monitor.evidenceFound(proved);
    peers.send('all', { kind: 'evidence', content });
    this.#pending.fillPool();
    return result;
  }

  /** Evidence that another member sends: believed once both signatures are verified. */
  receive(from: MemberIndex, content: Uint8Array): void {
    const refuse = (cause: RefusalCause, detail: string, fault?: MemberFault) =>
      this.#options.monitor.refused(from, cause, detail, fault);
    const read = readEvidence(content, this.#options);
    if (typeof read === 'string') return refuse('false-evidence', read);
    const key = sha256Hex(content);
    // Every convinced member sends the evidence once, so most of it is known here already: that is no fault and costs
    // nothing.
    if (this.#options.store.has(evidenceDigest(read, this.#options.chain)) || this.#underWay.has(key)) return;
    const untimely = this.#untimely(read);
    if (untimely !== undefined)
      return refuse(untimely, 'evidence outside the window of positions', OLD[untimely]);
    if (!this.#budget.take(from)) {
      return refuse('overloaded', 'evidence', 'more evidence than is verified in a second');
    }
    this.#underWay.add(key);
    const verified = (ok: boolean, cause?: RefusalCause): void => {
      this.#underWay.delete(key);
      if (this.#isStopped) return;
      if (!ok) return refuse(cause ?? 'false-evidence', 'evidence whose signatures do not hold');
      if (this.accept(read) === 'full') refuse('overloaded', ENOUGH, ENOUGH);
    };
    this.#options.verifierOf(read.epoch).verify([read.first, read.second], verified, from);
  }

  /** Whether all evidence in a block is true; at once when there is none. A block with false evidence is invalid. */
  vouch({ transactions }: Block, done: (vouching: Vouching) => void): void {
    const read = evidenceIn(transactions).map((content) => readEvidence(content, this.#options));
    const evidence = read.filter((each) => typeof each !== 'string');
    if (evidence.length < read.length) return done('false');
    vouchAll(evidence, this.#options.verifierOf, done);
  }

  /** Handles final blocks: evidence in them needs no other block, even if it has other signatures there. */
  finalised(blocks: readonly Block[]): void {
    this.#pending.finalised(blocks);
  }

  /** Sends the evidence that waits for a block again: to a member that comes back, or to all. */
  repeat(to: MemberIndex | 'all'): void {
    this.#pending.repeat(to);
  }

  #untimely(read: Evidence): 'stale' | 'far-future' | undefined {
    const { tableOf, here } = this.#options;
    const table = tableOf(read.epoch);
    return table && untimeliness(read, table, here());
  }
}

/** One after the other: a block rarely has more than one, and each may be of another epoch. */
function vouchAll(
  [next, ...rest]: readonly Evidence[],
  verifierOf: DeskOptions['verifierOf'],
  done: (vouching: Vouching) => void,
): void {
  if (next === undefined) return done('true');
  const { epoch, first, second } = next;
  verifierOf(epoch).verify([first, second], (ok, cause) => {
    const vouching = vouchingOf(ok, cause);
    return vouching === 'true' ? vouchAll(rest, verifierOf, done) : done(vouching);
  });
}
