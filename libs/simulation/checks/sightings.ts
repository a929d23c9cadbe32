import type { MemberIndex } from '#libs/chain/ids.ts';
import type { EvidenceKind } from '#libs/protocol/evidence.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { type Position, positionText } from '#libs/protocol/vote/position.ts';

/** A member that contradicted itself, and how: two signed statements prove it to anyone. */
export interface Accusation {
  readonly member: MemberIndex;
  readonly kind: EvidenceKind;
}

/** The observations of honest members about the others in a run. */
export interface Sightings {
  readonly accused: readonly Accusation[];
  /** Refused messages, by sender and cause as in `3 bad-signature`. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Members that some honest member stopped listening to for a while. */
  readonly muted: ReadonlySet<MemberIndex>;
  /** Positions that an honest member gave up, by the words for each. */
  readonly timedOutViews: ReadonlyMap<string, Position>;
}

/** Writes sightings down. */
export class SightingsLog implements Sightings {
  readonly accused: Accusation[] = [];
  readonly refusals = new Map<string, number>();
  readonly muted = new Set<MemberIndex>();
  readonly timedOutViews = new Map<string, Position>();

  /** An honest member gives a view up. */
  left({ instance, view }: Position): void {
    const position = { instance, view };
    this.timedOutViews.set(positionText(position), position);
  }

  turnedAway(from: MemberIndex, cause: RefusalCause): void {
    const name = `${from} ${cause}`;
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }
}
