import type { Decoder } from '#libs/bytes/decoder.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';
import { isVersion } from '#libs/chain/software-version.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import { NEEDS_BYTES_MAX, TERMS_SECTIONS_BYTES_MAX, TERMS_SECTIONS_MAX } from './limits.ts';
import {
  type NamedProtocol,
  parametersBytes,
  parametersFrom,
  protocolBytes,
  protocolFrom,
  TERMS_SECTIONS,
} from './term-sections.ts';

/** A section that this version gives no meaning. */
export interface OtherSection {
  readonly tag: number;
  readonly content: Uint8Array;
}

/**
 * The terms that a change names: at least one section, and each replaces what is in force. Terms that it does not name go on.
 * Whether they may be in force is judged in terms-rules.ts.
 */
export interface NewTerms {
  /** Least version of btcfed that reads them. */
  readonly needs: string;
  readonly protocol?: NamedProtocol;
  /** Every number of the protocol. */
  readonly parameters?: ParameterValues;
  /** Sections that this version reads no further, tags ascending. */
  readonly others: readonly OtherSection[];
}

const FRAME_BYTES = 2 + 4;

/**
 * The bytes of new terms: text needs | u32 sections, and for each u16 tag, ascending | u32 length and that many bytes, as
 * in term-sections.ts.
 */
export function putNewTerms(encoder: Encoder, terms: NewTerms): Encoder {
  const sections = sectionsOf(terms);
  encoder.text(terms.needs).u32(sections.length);
  for (const { tag, content } of sections) encoder.u16(tag).prefixed(content);
  return encoder;
}

/** Reads the output of `putNewTerms`; never throws. Undefined for bytes that it does not write. */
export function takeNewTerms(decoder: Decoder): NewTerms | undefined {
  const needs = decoder.text(NEEDS_BYTES_MAX);
  const count = decoder.u32();
  if (!isVersion(needs) || count === 0 || count > TERMS_SECTIONS_MAX) return undefined;
  const sections: OtherSection[] = [];
  let sizeBytes = 0;
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    const section = { tag: decoder.u16(), content: decoder.prefixed(TERMS_SECTIONS_BYTES_MAX) };
    if (section.tag <= (sections.at(-1)?.tag ?? 0)) return undefined;
    sizeBytes += FRAME_BYTES + section.content.length;
    if (sizeBytes > TERMS_SECTIONS_BYTES_MAX) return undefined;
    sections.push(section);
  }
  return decoder.isSpoilt ? undefined : termsOf(needs, sections);
}

/**
 * Tags whose content is read with the terms, in the one form that it has in all versions. The content of a later tag is never judged here: a
 * vote that one version reads and an older one does not would part them. It is judged in terms-rules.ts, where the change would take force.
 */
const READ: readonly number[] = [TERMS_SECTIONS.protocol, TERMS_SECTIONS.parameters];

function termsOf(needs: string, sections: readonly OtherSection[]): NewTerms | undefined {
  const contentOf = (wanted: number) => sections.find(({ tag }) => tag === wanted)?.content;
  const [first, second] = READ.map(contentOf);
  const protocol = first === undefined ? undefined : protocolFrom(first);
  const parameters = second === undefined ? undefined : parametersFrom(second);
  const isRead =
    (first === undefined) === (protocol === undefined) &&
    (second === undefined) === (parameters === undefined);
  if (!isRead) return undefined;
  const others = sections.filter(({ tag }) => !READ.includes(tag));
  return { needs, ...(protocol && { protocol }), ...(parameters && { parameters }), others };
}

function sectionsOf({ protocol, parameters, others }: NewTerms): readonly OtherSection[] {
  const sections = [...others];
  if (parameters !== undefined)
    sections.unshift({ tag: TERMS_SECTIONS.parameters, content: parametersBytes(parameters) });
  if (protocol === undefined) return sections;
  return [{ tag: TERMS_SECTIONS.protocol, content: protocolBytes(protocol) }, ...sections];
}
