import type { MemberIndex } from '#libs/chain/ids.ts';
import type { DecidedHeight, MissingSignature } from '../decided-height.ts';
import type { HeightRecord } from './height-record.ts';
import type { HeightReport } from './reported-heights.ts';

/** The facts about one member of the epoch that did not sign a height which was decided while this process ran. */
export interface MissingSigner {
  readonly index: MemberIndex;
  readonly name: string;
  readonly isOwn: boolean;
  readonly record: HeightRecord;
  readonly decided: DecidedHeight;
  /** The kind of vote that decides. */
  readonly decides: string;
  readonly leaderName: string | undefined;
  /** The name of this member. */
  readonly ownName: string;
  /** A report of it that shows it behind. */
  readonly lag: HeightReport | undefined;
  readonly newestReport: HeightReport | undefined;
  /** Whether stored evidence of the epoch accuses it. */
  readonly isAccused: boolean;
  /** Of the clock of the record. */
  readonly nowMs: number;
  /** The same moment, milliseconds since 1970. */
  readonly timeMs: number;
}

/** Milliseconds in words. */
export function msText(ms: number): string {
  return ms < 10_000 ? `${Math.max(0, Math.round(ms))} ms` : `${Math.round(ms / 1_000)} s`;
}

/** A moment of the clock of the record as a time of day. */
export function momentOf(atMs: number, { nowMs, timeMs }: Pick<MissingSigner, 'nowMs' | 'timeMs'>): number {
  return Math.round(timeMs - (nowMs - atMs));
}

export function unknown(...evidence: readonly string[]): MissingSignature {
  return { cause: 'unknown', evidence };
}
