import type { Digest } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { HeldBlock } from '../chain/shared-judge.ts';
import type { Plan } from '../plan/plan.ts';
import type { WholePlan } from '../plan/whole-plan.ts';
import type { Findings } from './findings.ts';

/** Blocks that every honest member must commit after the faults ended, above the highest before. */
const BLOCKS_AFTER_GST = 5;

/** Virtual time for that: twenty of the longest view timeouts. */
const RECOVERY_MS_MAX = 60_000;

/**
 * The same for whole nodes. They need more time: liars send ranges slowly, news of the next epoch may wait for a
 * heartbeat, and a snapshot that nobody gives after a change of members is waited for before blocks are asked for.
 */
const WHOLE_RECOVERY_MS_MAX = 120_000;
const CHANGE_MS_MAX = 30_000;
const SNAPSHOT_MS_MAX = 60_000;

/** Interval at which the members are looked at, in milliseconds. */
const LOOK_MS = 20;

interface Member {
  readonly instance: number;
  readonly disk: {
    readonly height: number;
    readonly chain: readonly Digest[];
    readonly top: HeldBlock | undefined;
  };
}

/** The part of the world that is looked at. */
export interface ProgressWorld {
  /** The instances that must make progress. */
  readonly core: readonly Member[];
  readonly clients: { readonly submitted: readonly Transaction[] };
  isOpen: boolean;
  /** Whether all changes of the members are in force that were voted for. */
  readonly isSettled: boolean;
}

/**
 * Progress once the faults ended, for those who were behind too, and every transaction final everywhere
 * (libs/simulation/README.md V1, V3, V4).
 */
export class ProgressCheck {
  readonly #findings: Findings;
  readonly #world: ProgressWorld;
  readonly #gstMs: number;
  readonly #recoveryMsMax: number;
  #lookedMs = 0;
  /** Number of the submitted transactions, counted from the first, that are final everywhere. */
  #final = 0;
  #target: number | undefined;
  #recoveredMs: number | undefined;

  constructor(findings: Findings, world: ProgressWorld, { gstMs, whole }: Pick<Plan, 'gstMs' | 'whole'>) {
    this.#findings = findings;
    this.#world = world;
    this.#gstMs = gstMs;
    this.#recoveryMsMax = recoveryMsMax(whole);
  }

  /** Time from the end of the faults until all had their blocks; undefined while they have not. */
  get recoveryMs(): number | undefined {
    return this.#recoveredMs;
  }

  get isRecovered(): boolean {
    return this.#recoveredMs !== undefined;
  }

  /** Highest final block when the faults ended. */
  get heightAtGst(): number {
    return (this.#target ?? BLOCKS_AFTER_GST) - BLOCKS_AFTER_GST;
  }

  /** Whether the run is complete, or its time is up, which is a stall. Closes the world to new transactions. */
  isOver(nowMs: number): boolean {
    if (nowMs < this.#gstMs || nowMs < this.#lookedMs + LOOK_MS) return false;
    this.#lookedMs = nowMs;
    if (this.#isRecovered(nowMs)) {
      this.#world.isOpen = false;
      if (this.#unfinal() === undefined) return true;
    }
    if (nowMs < this.#gstMs + this.#recoveryMsMax) return false;
    this.#reportStall();
    return true;
  }

  #isRecovered(nowMs: number): boolean {
    const { core } = this.#world;
    this.#target ??= Math.max(...core.map(({ disk }) => disk.height)) + BLOCKS_AFTER_GST;
    const target = this.#target;
    if (!this.#world.isSettled || !core.every(({ disk }) => disk.height >= target)) return false;
    this.#recoveredMs ??= nowMs - this.#gstMs;
    return true;
  }

  /**
   * The first submitted transaction that is not final everywhere. A transaction that is final after the faults stays
   * final.
   */
  #unfinal(): Transaction | undefined {
    const { core, clients } = this.#world;
    for (
      let next = clients.submitted[this.#final];
      next !== undefined;
      next = clients.submitted[this.#final]
    ) {
      const { hash } = next;
      if (!core.every(({ disk }) => disk.top?.transactions.has(hash) === true)) return next;
      this.#final += 1;
    }
    return undefined;
  }

  #reportStall(): void {
    const heights = this.#world.core.map(({ instance, disk }) => `${instance} at ${disk.height}`).join(', ');
    const missing =
      this.#recoveredMs === undefined
        ? `height ${this.#target}${this.#world.isSettled ? '' : ' and not all members that were voted for'}`
        : `transaction ${this.#unfinal()?.hash} in every chain`;
    const text = `no ${missing} within ${this.#recoveryMsMax} ms after the faults ended: ${heights}`;
    this.#findings.report(this.#brokenInvariant(), text);
  }

  /** Reports the lack of progress: of all members, of some, or of a transaction. */
  #brokenInvariant(): 'V1' | 'V3' | 'V4' {
    if (this.#recoveredMs !== undefined) return 'V3';
    const target = this.#target ?? 0;
    return this.#world.core.some(({ disk }) => disk.height >= target) ? 'V4' : 'V1';
  }
}

function recoveryMsMax(whole: WholePlan | undefined): number {
  if (whole === undefined) return RECOVERY_MS_MAX;
  const { changes, snapshotBlocks } = whole;
  const snapshotMs = snapshotBlocks === 0 ? 0 : SNAPSHOT_MS_MAX * (changes.length + 1);
  return WHOLE_RECOVERY_MS_MAX + CHANGE_MS_MAX * changes.length + snapshotMs;
}
