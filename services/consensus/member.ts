import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Digest, Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { isMembershipVote } from '#libs/membership/vote.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import { isEvidence } from '#libs/protocol/evidence-codec.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import type { ProtocolContext, RefusalCause } from '#libs/protocol/module.ts';
import { MUTE_MS } from '#libs/replica/limits.ts';
import { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { AuditWatch } from './adapters/audit-watch.ts';
import { claimVerifier } from './adapters/claim-verifier.ts';
import type { Circle, GatewayLink } from './adapters/gateway-link.ts';
import { type LoadedChain, placeIn } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { RecordedPlace, SignerGate } from './adapters/signer-gate.ts';
import { startFault } from './adapters/start-check.ts';
import { replicaTimers, systemClock } from './adapters/system-clock.ts';
import { ChainError } from './core/chain-errors.ts';
import { circleKeys } from './core/circle.ts';
import type { StepTrace } from './core/consensus-step.ts';
import { Engine } from './core/engine.ts';
import type { AuditPort, ClaimVerifier } from './core/engine-ports.ts';
import { Epochs } from './core/epochs.ts';
import type { EpochFacts } from './core/membership-book.ts';
import type { VoteVerifier } from './core/membership-desk.ts';
import { Mempool } from './core/mempool.ts';
import { mempoolLimits } from './core/mempool-limits.ts';
import type { ClientMempool, MemberStatus } from './ports.ts';

/** Long enough to come after the work of a view, short enough to keep the log small. */
const CHECKPOINT_DELAY_MS = 250;

export interface MemberParts {
  readonly chain: LoadedChain;
  readonly gateway: GatewayLink;
  readonly signer: Pick<SignerGate, 'sign'>;
  /** Why it signs nothing at the moment; empty when it signs. */
  readonly signerFault: () => string;
  readonly verifier: BatchVerifier;
  readonly monitor: MemberMonitor;
  /** Blocks behind from which on a snapshot is taken; undefined: never. */
  readonly snapshotBlocks: number | undefined;
  readonly trace?: StepTrace;
  /** The audit logs of all signers; left out: this member says and hears nothing of them. */
  readonly audit?: Pick<AuditWatch, 'own' | 'heard' | 'seen'>;
  readonly log: Logger;
  /** Gateway keys of guests beside those that the chain names. */
  readonly guests: readonly Uint8Array[];
}

/** One member with its real surroundings, over all epochs; without a running engine when it must not vote. */
export class Member {
  readonly #parts: MemberParts;
  readonly #limits: BlockLimits;
  readonly #mempool: Mempool;
  readonly #timers = replicaTimers(systemClock);
  readonly #epochs: Epochs;
  /** What the safety record knew at start: the signer may not have signed beyond it. */
  readonly recorded: RecordedPlace;
  readonly #recordAtStart: SafetyRecord | undefined;
  /** The same, until the engine of its epoch has it. */
  #restored: SafetyRecord | undefined;
  #guard: PeerGuard;
  #mayVote: boolean;
  #knownBallots = 0;
  /** Whether it signs: others were heard to be within one view since this process started. */
  #hasJoined = false;
  #checkpoint: NodeJS.Timeout | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    const { chain, gateway, monitor } = parts;
    const restored = this.#restore();
    this.#mayVote = restored.mayVote;
    this.#restored = restored.record;
    this.#recordAtStart = restored.record;
    this.recorded = { epoch: restored.record?.epoch ?? 0n, view: restored.record?.view ?? 0n };
    const { parameters, members } = chain.genesis;
    this.#limits = {
      transactionsMax: parameters.blockTransactionsMax,
      bytesMax: parameters.blockBytesMax,
      transactionBytesMax: parameters.transactionBytesMax,
    };
    const isFinal = (hash: Digest): boolean => chain.store.isCommitted(hash);
    this.#mempool = new Mempool(mempoolLimits(this.#limits, members.length), isFinal);
    this.#guard = newGuard(chain.book.current);
    this.#epochs = new Epochs({
      book: chain.book,
      chain: chain.store,
      peers: gateway,
      clock: systemClock,
      engineOf: (membership, ended) => this.#engineOf(membership, ended),
    });
    monitor.onFinal(() => this.#blocksFinal());
    monitor.onHalt(() => this.#epochs.stop());
    monitor.onRefused((from, cause) => this.#refused(from, cause));
  }

  #engineOf(membership: Membership, ended: () => void): Engine {
    const { chain, gateway, signer, monitor, log } = this.#parts;
    const { epoch, set } = membership;
    this.#guard = newGuard(membership);
    this.#enterEpoch(membership);
    const verifier = this.#claimVerifier(membership, this.#guard);
    const me = placeIn(set, chain.name);
    if (epoch > 0n) log.info('epoch begins', { epoch, members: set.members.length, member: me ?? 'guest' });
    return new Engine({
      context: this.#context(membership, me),
      book: chain.book,
      limits: this.#limits,
      chain: chain.store,
      snapshots: chain.snapshots,
      snapshotBlocks: this.#parts.snapshotBlocks,
      mempool: this.#mempool,
      peers: gateway,
      clock: systemClock,
      timers: this.#timers,
      signer: {
        sign: (statement, grounds, done) => signer.sign({ statement, grounds, epoch }, done),
      },
      verifier,
      verifierOf: (facts) => this.#claimVerifier(facts, this.#guard),
      votes: verifier,
      evidence: chain.store.evidence,
      monitor,
      audit: this.#auditOf(membership),
      trace: this.#parts.trace,
      hasJoined: this.#hasJoined,
      joined: () => this.#joined(epoch),
      ended,
    });
  }

  #joined(epoch: Epoch): void {
    this.#hasJoined = true;
    this.#parts.log.info('takes part in views', { epoch, view: this.#epochs.protocol().view });
  }

  #auditOf({ set }: Membership): AuditPort | undefined {
    const { audit, monitor } = this.#parts;
    return (
      audit && {
        own: () => audit.own(),
        heard: (from, head) => {
          const member = set.members[from];
          const isTrue = member === undefined || audit.heard(member, head);
          if (!isTrue) monitor.refused(from, 'invalid', 'audit head');
        },
      }
    );
  }

  /** Whoever is met, and whoever gave what waits, has another place in another set. */
  #enterEpoch({ epoch, set }: Membership): void {
    const { chain } = this.#parts;
    const before = epoch === 0n ? undefined : chain.book.epoch((epoch - 1n) as Epoch);
    this.#meet();
    if (before === undefined) return;
    const nameOf = (member: MemberIndex): string => before.set.members[member]?.name ?? '';
    this.#mempool.enterEpoch(isReserved, (member) => placeIn(set, nameOf(member)) ?? 'client');
  }

  /** Tells the gateway whom to meet: the members, and guests. */
  #meet(): void {
    const { chain, gateway, guests } = this.#parts;
    gateway.enter(circleOf(chain, guests));
  }

  #claimVerifier({ set, epoch }: EpochFacts, guard: PeerGuard): ClaimVerifier & VoteVerifier {
    const { chain, verifier, log } = this.#parts;
    const scope = { chain: chain.chainDigest, protocol: chain.genesis.protocol, epoch };
    const onMuted = (member: MemberIndex): void => this.#mute(member, 'false signatures');
    return claimVerifier({ verifier, set, scope, guard, onMuted, log });
  }

  /** What is refused for want of room is no fault of the sender, and a false signature has its own account. */
  #refused(from: MemberIndex, cause: RefusalCause): void {
    if (cause === 'overloaded' || cause === 'bad-signature') return;
    if (this.#guard.uselessMessage(from)) this.#mute(from, 'a flood of useless messages');
  }

  #mute(member: MemberIndex, reason: string): void {
    const { chain, gateway, log } = this.#parts;
    const peer = chain.book.current.set.members[member]?.name ?? 'a guest';
    log.warn('peer does harm, nothing of it is read for a while', { peer, reason, durationMs: MUTE_MS });
    gateway.mute(member, MUTE_MS);
  }

  #blocksFinal(): void {
    this.#checkpointSoon();
    if (this.#parts.chain.book.current.ballots.length !== this.#knownBallots) {
      this.#knownBallots = this.#parts.chain.book.current.ballots.length;
      this.#meet();
    }
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
  async start(): Promise<void> {
    const { chain, gateway, monitor, verifier } = this.#parts;
    const fault = this.#mayVote ? await startFault(chain, this.#recordAtStart, verifier) : undefined;
    if (fault !== undefined) this.halt(fault);
    gateway.start({
      hears: (from) => !this.#guard.isMuted(from),
      received: (from, body) => this.#epochs.receive(from, body),
      otherEpoch: (from, epoch) => this.#epochs.otherEpoch(from, epoch),
      refused: (from, cause, detail) => monitor.refused(from, cause, detail),
      connected: (member) => this.#epochs.peerConnected(member),
    });
    if (this.#mayVote && !this.isHalted) this.#epochs.start();
    else this.#epochs.stop();
  }

  /** From now on this member signs nothing, and only answers clients. */
  halt(reason: string): void {
    this.#mayVote = false;
    this.#epochs.stop();
    this.#parts.monitor.halted(reason);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#checkpoint);
    this.#epochs.stop();
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
        const result = this.#epochs.submit(transaction, traceId);
        const { kind } = result;
        if (kind === 'refused') return { kind, cause: 'membership', reason: result.reason };
        if (kind === 'empty' || kind === 'too-large' || kind === 'full' || kind === 'reserved')
          return { kind: 'refused', cause: kind };
        return { kind: kind === 'added' ? 'added' : 'known' };
      },
    };
  }

  status(): MemberStatus {
    const { chain, gateway, monitor } = this.#parts;
    const { view, leader, phase, timedOutViews } = this.#epochs.protocol();
    const finalHeight = chain.store.tip().header.height;
    const catchUp = this.#epochs.catchUp();
    const targetHeight = catchUp.targetHeight ?? finalHeight;
    const activity = targetHeight > finalHeight + 1n ? 'catching-up' : 'active';
    return {
      mode: this.isHalted ? 'halted' : activity,
      haltReason: monitor.haltReason,
      signerFault: this.#parts.signerFault(),
      member: placeIn(chain.book.current.set, chain.name),
      epoch: chain.book.current.epoch,
      view,
      leader,
      phase,
      connectedPeers: gateway.connected().length,
      mempoolTransactions: this.#mempool.size,
      lastCommitMs: this.#epochs.lastCommitMs,
      timedOutViews,
      viewTimeoutMs: this.#epochs.viewTimeoutMs,
      targetHeight,
      catchUpRemainingMs: catchUp.remainingMs,
      snapshot: catchUp.snapshot,
      historyRemainingMs: catchUp.historyRemainingMs,
      refusedMessages: monitor.refusedMessages,
      auditHeads: this.#parts.audit?.seen ?? new Map(),
    };
  }

  #context(membership: Membership, me: MemberIndex | undefined): ProtocolContext<SafetyRecord> {
    const { genesis, chainDigest, store } = this.#parts.chain;
    const { viewTimeoutMs, viewTimeoutMsMax } = genesis.parameters;
    const { epoch, set, root } = membership;
    // Of an epoch that is over: nothing was promised in this one yet.
    const restored = this.#restored?.epoch === epoch ? this.#restored : undefined;
    this.#restored = undefined;
    const { digest, certificate } = store.tip();
    return {
      me,
      set,
      scope: { chain: chainDigest, protocol: genesis.protocol, epoch },
      root,
      timing: { viewTimeoutMs, viewTimeoutMsMax },
      leader: roundRobin(set),
      restored,
      tip: digest === root.digest ? rootCertificate('commit', root) : certificate,
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

function newGuard({ set }: Membership): PeerGuard {
  return new PeerGuard(set.members.length, () => performance.now());
}

/** Whom this member meets at the moment. */
export function circleOf({ book, name }: LoadedChain, guests: readonly Uint8Array[]): Circle {
  const { current } = book;
  const { epoch, set } = current;
  const before = epoch === 0n ? undefined : book.epoch((epoch - 1n) as Epoch);
  return { epoch, keys: circleKeys(current, before, guests), me: placeIn(set, name) };
}

/** What could stand in no block of another epoch. */
function isReserved(transaction: Uint8Array): boolean {
  return isEvidence(transaction) || isMembershipVote(transaction);
}
