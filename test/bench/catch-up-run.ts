import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_RULES } from '#libs/chain/application-rules.ts';
import { type MemberIndex, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { BlockKeeper } from '#libs/engine/blocks/block-keeper.ts';
import type { ClaimVerifier } from '#libs/engine/ports/engine-ports.ts';
import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import { CatchUp } from '#libs/engine/sync/catch-up.ts';
import { RequestServer } from '#libs/engine/sync/request-server.ts';
import { Mempool } from '#libs/engine/transactions/mempool.ts';
import { mempoolLimits } from '#libs/engine/transactions/mempool-limits.ts';
import { decodePeerMessage, encodePeerMessage } from '#libs/peer-wire/peer-message.ts';
import { wireOf } from '#libs/peer-wire/protocol-wires.ts';
import { type Claim, genesisRoot } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { NO_CERTIFIED_KEYS, resolveClaim } from '#libs/protocol/resolve-claim.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import type { ChainStore } from '#services/consensus/adapters/chain-store.ts';
import { systemClock } from '#services/consensus/adapters/system-clock.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import type { SignedChain } from '#test/support/chain/signed-chain.ts';

const LIMITS = { transactionsMax: 10_000, bytesMax: 1_048_576, transactionBytesMax: 262_144 };
const ENVELOPE = {
  chainTag: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  epoch: toEpoch(0n),
  protocol: wireOf(HOTSTUFF.id),
};
const SERVERS = [0, 1, 2].map(toMemberIndex);
const ME = toMemberIndex(3);
const POLL_MS = 20;
/** Interval of checkpoints, as in a member. */
const CHECKPOINT_MS = 250;
const DURATION_MS_MAX = 600_000;

export interface CatchUpResult {
  readonly blocks: number;
  /** Time until the member is at the newest height, and votes. */
  readonly seconds: number;
  readonly blocksPerSecond: number;
  /** Time until it holds every block too: the same without a snapshot. */
  readonly secondsWithHistory: number;
  /**
   * Processor time of all threads, the servers' part included: more telling than the elapsed time on a machine with
   * other work.
   */
  readonly processorSeconds: number;
  readonly certificateSignaturesVerified: number;
  readonly wireMegabytes: number;
  /** Delay of the one event loop that the member and its three servers share here. */
  readonly eventLoopDelayMs: { readonly max: number; readonly p99: number };
  readonly residentMegabytesMax: number;
}

export interface CatchUpFolders {
  /** Home of a member that has the whole chain. */
  readonly full: string;
  /** For the members of this run. */
  readonly folder: string;
  readonly bySnapshot: boolean;
}

/** A member with nothing but genesis catches up from three stores over the wire codec; all in this process. */
export async function catchUp(
  chain: SignedChain,
  { full, folder, bySnapshot }: CatchUpFolders,
): Promise<CatchUpResult> {
  const stores = SERVERS.map((index) => {
    const copy = join(folder, `server-${index}`);
    cpSync(full, copy, { recursive: true });
    return chain.open(copy);
  });
  const own = chain.open(join(folder, 'member'));
  try {
    return await new Run(chain, { stores, own, bySnapshot }).measure();
  } finally {
    for (const store of [...stores, own]) store.close();
  }
}

interface RunParts {
  readonly stores: readonly ChainStore[];
  readonly own: ChainStore;
  readonly bySnapshot: boolean;
}

class Run {
  readonly #chain: SignedChain;
  readonly #stores: readonly ChainStore[];
  readonly #own: ChainStore;
  readonly #verifier: BatchVerifier;
  readonly #servers: readonly RequestServer[];
  readonly #sync: CatchUp;
  readonly #bySnapshot: boolean;
  #failure: string | undefined;
  #wireBytes = 0;

  constructor(chain: SignedChain, { stores, own, bySnapshot }: RunParts) {
    this.#chain = chain;
    this.#bySnapshot = bySnapshot;
    this.#stores = stores;
    this.#own = own;
    this.#verifier = new BatchVerifier({ schemes: [chain.scheme] });
    this.#servers = stores.map(
      (store, index) =>
        new RequestServer({
          chain: store,
          snapshots: store.snapshots,
          peers: {
            connected: () => [ME],
            send: (_, body) => this.#deliver(body, (decoded) => this.#take(decoded, toMemberIndex(index))),
          },
          clock: systemClock,
        }),
    );
    this.#sync = this.#syncOf();
  }

  async measure(): Promise<CatchUpResult> {
    const target = this.#stores[0]?.tip();
    if (target === undefined) throw new Error('no server');
    const delay = monitorEventLoopDelay({ resolution: 1 });
    let residentBytes = 0;
    delay.enable();
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    this.#sync.seek(target.certificate);
    const checkpoints = setInterval(() => this.#own.checkpointWhenIdle(), CHECKPOINT_MS);
    const until = async (isSo: () => boolean): Promise<number> => {
      while (!isSo()) {
        if (this.#failure !== undefined) throw new Error(this.#failure);
        if (performance.now() - startMs > DURATION_MS_MAX) throw new Error('not caught up in time');
        residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
        await sleep(POLL_MS);
      }
      return (performance.now() - startMs) / 1_000;
    };
    const seconds = await until(() => this.#own.tip().height >= target.height);
    const secondsWithHistory = await until(() => this.#own.gap() === undefined);
    clearInterval(checkpoints);
    const { user, system } = process.cpuUsage(startCpu);
    delay.disable();
    this.#sync.stop();
    if (this.#own.tip().stateRoot !== target.stateRoot) throw new Error('another state');
    const blocks = Number(target.height);
    return {
      blocks,
      seconds: rounded(seconds),
      blocksPerSecond: Math.round(blocks / seconds),
      secondsWithHistory: rounded(secondsWithHistory),
      processorSeconds: rounded((user + system) / 1e6),
      certificateSignaturesVerified: this.#verifier.counts.verified,
      wireMegabytes: rounded(this.#wireBytes / 1e6),
      eventLoopDelayMs: { max: rounded(delay.max / 1e6), p99: rounded(delay.percentile(99) / 1e6) },
      residentMegabytesMax: Math.round(residentBytes / 1e6),
    };
  }

  #syncOf(): CatchUp {
    const { set, genesis } = this.#chain;
    const own = this.#own;
    const peers = {
      connected: () => SERVERS,
      send: (to: MemberIndex | 'all', body: PeerMessageBody) => this.#ask(to, body),
    };
    const mempool = new Mempool(mempoolLimits(LIMITS, set.members.length), (hash) => own.isCommitted(hash));
    const book = bookOf(own, genesis.digest, set.members.length);
    const keeper = new BlockKeeper(own, mempool, peers, systemClock, {
      me: ME,
      epoch: set.epoch,
      book,
      limits: LIMITS,
      application: LOG_RULES,
      follows: hotStuffFollows,
      onInvalid: () => {},
      onLost: () => {},
      onOrdered: () => this.#sync.reached(own.tip().height),
      onMissing: (certificate) => this.#sync.seek(certificate),
      vouch: (_, done) => done('true'),
    });
    const verifier: ClaimVerifier = { trust: () => {}, verify: (claims, done) => this.#verify(claims, done) };
    const root = genesisRoot(genesis.digest);
    return new CatchUp({
      chain: own,
      keeper,
      snapshots: own.snapshots,
      snapshotBlocks: this.#bySnapshot ? 1 : undefined,
      limits: LIMITS,
      application: LOG_RULES,
      follows: hotStuffFollows,
      onSnapshot: (taken) => book.leapt(taken),
      onFilled: () => {},
      peers,
      clock: systemClock,
      verifier,
      below: () => ({ set, root, table: HOTSTUFF_TABLE, follows: hotStuffFollows, verifier }),
      decidersOf: () => ({ set, root, table: HOTSTUFF_TABLE, verifier }),
      table: HOTSTUFF_TABLE,
      book,
      me: ME,
      set,
      root,
      onLie: (peer, fault) => this.#fail(`member ${peer}: ${fault}`),
      onBroken: (error) => this.#fail(String(error)),
    });
  }

  #verify(claims: readonly Claim[], done: (ok: boolean) => void): void {
    const { set, scope, scheme } = this.#chain;
    const context = { set, scope, scheme: scheme.name, table: HOTSTUFF_TABLE, certified: NO_CERTIFIED_KEYS };
    const signatures = claims.flatMap((claim) => {
      const found = resolveClaim(claim, context);
      return found.kind === 'resolved' ? [found.resolved] : [];
    });
    this.#verifier.verifyAll(signatures).then(
      ({ kind }) => done(kind === 'valid'),
      (error: unknown) => this.#fail(String(error)),
    );
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
  }

  #take(body: PeerMessageBody, from: MemberIndex): void {
    switch (body.kind) {
      case 'blocks-response':
      case 'snapshot-response':
      case 'chunk-response':
        return this.#sync.receive(body, from);
      default:
    }
  }

  #ask(to: MemberIndex | 'all', body: PeerMessageBody): void {
    if (to === 'all') return;
    this.#deliver(body, (decoded) => {
      switch (decoded.kind) {
        case 'blocks-request':
        case 'snapshot-request':
        case 'chunk-request':
          this.#servers[to]?.answer(decoded, ME);
          return;
        default:
      }
    });
  }

  /** Over the codec that members speak, and as bytes of its own, as from a socket. */
  #deliver(body: PeerMessageBody, receive: (body: PeerMessageBody) => void): void {
    const bytes = Buffer.from(encodePeerMessage(body, ENVELOPE));
    this.#wireBytes += bytes.length;
    setImmediate(() => {
      const decoded = decodePeerMessage(bytes, { ...ENVELOPE, limits: WIRE_LIMITS });
      if (!decoded.ok) throw new Error(decoded.detail);
      receive(decoded.body);
    });
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
