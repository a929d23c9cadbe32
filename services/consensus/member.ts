import { type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { Logger } from '#libs/log/logger.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { ProtocolContext, RefusalCause } from '#libs/protocol/module.ts';
import { MUTE_MS } from '#libs/replica/limits.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { SignerPort } from '#libs/replica/ports.ts';
import { claimVerifier } from './adapters/claim-verifier.ts';
import type { GatewayLink } from './adapters/gateway-link.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import { replicaTimers, systemClock } from './adapters/system-clock.ts';
import { ChainError } from './core/chain-errors.ts';
import type { StepTrace } from './core/consensus-step.ts';
import { Engine } from './core/engine.ts';
import type { ClaimVerifier } from './core/engine-ports.ts';
import { Mempool } from './core/mempool.ts';
import { mempoolLimits } from './core/mempool-limits.ts';
import type { ClientMempool, MemberStatus } from './ports.ts';

/** Long enough to come after the work of a view, short enough to keep the log small. */
const CHECKPOINT_DELAY_MS = 250;

export interface MemberParts {
  readonly chain: LoadedChain;
  readonly gateway: GatewayLink;
  readonly signer: SignerPort;
  readonly verifier: BatchVerifier;
  readonly monitor: MemberMonitor;
  /** Blocks behind from which on a snapshot is taken; undefined: never. */
  readonly snapshotBlocks: number | undefined;
  readonly trace?: StepTrace;
  readonly log: Logger;
}

/** The engine of one member with its real surroundings, or without a running engine when it must not vote. */
export class Member {
  readonly #parts: MemberParts;
  readonly #mempool: Mempool;
  readonly #timers = replicaTimers(systemClock);
  readonly #guard: PeerGuard;
  readonly #engine: Engine;
  /** Newest view that the safety record knew at start: the signer may not have signed beyond it. */
  readonly recordedView: bigint;
  #mayVote: boolean;
  #checkpoint: NodeJS.Timeout | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    const { chain, gateway, signer, verifier, monitor, trace } = parts;
    const restored = this.#restore();
    this.#mayVote = restored.mayVote;
    this.recordedView = restored.record?.view ?? 0n;
    const { parameters } = chain.genesis;
    const limits = {
      transactionsMax: parameters.blockTransactionsMax,
      bytesMax: parameters.blockBytesMax,
      transactionBytesMax: parameters.transactionBytesMax,
    };
    this.#mempool = new Mempool(mempoolLimits(limits, chain.set.members.length), (hash) =>
      chain.store.isCommitted(hash),
    );
    this.#guard = new PeerGuard(chain.set.members.length, () => performance.now());
    this.#engine = new Engine({
      context: this.#context(restored.record),
      limits,
      chain: chain.store,
      snapshots: chain.snapshots,
      snapshotBlocks: parts.snapshotBlocks,
      mempool: this.#mempool,
      peers: gateway,
      clock: systemClock,
      timers: this.#timers,
      signer,
      verifier: this.#claimVerifier(verifier),
      evidence: chain.store.evidence,
      monitor,
      trace,
    });
    monitor.onFinal(() => this.#checkpointSoon());
    monitor.onHalt(() => this.#engine.stop());
    monitor.onRefused((from, cause) => this.#refused(from, cause));
  }

  #claimVerifier(verifier: BatchVerifier): ClaimVerifier {
    const { chain, log } = this.#parts;
    const { set, scope } = chain;
    const onMuted = (member: MemberIndex): void => this.#mute(member, 'false signatures');
    return claimVerifier({ verifier, set, scope, guard: this.#guard, onMuted, log });
  }

  /** What is refused for want of room is no fault of the sender, and a false signature has its own account. */
  #refused(from: MemberIndex, cause: RefusalCause): void {
    if (cause === 'overloaded' || cause === 'bad-signature') return;
    if (this.#guard.uselessMessage(from)) this.#mute(from, 'a flood of useless messages');
  }

  #mute(member: MemberIndex, reason: string): void {
    const { chain, gateway, log } = this.#parts;
    const peer = chain.set.members[member]?.name;
    log.warn('peer does harm, nothing of it is read for a while', { peer, reason, durationMs: MUTE_MS });
    gateway.mute(member, MUTE_MS);
  }

  /** The log of the database is folded in while signatures are made, not while somebody waits for a record. */
  #checkpointSoon(): void {
    this.#checkpoint ??= setTimeout(() => {
      this.#checkpoint = undefined;
      try {
        this.#parts.chain.store.checkpointWhenIdle();
      } catch (error) {
        // The store has told of it, and the member is halted: it still answers clients.
        if (!(error instanceof ChainError)) throw error;
      }
    }, CHECKPOINT_DELAY_MS);
  }

  /** Starts to take part. A member that must not vote only answers clients from what it has. */
  start(): void {
    const { gateway, monitor } = this.#parts;
    gateway.start({
      hears: (from) => !this.#guard.isMuted(from),
      received: (from, body) => this.#engine.receive(from, body),
      refused: (from, cause, detail) => monitor.refused(from, cause, detail),
      connected: (member) => this.#engine.peerConnected(member),
    });
    if (this.#mayVote && !this.isHalted) this.#engine.start();
    else this.#engine.stop();
  }

  /** From now on this member signs nothing, and only answers clients. */
  halt(reason: string): void {
    this.#mayVote = false;
    this.#engine.stop();
    this.#parts.monitor.halted(reason);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#checkpoint);
    this.#engine.stop();
    this.#timers.stop();
    await this.#parts.gateway.stop();
  }

  get isHalted(): boolean {
    return this.#parts.monitor.haltReason !== '';
  }

  /** Transactions as the client API sees them. */
  clientMempool(): ClientMempool {
    return {
      pending: (hash) => this.#mempool.get(hash)?.transaction,
      submit: (transaction, traceId) => {
        const { kind } = this.#engine.submit(transaction, traceId);
        if (kind === 'empty' || kind === 'too-large' || kind === 'full' || kind === 'reserved')
          return { kind: 'refused', cause: kind };
        return { kind: kind === 'added' ? 'added' : 'known' };
      },
    };
  }

  status(): MemberStatus {
    const { chain, gateway, monitor } = this.#parts;
    const { view, leader, phase, timedOutViews } = this.#engine.protocol();
    const finalHeight = chain.store.tip().header.height;
    const catchUp = this.#engine.catchUp();
    const targetHeight = catchUp.targetHeight ?? finalHeight;
    const activity = targetHeight > finalHeight + 1n ? 'catching-up' : 'active';
    return {
      mode: this.isHalted ? 'halted' : activity,
      haltReason: monitor.haltReason,
      epoch: chain.set.epoch,
      view,
      leader,
      phase,
      connectedPeers: gateway.connected().length,
      mempoolTransactions: this.#mempool.size,
      lastCommitMs: this.#engine.lastCommitMs,
      timedOutViews,
      viewTimeoutMs: this.#engine.viewTimeoutMs,
      targetHeight,
      catchUpRemainingMs: catchUp.remainingMs,
      snapshot: catchUp.snapshot,
      historyRemainingMs: catchUp.historyRemainingMs,
      refusedMessages: monitor.refusedMessages,
    };
  }

  #context(restored: SafetyRecord | undefined): ProtocolContext<SafetyRecord> {
    const { me, set, scope, genesis, genesisDigest, store } = this.#parts.chain;
    const { viewTimeoutMs, viewTimeoutMsMax } = genesis.parameters;
    return {
      me,
      set,
      scope,
      root: genesisRoot(genesisDigest),
      timing: { viewTimeoutMs, viewTimeoutMsMax },
      leader: (view) => toMemberIndex(Number(view % BigInt(set.members.length))),
      restored,
      tip: store.tip().certificate,
    };
  }

  /** Reads the safety record. Without a sound one a member that was in use must not vote (bft.md C.7). */
  #restore(): { readonly mayVote: boolean; readonly record: SafetyRecord | undefined } {
    const { chain, monitor } = this.#parts;
    try {
      if (chain.store.recordState() !== 'missing') return { mayVote: true, record: chain.store.loadRecord() };
      monitor.halted(
        'the safety record of this member is missing although its chain was in use: it may have voted for what it ' +
          'no longer knows. Restore chain.db from this very member, or give the member a new key by a membership change',
      );
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      monitor.halted(error.message);
    }
    return { mayVote: false, record: undefined };
  }
}
