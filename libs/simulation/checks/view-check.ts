import type { MemberIndex } from '#libs/chain/ids.ts';
import type { ProtocolShape } from '#libs/protocol/hosting/protocol-shape.ts';
import { type Position, positionText } from '#libs/protocol/vote/position.ts';
import type { Plan } from '../plan/plan.ts';
import type { Findings } from './findings.ts';

/** Time for a block that is fetched on the way to a decision. */
const FETCH_MS = 100;

/** Members that stay in step enter a view within this of each other: a message, and an odd clock. */
const IN_STEP_MS = 40;

/** The world of a run, and its protocol. */
export interface ViewWorld {
  readonly shape: Pick<ProtocolShape, 'criticalMessages' | 'criticalSignatures'>;
  nowMs(): number;
  /** Whether all honest members that are not broken have recovered from the faults. */
  isRecovered(): boolean;
}

interface Entry {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly leader: MemberIndex;
}

/**
 * Checks that the view of an honest leader decides when all honest members are in it together and the leader has
 * something to decide. A member that gives such a view up after the longest time that a decision takes has lost it
 * for no reason (libs/simulation/README.md V2).
 */
export class ViewCheck {
  readonly #findings: Findings;
  readonly #plan: Plan;
  readonly #world: ViewWorld;
  /** Honest members that are not broken; their first instance has their number. */
  readonly #core: ReadonlySet<number>;
  /** By the words for a position. */
  readonly #entries = new Map<string, Entry>();
  /** Since when transactions wait at an instance. */
  readonly #workMs = new Map<number, number>();

  constructor(findings: Findings, plan: Plan, world: ViewWorld) {
    this.#findings = findings;
    this.#plan = plan;
    this.#world = world;
    const faulty = new Set<MemberIndex>([...plan.byzantine, ...plan.broken].map(({ member }) => member));
    const all = Array.from({ length: plan.members }, (_, member) => member as MemberIndex);
    this.#core = new Set(all.filter((member) => !faulty.has(member)));
  }

  worked(instance: number, isPending: boolean): void {
    if (!isPending) this.#workMs.delete(instance);
    else if (!this.#workMs.has(instance)) this.#workMs.set(instance, this.#world.nowMs());
  }

  entered(instance: number, position: Position, leader: MemberIndex): void {
    const lastMs = this.#world.nowMs();
    if (!this.#core.has(instance) || !this.#world.isRecovered()) return;
    const place = positionText(position);
    const { firstMs, count } = this.#entries.get(place) ?? { firstMs: lastMs, count: 0 };
    this.#entries.set(place, { firstMs, lastMs, count: count + 1, leader });
  }

  /** Someone asks for the signature under a timeout. */
  gaveUp(instance: number, position: Position): void {
    const place = positionText(position);
    const entry = this.#entries.get(place);
    // A member that gives up early has its reasons, and takes the others along.
    this.#entries.delete(place);
    if (entry === undefined) return;
    const { leader } = entry;
    const workMs = this.#workMs.get(leader);
    if (workMs === undefined || !this.#core.has(instance) || !this.#core.has(leader)) return;
    const isTogether = entry.count === this.#core.size && entry.lastMs - entry.firstMs <= IN_STEP_MS;
    const togetherMs = this.#world.nowMs() - Math.max(entry.lastMs, workMs);
    if (!isTogether || togetherMs < this.#decisionMs) return;
    const text = `instance ${instance} gave ${place} of honest leader ${leader} up after ${togetherMs} ms in which all honest members were in it`;
    this.#findings.report('V2', text);
  }

  get #decisionMs(): number {
    const { delayAfterGst, signMsMax, verifyMsMax } = this.#plan;
    const { criticalMessages, criticalSignatures } = this.#world.shape;
    // A certificate that the signer does not vouch for is verified after that, by the member itself.
    const messagesMs = criticalMessages * (delayAfterGst.maxMs + 2 * verifyMsMax);
    return messagesMs + criticalSignatures * signMsMax + FETCH_MS;
  }
}
