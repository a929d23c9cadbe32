import { LOG_RULES } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import { type BlockWithFrontier, buildBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { type Height, type MemberIndex, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { BlockKeeper } from '#libs/engine/blocks/block-keeper.ts';
import type { BlockRange } from '#libs/engine/ports/block-range.ts';
import type { ClockPort } from '#libs/engine/ports/engine-ports.ts';
import type { BlocksRequest } from '#libs/engine/ports/peer-message.ts';
import { BlockServer } from '#libs/engine/sync/block-server.ts';
import { BlockSync } from '#libs/engine/sync/block-sync.ts';
import { Mempool } from '#libs/engine/transactions/mempool.ts';
import { mempoolLimits } from '#libs/engine/transactions/mempool-limits.ts';
import { genesisRoot, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import { LoneChain } from './lone-chain.ts';

const LIMITS = { transactionsMax: 5_000, bytesMax: 8_000_000, transactionBytesMax: 5_000_000 };
const MEMBERS = 8;
const TRUE_SIGNATURE = Uint8Array.of(1);

/** The member that catches up in these tests. The others are its peers. */
export const ME = toMemberIndex(0);

/**
 * A certificate that verifies in these tests: any block may have one, because the tests decide which signatures are
 * valid.
 */
export function certify({ header, digest }: Block): QuorumCertificate {
  const signatures = [0, 1, 2, 3, 4, 5].map((member) => ({
    member: toMemberIndex(member),
    signature: TRUE_SIGNATURE,
  }));
  return { kind: 'commit', instance: 0n, view: header.view, height: header.height, digest, signatures };
}

/** The same certificate with one signature that does not verify. */
export function forged(certificate: QuorumCertificate): QuorumCertificate {
  const [first, ...others] = certificate.signatures;
  const signature = { member: first?.member ?? ME, signature: Uint8Array.of(2) };
  return { ...certificate, signatures: [signature, ...others] };
}

export interface ChainPlan {
  readonly blocks: number;
  readonly transactions?: (height: number) => readonly Uint8Array[];
  /** Heights that were decided by themselves; the others came with the next of these. All, when left out. */
  readonly isCertified?: (height: number) => boolean;
  /** Makes another chain of the same shape. */
  readonly salt?: number;
  /** Which certificates the peer keeps. */
  readonly rule?: CertificateRule;
}

/** A final chain of a peer. */
export function chainOf({
  blocks,
  transactions,
  isCertified = () => true,
  salt = 0,
  rule,
}: ChainPlan): LoneChain {
  const chain = new LoneChain(rule);
  let last: BlockWithFrontier = { block: chain.genesis, frontier: EMPTY_FRONTIER };
  let open: BlockWithFrontier[] = [];
  for (let height = 1; height <= blocks; height++) {
    last = buildBlock({
      parent: last.block,
      frontier: last.frontier,
      view: toView(BigInt(height)),
      epoch: toEpoch(0n),
      proposer: toMemberIndex(height % MEMBERS),
      nowMs: BigInt(height + salt),
      transactions: (transactions?.(height) ?? [Buffer.from(`transaction ${height}`)]).map(transactionOf),
    });
    open.push(last);
    if (!isCertified(height) && height < blocks) continue;
    chain.extend(open, certify(last.block));
    open = [];
  }
  return chain;
}

/** The answer of a peer; undefined is silence. */
export type Answer = BlockRange | 'nothing' | undefined;

/** The answer of a peer to its nth request. */
export type Behaviour = (request: BlocksRequest, ask: number) => Answer;

/** A peer that answers as the real server does. */
export function honest(chain: LoneChain): Behaviour {
  return (request) => {
    let range: BlockRange | 'nothing' = 'nothing';
    const peers = {
      connected: () => [],
      send: (_: unknown, body: { kind: string; range?: BlockRange | undefined }) => {
        range = body.range ?? 'nothing';
      },
    };
    new BlockServer(chain, peers, { nowMs: () => 0, after: () => () => {} }).answer(request, ME);
    return range;
  };
}

export interface PeerPlan {
  readonly behaviour: Behaviour;
  /** Milliseconds before its answer comes, or for each block that is asked for. */
  readonly delayMs?: number;
  readonly delayMsPerBlock?: number;
}

/** A member that catches up among peers that do what a test says, in virtual time. */
export class SyncBench {
  readonly chain = new LoneChain();
  readonly sync: BlockSync;
  readonly lies: { readonly peer: MemberIndex; readonly fault: string }[] = [];
  readonly broken: unknown[] = [];
  readonly asked: (BlocksRequest & { readonly peer: MemberIndex; readonly atMs: number })[] = [];
  readonly verifications: MemberIndex[] = [];
  /** Blocks made final together. */
  readonly batches: number[] = [];
  readonly #timers: { readonly dueMs: number; readonly fire: () => void }[] = [];
  readonly #peers: readonly PeerPlan[];
  #nowMs = 0;

  constructor(peers: readonly PeerPlan[]) {
    this.#peers = peers;
    const clock: ClockPort = {
      nowMs: () => this.#nowMs,
      after: (delayMs, fire) => {
        const timer = { dueMs: this.#nowMs + delayMs, fire };
        this.#timers.push(timer);
        return () => this.#drop(timer);
      },
    };
    const port = {
      connected: () => peers.map((_, index) => toMemberIndex(index + 1)),
      send: (to: MemberIndex | 'all', body: { kind: string }) => {
        if (to !== 'all' && body.kind === 'blocks-request') this.#deliver(to, body as BlocksRequest);
      },
    };
    const keeper = new BlockKeeper(
      this.chain,
      new Mempool(mempoolLimits(LIMITS, MEMBERS), (hash) => this.chain.isCommitted(hash)),
      port,
      clock,
      {
        me: ME,
        epoch: toEpoch(0n),
        book: bookOf(this.chain, this.chain.genesis.digest, MEMBERS),
        limits: LIMITS,
        application: LOG_RULES,
        follows: hotStuffFollows,
        onInvalid: () => {},
        onLost: () => {},
        onOrdered: (blocks) => {
          this.batches.push(blocks.length);
          this.sync.reached(this.chain.tip().header.height);
        },
        onMissing: () => {},
        vouch: (_, done) => done('true'),
      },
    );
    this.sync = new BlockSync({
      table: HOTSTUFF_TABLE,
      chain: this.chain,
      keeper,
      peers: port,
      clock,
      verifier: {
        trust: () => {},
        verify: (claims, done) => {
          this.verifications.push(ME);
          const ok = claims.every(({ signature }) => signature[0] === TRUE_SIGNATURE[0]);
          clock.after(1, () => done(ok));
        },
      },
      me: ME,
      set: validatorSet(
        toEpoch(0n),
        Array.from({ length: MEMBERS }, (_, i) => ({
          name: `m${i}`,
          publicKey: Uint8Array.of(i),
          weight: 1n,
        })),
      ),
      root: genesisRoot(this.chain.genesis.digest),
      newId: () => BigInt(this.asked.length + 1),
      onLie: (peer, fault) => this.lies.push({ peer, fault }),
      onBroken: (error) => this.broken.push(error),
    });
  }

  get height(): number {
    return Number(this.chain.tip().header.height);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets time pass, timer by timer. */
  pass(durationMs: number): void {
    const end = this.#nowMs + durationMs;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > end) break;
      this.#drop(next);
      this.#nowMs = next.dueMs;
      next.fire();
    }
    this.#nowMs = end;
  }

  /** Passes time until a height is final. @returns how long it took, milliseconds; undefined when it did not happen. */
  untilHeight(height: number, msMax: number): number | undefined {
    const startMs = this.#nowMs;
    while (this.height < height && this.#nowMs - startMs < msMax) this.pass(10);
    return this.height < height ? undefined : this.#nowMs - startMs;
  }

  #deliver(peer: MemberIndex, request: BlocksRequest): void {
    const plan = this.#peers[peer - 1];
    this.asked.push({ ...request, peer, atMs: this.#nowMs });
    const answer = plan?.behaviour(request, this.asked.filter((each) => each.peer === peer).length);
    if (answer === undefined) return;
    const range = answer === 'nothing' ? undefined : answer;
    const perBlockMs = (plan?.delayMsPerBlock ?? 0) * Number(request.to - request.from + 1n);
    this.#timers.push({
      dueMs: this.#nowMs + (plan?.delayMs ?? 5) + perBlockMs,
      fire: () => this.sync.receive({ kind: 'blocks-response', requestId: request.requestId, range }, peer),
    });
  }

  #drop(timer: { readonly dueMs: number; readonly fire: () => void }): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}

/** The certificate of the newest block of a chain. */
export function targetOf(chain: LoneChain): QuorumCertificate {
  return chain.tip().certificate;
}

export function heightOf(value: number): Height {
  return toHeight(BigInt(value));
}
