import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { isVersion } from '#libs/chain/software-version.ts';
import type { ParameterValues } from '#libs/protocol/parameters.ts';
import {
  NEEDS_BYTES_MAX,
  PARAMETER_NAME_BYTES_MAX,
  PARAMETERS_MAX,
  PROTOCOL_NAME_BYTES_MAX,
  TERMS_SECTIONS_BYTES_MAX,
  TERMS_SECTIONS_MAX,
} from './limits.ts';

/** A protocol as a change names it. */
export interface NamedProtocol {
  readonly id: string;
  /** u32; the first is 1. */
  readonly version: number;
}

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

/** The tags of sections by name. The last two are reserved: this version refuses them. */
export const TERMS_SECTIONS = { protocol: 1, parameters: 2, scheme: 3, application: 4 } as const;

/** The name of a number of a protocol. */
export const PARAMETER_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const FRAME_BYTES = 2 + 4;

/**
 * The bytes of new terms: text needs | u32 sections, and for each u16 tag, ascending | u32 length and that many bytes. In
 * section 1 text id | u32 version, in section 2 u32 numbers, and for each text name, ascending | u64 value.
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

/** Tags that this version gives a meaning. */
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
  const content = new Encoder().text(protocol.id).u32(protocol.version).finish();
  return [{ tag: TERMS_SECTIONS.protocol, content }, ...sections];
}

function protocolFrom(content: Uint8Array): NamedProtocol | undefined {
  const decoder = new Decoder(content);
  const protocol = { id: decoder.text(PROTOCOL_NAME_BYTES_MAX), version: decoder.u32() };
  return decoder.isWhole ? protocol : undefined;
}

function parametersBytes(values: ParameterValues): Uint8Array {
  const all = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  const encoder = new Encoder().u32(all.length);
  for (const [name, value] of all) encoder.text(name).u64(BigInt(value));
  return encoder.finish();
}

function parametersFrom(content: Uint8Array): ParameterValues | undefined {
  const decoder = new Decoder(content);
  const count = decoder.u32();
  if (count > PARAMETERS_MAX) return undefined;
  const values: [string, number][] = [];
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    const name = decoder.text(PARAMETER_NAME_BYTES_MAX);
    const value = decoder.u64();
    const isNext = PARAMETER_NAME.test(name) && name > (values.at(-1)?.[0] ?? '');
    if (!isNext || value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    values.push([name, Number(value)]);
  }
  return decoder.isWhole ? Object.fromEntries(values) : undefined;
}
