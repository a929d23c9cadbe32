import type { Decoder } from '#libs/bytes/decoder.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';
import { type NewTerms, putNewTerms, takeNewTerms } from './new-terms.ts';
import {
  hasFurtherKeys,
  putKeyedRoster,
  putRoster,
  type Roster,
  takeKeyedRoster,
  takeRoster,
} from './roster.ts';

/** The next epoch, as changes, handovers and votes name it: members, and terms where they are new. */
export interface NextEpoch {
  readonly roster: Roster;
  readonly terms?: NewTerms;
}

/**
 * The version of the bytes of all three: the least that can say it. 1 has members with two keys each, 2 has terms too, 3 has members
 * with further keys, and terms or none.
 */
export type NextEpochFormat = 1 | 2 | 3;

export function formatOf({ roster, terms }: NextEpoch): NextEpochFormat {
  if (hasFurtherKeys(roster)) return 3;
  return terms === undefined ? 1 : 2;
}

/** In version 1: roster; in 2: roster | terms; in 3: roster of version 2 | u32 0, or u32 1 and terms. */
export function putNextEpoch(encoder: Encoder, next: NextEpoch): Encoder {
  const { roster, terms } = next;
  const isKeyed = formatOf(next) === 3;
  if (isKeyed) putKeyedRoster(encoder, roster).u32(terms === undefined ? 0 : 1);
  else putRoster(encoder, roster);
  return terms === undefined ? encoder : putNewTerms(encoder, terms);
}

/** Reads the output of `putNextEpoch` of this version; never throws. Its callers refuse what they would not write so. */
export function takeNextEpoch(decoder: Decoder, format: NextEpochFormat): NextEpoch | undefined {
  const roster = format === 3 ? takeKeyedRoster(decoder) : takeRoster(decoder);
  const termsCount = format === 3 ? decoder.u32() : format - 1;
  if (roster === undefined) return undefined;
  if (termsCount === 0) return decoder.isSpoilt ? undefined : { roster };
  const terms = takeNewTerms(decoder);
  return terms && { roster, terms };
}
