import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { HeightSpan } from '#libs/engine/ports/block-range.ts';
import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import type { ViewListener } from './adapters/view-reports.ts';
import { diagnose } from './core/diagnosis/diagnose.ts';
import type { DiagnosisFacts } from './core/diagnosis/facts.ts';
import {
  auditComplaintsIn,
  catchUpIn,
  conditionsIn,
  muteIn,
  viewIn,
} from './core/diagnosis/facts-of-status.ts';
import type { PeerFault } from './core/diagnosis/peer-faults.ts';
import { type ConditionTimes, Symptoms } from './core/diagnosis/symptoms.ts';
import type { MemberStatus } from './core/ports.ts';
import type { SignerFault } from './core/signer-fault.ts';

export interface MemberDiagnosisParts {
  /** Name of this member. */
  readonly name: string;
  readonly status: () => MemberStatus;
  /** Names of the members of the epoch, by their index. */
  readonly names: () => readonly string[];
  readonly haltCause: () => HaltCause;
  readonly signerFault: () => SignerFault | undefined;
  readonly gateway: { readonly isAttached: boolean; silence(): ReadonlyMap<MemberIndex, number> };
  readonly chain: {
    finalHeight(): bigint;
    /** View of the votes that made the newest final block final. */
    decidedIn(): bigint;
    gap(): HeightSpan | undefined;
    damaged(): readonly bigint[];
    /** The part beside blocks that could not be read; empty when all could. */
    unreadable(): string;
    liars(): readonly string[];
  };
  readonly peerFaults: () => readonly PeerFault[];
  /** Undefined without a NATS server in the settings. */
  readonly events: { isConnected(): boolean; blocksWaiting(): bigint } | undefined;
  readonly final: FinalFeed;
  readonly onView: (listener: ViewListener) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly timeMs: () => number;
}

/** Tells what is wrong with this member when somebody asks, and watches what only shows over time. */
export class MemberDiagnosis {
  readonly #parts: MemberDiagnosisParts;
  readonly #symptoms: Symptoms;

  constructor(parts: MemberDiagnosisParts) {
    this.#parts = parts;
    this.#symptoms = new Symptoms(parts.nowMs);
    parts.final.listen({ ordered: (blocks) => this.#decided(blocks) });
    parts.onView(({ failed }) => {
      if (failed !== undefined) this.#symptoms.viewFailed(failed.leaderName, failed.isProposed ?? false);
    });
  }

  /** To be called each second or so. */
  look(): ConditionTimes {
    const { events, status } = this.#parts;
    return this.#symptoms.look(conditionsIn(status(), events?.isConnected() ?? true));
  }

  findings(): readonly Finding[] {
    return diagnose(this.#facts(this.#parts.status(), this.look()));
  }

  /** The time in a block says something of clocks when the block was decided just now. */
  #decided(blocks: readonly Block[]): void {
    const [block, ...more] = blocks;
    const { chain, names, timeMs } = this.#parts;
    const isFresh = block !== undefined && more.length === 0 && chain.decidedIn() === block.header.view;
    this.#symptoms.decided(
      isFresh
        ? {
            proposer: names()[block.header.proposer] ?? '',
            timestampMs: Number(block.header.timestampMs),
            nowMs: timeMs(),
          }
        : undefined,
    );
  }

  #facts(status: MemberStatus, times: ConditionTimes): DiagnosisFacts {
    const { name, haltCause, signerFault, gateway, chain, peerFaults } = this.#parts;
    const { haltReason, isDraining, epoch, member, quorum } = status;
    const names = this.#parts.names();
    const gap = chain.gap();
    return {
      ...{ member: name, epoch, quorum, quorumLostMs: times.quorumLostMs },
      isGuest: member === undefined,
      halt: haltReason === '' ? undefined : { cause: haltCause(), reason: haltReason },
      drainedMs: isDraining ? times.drainedMs : undefined,
      signer: signerFault(),
      isGatewayAttached: gateway.isAttached,
      mute: muteIn(status, { names, silence: gateway.silence() }),
      catchUp: catchUpIn(status, chain.finalHeight(), times.stillMs),
      view: viewIn(status, names, times),
      failedViews: this.#symptoms.failedViews(),
      liars: chain.liars(),
      peerFaults: peerFaults(),
      auditComplaints: auditComplaintsIn(status),
      missingHistory: gap && { ...gap, remainingMs: status.historyRemainingMs },
      damagedHeights: chain.damaged(),
      unreadable: chain.unreadable(),
      events: this.#events(times),
      clocks: this.#symptoms.clocks(names),
    };
  }

  #events({ eventsAwayMs: awayMs }: ConditionTimes): DiagnosisFacts['events'] {
    const { events } = this.#parts;
    return events && { isConnected: events.isConnected(), awayMs, blocksWaiting: events.blocksWaiting() };
  }
}
