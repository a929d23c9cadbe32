import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { type Frontier, frontierRoot } from './frontier.ts';
import type { Digest } from './ids.ts';
import { leafHash } from './merkle.ts';
import {
  type SectionRoot,
  stateRootOf,
  TAG_BYTES,
  TRANSACTIONS_SECTION,
  tagBytes,
  tagOf,
} from './section-roots.ts';

/** A part of the state beside the transactions, tagged with its purpose. */
export interface StateSection {
  /** u16. */
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Votes for changes of the members that count so far (libs/membership/ballots.ts). Left out when there is none. */
export const BALLOTS_SECTION = 2;

const TAG_MAX = 0xffff;

/** Its content is one leaf. */
export function sectionRoot({ tag, content }: StateSection): SectionRoot {
  return { tag, root: leafHash(content) };
}

/** The state root after the transactions of a frontier. */
export function frontierStateRoot(frontier: Frontier): Digest {
  return stateRootOf(frontierRoot(frontier), frontier.others);
}

/** The fault in the order of sections beside that of the transactions, or undefined. */
export function orderFault(others: readonly { readonly tag: number }[]): string | undefined {
  const tags = [TRANSACTIONS_SECTION, ...others.map(({ tag }) => tag)];
  const isAscending = tags.every((tag, at) => tag <= TAG_MAX && tag > (tags[at - 1] ?? 0));
  return isAscending ? undefined : 'sections out of order';
}

/** Sections one behind the other: tag (u16), length (u32), content. */
export function encodeSections(sections: readonly StateSection[]): Uint8Array {
  const encoder = new Encoder();
  for (const { tag, content } of sections) encoder.fixed(tagBytes(tag), TAG_BYTES).prefixed(content);
  return encoder.finish();
}

/** Reads the output of `encodeSections`; undefined for other bytes. */
export function decodeSections(bytes: Uint8Array): readonly StateSection[] | undefined {
  const decoder = new Decoder(bytes);
  const sections: StateSection[] = [];
  while (!decoder.isWhole) {
    const tag = tagOf(decoder.fixed(TAG_BYTES));
    sections.push({ tag, content: decoder.prefixed(bytes.length) });
    if (decoder.isSpoilt) return undefined;
  }
  return sections;
}
