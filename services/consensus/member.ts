import { type Digest, type MemberIndex, toView } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import { Node } from '#libs/engine/node.ts';
import type { Accounts, EpochPorts, NodePorts } from '#libs/engine/node-ports.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import type { OperatorCode } from '#libs/engine/ports/operator-codes.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { MUTE_MS } from '#libs/replica/limits.ts';
import { claimContextIn } from './adapters/claim-context.ts';
import { claimVerifier } from './adapters/claim-verifier.ts';
import type { RecordedPlace } from './adapters/signer-gate-reasons.ts';
import { startFault } from './adapters/start-check.ts';
import { replicaTimers, systemClock } from './adapters/system-clock.ts';
import { auditPort } from './audit-port.ts';
import type { ClientMempool, MemberStatus } from './core/ports.ts';
import { IdleCheckpoint } from './idle-checkpoint.ts';
import type { MemberParts } from './member-parts.ts';
import { rulesOf } from './member-rules.ts';
import { memberStatus } from './member-status.ts';
import { restoredRecord } from './restored-record.ts';

/** Before anything was signed. */
const FIRST: Position = { instance: 0n, view: toView(0n) };

/** The node of this member over its disk, gateway and signer; it takes part in nothing when it must not vote. */
export class Member {
  readonly #parts: MemberParts;
  readonly #timers = replicaTimers(systemClock);
  readonly #node: Node;
  readonly #checkpoint: IdleCheckpoint;
  /** The newest position in the safety record at start: the signer may not have signed beyond it. */
  readonly recorded: RecordedPlace;
  readonly #recordAtStart: HostedRecord | undefined;
  #mayVote: boolean;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    const { chain, monitor, final } = parts;
    const { record, mayVote } = restoredRecord(chain, monitor);
    this.#mayVote = mayVote;
    this.#recordAtStart = record;
    this.recorded = { epoch: record?.epoch ?? 0n, ...(record?.reached ?? FIRST) };
    this.#node = new Node(this.#ports(record));
    this.#checkpoint = new IdleCheckpoint(chain.store);
    final.listen({ ordered: () => this.#checkpoint.soon() });
    monitor.onHalt(() => this.#node.stop());
  }

  #ports(record: HostedRecord | undefined): NodePorts {
    const { chain, gateway, guests, monitor, final, trace, log } = this.#parts;
    const { snapshotBlocks, automaticVotes, haltHeight, heard, hand } = this.#parts;
    return {
      name: chain.name,
      rules: rulesOf(chain),
      book: chain.book,
      record,
      chain: chain.store,
      application: chain.application,
      snapshots: chain.snapshots,
      history: chain.history,
      served: chain.served,
      ...{ snapshotBlocks, automaticVotes, haltHeight, hand },
      evidence: chain.evidence,
      peers: gateway,
      ...{ guests, trace, heard },
      meet: (circle) => gateway.enter(circle),
      clock: systemClock,
      steadyMs: () => performance.now(),
      monitor,
      final,
      joined: (epoch) =>
        log.info('takes part in views', { epoch, view: this.#node.protocol().position.view }),
      muted: (member, reason) => this.#mute(member, reason),
      enterEpoch: (membership, accounts) => this.#enterEpoch(membership, accounts),
    };
  }

  #enterEpoch({ epoch, set, roster }: Membership, { guard, onMuted }: Accounts): EpochPorts {
    const { chain, signer, prover, verifier, log } = this.#parts;
    const me = placeIn(set, chain.name);
    if (epoch > 0n) log.info('epoch begins', { epoch, members: set.members.length, member: me ?? 'guest' });
    return {
      signer: { sign: (statement, grounds, done) => signer.sign({ statement, grounds, epoch }, done) },
      prover: prover && { prove: (certificate, done) => prover.prove(certificate, epoch, done) },
      timers: this.#timers,
      verifierOf: (facts) => {
        const context = claimContextIn(chain, facts);
        return claimVerifier({ verifier, context, guard, onMuted, log });
      },
      audit: auditPort(this.#parts.audit, roster, (from) =>
        this.#node.refused(from, 'invalid', 'audit head'),
      ),
    };
  }

  /** Has the gateway read nothing of a member that does harm. */
  #mute(member: MemberIndex, reason: string): void {
    const { chain, gateway, log } = this.#parts;
    const peer = chain.book.current.set.members[member]?.name ?? 'a guest';
    const code: OperatorCode = 'DOS_ATTACKER_BLOCKED';
    const fields = { peer, code, reason, duration_ms: MUTE_MS };
    log.warn('peer does harm, nothing of it is read for a while', fields);
    gateway.mute(member, MUTE_MS);
  }

  /** Starts to take part. A member that must not vote only answers clients, from its disk. */
  async start(): Promise<void> {
    const { chain, gateway, verifier } = this.#parts;
    const fault = this.#mayVote ? await startFault(chain, this.#recordAtStart, verifier) : undefined;
    if (fault !== undefined) this.halt(fault.reason, fault.cause);
    gateway.start(this.#node);
    if (this.#mayVote && !this.isHalted) this.#node.start();
    else this.#node.stop();
  }

  /** Halts this member: from now on it signs nothing, and only answers clients. */
  halt(reason: string, cause: HaltCause): void {
    this.#mayVote = false;
    this.#node.stop();
    this.#parts.monitor.halted(reason, undefined, cause);
  }

  async stop(): Promise<void> {
    this.#checkpoint.stop();
    this.#node.stop();
    this.#timers.stop();
    await this.#parts.gateway.stop();
  }

  get isHalted(): boolean {
    return this.#parts.monitor.haltReason !== '';
  }

  /** Transactions as the client API sees them. @param ordered - Finds one that is ordered and not executed: for clients it still waits. */
  clientMempool(ordered: (hash: Digest) => Transaction | undefined = () => undefined): ClientMempool {
    const node = this.#node;
    return {
      submit: (...submitted) => node.submit(...submitted),
      pending: (hash) => node.mempool.get(hash)?.transaction ?? ordered(hash),
      waiting: () => node.mempool.waiting(),
    };
  }

  status(): MemberStatus {
    return memberStatus(this.#parts, this.#node.status());
  }
}
