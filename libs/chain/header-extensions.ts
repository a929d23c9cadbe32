import { assert } from '#libs/assert/assert.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';

/** Bytes in a header that one layer of the chain gives a meaning. */
export interface HeaderExtension {
  /** u16, one of `HEADER_EXTENSIONS`. */
  readonly tag: number;
  /** At least one byte: a layer that has nothing to say leaves its tag out. */
  readonly content: Uint8Array;
}

/** The layers that may say something in a header, by name. A line more is a change of the rules of the chain. */
export const HEADER_EXTENSIONS = { application: 1, protocol: 2, participation: 3 } as const;

/** Of all extensions of a header together, each with its tag and its length: headers are kept for ever and sent alone. */
export const HEADER_EXTENSIONS_BYTES_MAX = 1_024;

const FRAME_BYTES = 2 + 4;
const KNOWN = new Map<number, string>(Object.entries(HEADER_EXTENSIONS).map(([name, tag]) => [tag, name]));

/** The fault of the extensions of a header, with what to do about it; or undefined. None is always right. */
export function extensionsFault(extensions: readonly HeaderExtension[]): string | undefined {
  let before = 0;
  let sizeBytes = 0;
  for (const { tag, content } of extensions) {
    if (!KNOWN.has(tag)) return unknownTag(tag);
    if (tag <= before) return `header extension ${tag} comes after ${before}: list each tag once, ascending`;
    if (content.length === 0) return `header extension ${tag} is empty: leave it out`;
    before = tag;
    sizeBytes += FRAME_BYTES + content.length;
  }
  if (sizeBytes <= HEADER_EXTENSIONS_BYTES_MAX) return undefined;
  return `header extensions of ${sizeBytes} bytes: ${HEADER_EXTENSIONS_BYTES_MAX} is the most, with 6 for each tag and length`;
}

/** Number of extensions (u32), then each: tag (u16), content behind its length. */
export function putExtensions(encoder: Encoder, extensions: readonly HeaderExtension[]): Encoder {
  const fault = extensionsFault(extensions);
  assert(fault === undefined, fault ?? '');
  encoder.u32(extensions.length);
  for (const { tag, content } of extensions) encoder.u16(tag).prefixed(content);
  return encoder;
}

function unknownTag(tag: number): string {
  const known = [...KNOWN].map(([number, name]) => `${number} (${name})`).join(', ');
  return `unknown header extension ${tag}: this version reads ${known}; install a version that reads ${tag}`;
}
