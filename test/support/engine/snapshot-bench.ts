import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplicationRules, LOG_RULES } from '#libs/chain/application-rules.ts';
import type { Block } from '#libs/chain/block.ts';
import type { BlockWithFrontier } from '#libs/chain/block-rules.ts';
import { type Height, type MemberIndex, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { CHUNK_TRANSACTIONS } from '#libs/chain/state-chunks.ts';
import { BlockKeeper } from '#libs/engine/blocks/block-keeper.ts';
import type { ClaimVerifier, ClockPort, PeerPort } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { CatchUp } from '#libs/engine/sync/catch-up.ts';
import { RequestServer } from '#libs/engine/sync/request-server.ts';
import { Mempool } from '#libs/engine/transactions/mempool.ts';
import { mempoolLimits } from '#libs/engine/transactions/mempool-limits.ts';
import { genesisRoot, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import type { ChainStore } from '#services/consensus/adapters/chain-store.ts';
import { openChainStore } from '#services/consensus/adapters/open-chain-store.ts';
import { blockUpon, CHAIN_DIGEST, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { bookOf } from '#test/support/chain/membership.ts';

const LIMITS = { transactionsMax: 10_000, bytesMax: 5_000_000, transactionBytesMax: 5_000 };
const MEMBERS = 4;
const ME = toMemberIndex(0);

export type Request = Extract<
  PeerMessageBody,
  { kind: 'blocks-request' | 'snapshot-request' | 'chunk-request' }
>;
export type Answer = Extract<
  PeerMessageBody,
  { kind: 'blocks-response' | 'snapshot-response' | 'chunk-response' }
>;

/** The answer of a peer; undefined is silence. */
export type Behaviour = (request: Request, truth: () => Answer) => Answer | undefined;

export interface BenchPeer {
  readonly behaviour: Behaviour;
  readonly delayMs?: number;
}

export const honest: BenchPeer = { behaviour: (_, truth) => truth() };
export const silent: BenchPeer = { behaviour: () => undefined };

/** Whether every signature is the one that `certificateFor` makes. */
function holds({ view, signatures }: QuorumCertificate): boolean {
  return signatures.every(({ member, signature }) => signature[0] === ((Number(view) + member) & 0xff));
}

function open(path: string): ChainStore {
  return openChainStore({
    path,
    genesis: GENESIS.block,
    chainDigest: CHAIN_DIGEST,
    protocol: HOTSTUFF,
    member: 'm0',
  });
}

/** A chain in a real store, of blocks with so many transactions each; every eighth block has a certificate. */
export class LongChain {
  readonly folder = mkdtempSync(join(tmpdir(), 'snapshot-'));
  readonly store: ChainStore;
  readonly blocks: BlockWithFrontier[] = [];

  constructor(blocks: number, transactionsPerBlock: number, salt = '') {
    this.store = open(join(this.folder, 'chain.db'));
    let branch: BlockWithFrontier[] = [];
    for (let height = 1; height <= blocks; height++) {
      const texts = Array.from({ length: transactionsPerBlock }, (_, at) => `${salt}${height} ${at}`);
      const next = blockUpon(this.blocks.at(-1) ?? GENESIS, height, texts);
      this.blocks.push(next);
      branch.push(next);
      if (height % 8 !== 0 && height < blocks) continue;
      this.store.extend(branch, certificateFor(next.block));
      branch = [];
    }
  }

  target(height = this.blocks.length): QuorumCertificate {
    return certificateFor(this.blocks[height - 1]!.block);
  }

  remove(): void {
    this.store.close();
    rmSync(this.folder, { recursive: true });
  }
}

export interface BenchOptions {
  readonly chain: LongChain;
  readonly peers: readonly BenchPeer[];
  readonly snapshotBlocks?: number;
  /** Whether the membership can go on from a snapshot, instead of its own answer. */
  readonly mayLeap?: () => boolean;
  /** The rules of its application; those of a log when left out. */
  readonly application?: ApplicationRules;
}

/** A member with a real store that catches up among peers that do what a test says, in virtual time. */
export class SnapshotBench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'snapshot-'));
  readonly #options: BenchOptions;
  #timers: { readonly dueMs: number; readonly fire: () => void }[] = [];
  #nowMs = 0;
  store: ChainStore;
  catchUp: CatchUp;
  readonly lies: string[] = [];
  readonly broken: unknown[] = [];
  readonly asked: {
    readonly peer: MemberIndex;
    readonly kind: string;
    readonly number: number | undefined;
  }[] = [];
  taken = 0;
  /** The block of the snapshot, and the fetched blocks below it. */
  readonly held: Block[] = [];

  constructor(options: BenchOptions) {
    this.#options = options;
    this.store = open(this.#path);
    this.catchUp = this.#start();
  }

  get #path(): string {
    return join(this.#folder, 'chain.db');
  }

  get height(): number {
    return Number(this.store.tip().height);
  }

  /** Restarts the process as after a kill: messages on their way, and memory, are gone. */
  restart(): void {
    this.catchUp.stop();
    this.#timers = [];
    this.store.close();
    this.store = open(this.#path);
    this.catchUp = this.#start();
    this.catchUp.start();
  }

  remove(): void {
    this.catchUp.stop();
    this.store.close();
    rmSync(this.#folder, { recursive: true });
  }

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

  /** Passes time until something is so. @returns whether it came to be. */
  until(isSo: () => boolean, msMax = 60_000): boolean {
    const end = this.#nowMs + msMax;
    while (!isSo() && this.#nowMs < end) this.pass(10);
    return isSo();
  }

  /** Asserts that the member holds every block of the chain, and every transaction at its position, with its proofs. */
  assertWhole(): void {
    const { chain } = this.#options;
    assert.deepEqual(this.broken, []);
    assert.equal(this.store.gap(), undefined);
    for (const { block } of chain.blocks) {
      const { height } = block.header;
      assert.equal(this.store.blockAt(height)?.digest, block.digest);
      const proof = this.store.certifiedBlock(height);
      assert.ok(proof !== undefined && holds(proof.certificate));
    }
    for (const at of [0, Math.floor(chain.blocks.length / 2), chain.blocks.length - 1]) this.#assertSame(at);
    assert.deepEqual(this.store.tip().frontier, chain.store.tip().frontier);
  }

  #assertSame(at: number): void {
    const { chain } = this.#options;
    const { header } = chain.blocks[at]!.block;
    assert.deepEqual(
      this.store.snapshots.snapshotAt(header.height),
      chain.store.snapshots.snapshotAt(header.height),
    );
    const chunks = Math.ceil(Number(chain.blocks[at]!.frontier.size) / CHUNK_TRANSACTIONS);
    for (let number = 0; number <= chunks; number++) {
      const [own, theirs] = [this.store, chain.store].map((each) =>
        each.snapshots.chunkAt(header.height, number),
      );
      assert.deepEqual(own, theirs);
    }
  }

  #start(): CatchUp {
    const { chain, peers, snapshotBlocks = 10, application = LOG_RULES, mayLeap } = this.#options;
    const clock: ClockPort = {
      nowMs: () => this.#nowMs,
      after: (delayMs, fire) => {
        const timer = { dueMs: this.#nowMs + delayMs, fire };
        this.#timers.push(timer);
        return () => this.#drop(timer);
      },
    };
    const port: PeerPort = {
      connected: () => peers.map((_, index) => toMemberIndex(index + 1)),
      send: (to, body) => {
        if (
          to !== 'all' &&
          (body.kind === 'blocks-request' ||
            body.kind === 'snapshot-request' ||
            body.kind === 'chunk-request')
        )
          this.#ask(to, body, clock);
      },
    };
    const { store } = this;
    const mempool = new Mempool(mempoolLimits(LIMITS, MEMBERS), (hash) => store.isCommitted(hash));
    const book = bookOf(store, GENESIS.block.digest, MEMBERS, store.gapBase());
    const keeper = new BlockKeeper(store, mempool, port, clock, {
      me: ME,
      epoch: toEpoch(0n),
      book,
      limits: LIMITS,
      application,
      follows: hotStuffFollows,
      onInvalid: () => {},
      onLost: () => {},
      onOrdered: () => this.catchUp.reached(store.tip().height),
      onMissing: () => {},
      vouch: (_, done) => done('true'),
    });
    void chain;
    const set = validatorSet(
      toEpoch(0n),
      Array.from({ length: MEMBERS }, (_, i) => ({
        name: `m${i}`,
        publicKey: Uint8Array.of(i),
        weight: 1n,
      })),
    );
    const root = genesisRoot(GENESIS.block.digest);
    const verifier: ClaimVerifier = {
      trust: () => {},
      verify: (claims, done) => {
        const isTrue = claims.every(
          ({ member, statement, signature }) => signature[0] === ((Number(statement.view) + member) & 0xff),
        );
        clock.after(1, () => done(isTrue));
      },
    };
    return new CatchUp({
      chain: store,
      keeper,
      snapshots: store.snapshots,
      snapshotBlocks,
      limits: LIMITS,
      application,
      follows: hotStuffFollows,
      peers: port,
      clock,
      verifier,
      me: ME,
      set,
      root,
      below: () => ({ set, root, table: HOTSTUFF_TABLE, follows: hotStuffFollows, verifier }),
      decidersOf: () => ({ set, root, table: HOTSTUFF_TABLE, verifier }),
      table: HOTSTUFF_TABLE,
      book: {
        get below() {
          return book.below;
        },
        filled: (blocks) => book.filled(blocks),
        mayLeap: mayLeap ?? ((snapshot) => book.mayLeap(snapshot)),
      },
      onLie: (peer, fault) => this.lies.push(`${peer} ${fault}`),
      onBroken: (error) => this.broken.push(error),
      onFilled: (blocks) => this.held.push(...blocks),
      onSnapshot: (taken) => {
        this.held.push(taken.block);
        book.leapt(taken);
        this.taken += 1;
      },
    });
  }

  #ask(peer: MemberIndex, request: Request, clock: ClockPort): void {
    const { chain, peers } = this.#options;
    const plan = peers[peer - 1];
    const { kind } = request;
    this.asked.push({ peer, kind, number: kind === 'chunk-request' ? request.number : undefined });
    const answer = plan?.behaviour(request, () => truthOf(chain.store, request));
    if (answer !== undefined) clock.after(plan?.delayMs ?? 5, () => this.catchUp.receive(answer, peer));
  }

  #drop(timer: { readonly dueMs: number; readonly fire: () => void }): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}

/** The answer of a member with this store. */
function truthOf(store: ChainStore, request: Request): Answer {
  const answers: Answer[] = [];
  const peers = {
    connected: () => [],
    send: (_: unknown, body: PeerMessageBody) => answers.push(body as Answer),
  };
  const server = new RequestServer({
    chain: store,
    snapshots: store.snapshots,
    peers,
    clock: { nowMs: () => 0, after: () => () => {} },
  });
  server.answer(request, ME);
  return answers[0] ?? assert.fail('no answer');
}

export function heightOf(value: number): Height {
  return toHeight(BigInt(value));
}
