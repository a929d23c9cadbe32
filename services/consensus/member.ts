import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Digest, Epoch, MemberIndex } from '#libs/chain/ids.ts';
import { Engine } from '#libs/engine/engine.ts';
import { Epochs } from '#libs/engine/epochs.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import type { AuditPort } from '#libs/engine/ports/engine-ports.ts';
import { Mempool } from '#libs/engine/transactions/mempool.ts';
import { mempoolLimits } from '#libs/engine/transactions/mempool-limits.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { isMembershipVote } from '#libs/membership/vote.ts';
import { isEvidence } from '#libs/protocol/evidence-codec.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import { placeIn } from './adapters/load-chain.ts';
import type { RecordedPlace } from './adapters/signer-gate.ts';
import { startFault } from './adapters/start-check.ts';
import { replicaTimers, systemClock } from './adapters/system-clock.ts';
import { circleOf } from './circle-of.ts';
import { clientMempool } from './client-mempool.ts';
import { contextOf } from './context-of.ts';
import type { MemberParts } from './member-parts.ts';
import { memberStatus } from './member-status.ts';
import { ownRecord } from './own-record.ts';
import { PeerHarm } from './peer-harm.ts';
import type { ClientMempool, MemberStatus } from './ports.ts';

/** Long enough to come after the work of a view, short enough to keep the log small. */
const CHECKPOINT_DELAY_MS = 250;

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
  #harm: PeerHarm;
  #mayVote: boolean;
  #knownBallots = 0;
  /** Whether it signs: others were heard to be within one view since this process started. */
  #hasJoined = false;
  #checkpoint: NodeJS.Timeout | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    const { chain, gateway, monitor } = parts;
    const restored = ownRecord(chain, monitor);
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
    this.#harm = new PeerHarm(parts, chain.book.current);
    this.#epochs = new Epochs({
      book: chain.book,
      chain: chain.store,
      peers: gateway,
      clock: systemClock,
      engineOf: (membership, ended) => this.#engineOf(membership, ended),
    });
    monitor.onFinal(() => this.#blocksFinal());
    monitor.onHalt(() => this.#epochs.stop());
    monitor.onRefused((from, cause) => this.#harm.refused(from, cause));
  }

  #engineOf(membership: Membership, ended: () => void): Engine {
    const { chain, gateway, signer, monitor, log } = this.#parts;
    const { epoch, set } = membership;
    const harm = new PeerHarm(this.#parts, membership);
    this.#harm = harm;
    this.#enterEpoch(membership);
    const verifier = harm.verifierOf(membership);
    const restored = this.#restored;
    this.#restored = undefined;
    const me = placeIn(set, chain.name);
    if (epoch > 0n) log.info('epoch begins', { epoch, members: set.members.length, member: me ?? 'guest' });
    return new Engine({
      context: contextOf(chain, membership, restored),
      book: chain.book,
      limits: this.#limits,
      chain: chain.store,
      snapshots: chain.snapshots,
      history: chain.history,
      served: chain.served,
      snapshotBlocks: this.#parts.snapshotBlocks,
      mempool: this.#mempool,
      peers: gateway,
      clock: systemClock,
      timers: this.#timers,
      signer: {
        sign: (statement, grounds, done) => signer.sign({ statement, grounds, epoch }, done),
      },
      verifier,
      verifierOf: (facts) => harm.verifierOf(facts),
      votes: verifier,
      evidence: chain.evidence,
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
      hears: (from) => !this.#harm.guard.isMuted(from),
      hearsReport: (from, view) => this.#harm.lateReports.hears(from, view, this.#epochs.protocol().view),
      received: (from, body) => this.#epochs.receive(from, body),
      otherEpoch: (from, epoch) => this.#epochs.otherEpoch(from, epoch),
      refused: (from, cause, detail, fault) => monitor.refused(from, cause, detail, fault),
      noticed: (member, fault) => monitor.noticed(member, fault),
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
    return clientMempool(this.#mempool, this.#epochs);
  }

  status(): MemberStatus {
    return memberStatus(this.#parts, { epochs: this.#epochs, mempool: this.#mempool });
  }
}

/** What could stand in no block of another epoch. */
function isReserved(transaction: Uint8Array): boolean {
  return isEvidence(transaction) || isMembershipVote(transaction);
}
