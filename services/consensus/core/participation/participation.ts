import type { Height, MemberIndex } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { DecidedHeight } from '../decided-height.ts';
import type { HeardStatement, HeightRecord, OwnStep } from './height-record.ts';
import { CELLS_KEPT_MAX, HEIGHTS_AHEAD_MAX, HEIGHTS_KEPT_MAX, REASON_LENGTH_MAX } from './limits.ts';

interface Slot extends HeightRecord {
  readonly deciding: (HeardStatement | undefined)[];
  readonly earlier: (HeardStatement | undefined)[];
  readonly proposals: (HeardStatement | undefined)[];
  readonly own: Map<string, OwnStep>;
  decided: DecidedHeight | undefined;
  /** Its share of the memory. */
  readonly members: number;
}

/** The votes that matter: those of the current epoch, by a member of it. */
export interface VotingEpoch {
  readonly table: Pick<VoteTable, 'proposal' | 'decides'>;
  readonly members: number;
}

/** The bounds of the memory; those of `limits.ts` when they are left out. */
export interface ParticipationBounds {
  readonly heights: number;
  readonly cells: number;
}

/**
 * Remembers for the newest heights who said what, and when: votes that decide nothing any more are told nowhere else. In memory, bounded
 * by heights and members, and each event is one write.
 */
export class Participation {
  readonly #bounds: ParticipationBounds;
  /** In the order in which they began. */
  readonly #slots = new Map<bigint, Slot>();
  #cells = 0;
  #tip = 0n;

  constructor(bounds: ParticipationBounds = { heights: HEIGHTS_KEPT_MAX, cells: CELLS_KEPT_MAX }) {
    this.#bounds = bounds;
  }

  /** How many heights are remembered. */
  get size(): number {
    return this.#slots.size;
  }

  /** The lowest height that is remembered as decided; undefined before any. */
  get lowest(): Height | undefined {
    let lowest: Height | undefined;
    for (const { decided, height } of this.#slots.values())
      if (decided !== undefined && (lowest === undefined || height < lowest)) lowest = height;
    return lowest;
  }

  /** The newest final height: what is noted of heights above it begins from there. */
  begin(tip: Height): void {
    this.#tip = tip;
  }

  /** A statement of a member that its own connection brought, whether it counts or not. */
  heard(from: MemberIndex, statement: VoteStatement, nowMs: number, epoch: VotingEpoch): void {
    const { kind, view, block } = statement;
    if (block === undefined || from >= epoch.members) return;
    const slot = this.#slotFor(block.height, epoch.members);
    if (slot === undefined) return;
    const { proposal, decides } = epoch.table;
    const votes = kind === decides ? slot.deciding : slot.earlier;
    const said = kind === proposal ? slot.proposals : votes;
    said[from] = newer(said[from], { view, digest: block.digest, atMs: nowMs });
  }

  /** The own signer is asked for a signature. */
  asked({ kind, view, block }: VoteStatement, nowMs: number, members: number): void {
    const slot = block && this.#slotFor(block.height, members);
    const known = slot?.own.get(kind);
    if (slot === undefined || (known !== undefined && known.view >= view)) return;
    slot.own.set(kind, { kind, view, askedMs: nowMs, answeredMs: undefined, refusal: undefined });
  }

  /** The own signer has answered. @param refusal - Why not, when it signed nothing. */
  answered({ kind, view, block }: VoteStatement, nowMs: number, refusal: string | undefined): void {
    const slot = block && this.#slots.get(block.height);
    const asked = slot?.own.get(kind);
    if (slot === undefined || asked?.view !== view || asked.answeredMs !== undefined) return;
    slot.own.set(kind, { ...asked, answeredMs: nowMs, refusal: refusal?.slice(0, REASON_LENGTH_MAX) });
  }

  /** A height became final here. */
  decided(decided: DecidedHeight, members: number): void {
    const { height } = decided;
    if (height > this.#tip) this.#tip = height;
    const slot = this.#slots.get(height) ?? this.#begin(height, members);
    slot.decided ??= decided;
  }

  at(height: Height): HeightRecord | undefined {
    return this.#slots.get(height);
  }

  /** A known slot; or a new one, of a height that is being decided now. */
  #slotFor(height: bigint, members: number): Slot | undefined {
    const known = this.#slots.get(height);
    if (known !== undefined) return known;
    const isNext = height > this.#tip && height <= this.#tip + HEIGHTS_AHEAD_MAX;
    return isNext ? this.#begin(height as Height, members) : undefined;
  }

  #begin(height: Height, members: number): Slot {
    const slot: Slot = {
      ...{ height, members, deciding: [], earlier: [], proposals: [] },
      ...{ own: new Map(), decided: undefined },
    };
    this.#slots.set(height, slot);
    this.#cells += members;
    for (const [first, { members: freed }] of this.#slots) {
      if (this.#slots.size <= this.#bounds.heights && this.#cells <= this.#bounds.cells) break;
      if (first === height) break;
      this.#slots.delete(first);
      this.#cells -= freed;
    }
    return slot;
  }
}

/** The first one of the newest view: what is said again later says nothing of when it came. */
function newer(known: HeardStatement | undefined, said: HeardStatement): HeardStatement {
  return known !== undefined && known.view >= said.view ? known : said;
}
