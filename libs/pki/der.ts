/**
 * The part of ASN.1 DER (X.690) that an X.509 certificate needs. Encoding only: certificates are read by
 * OpenSSL, never by us.
 */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const CONTEXT_PRIMITIVE = 0x80;
const CONTEXT_CONSTRUCTED = 0xa0;
/** First year that UTCTime cannot express (RFC 5280 4.1.2.5). */
const GENERALIZED_TIME_YEAR_MIN = 2050;

export function sequence(...items: readonly Buffer[]): Buffer {
  return element(TAG.sequence, Buffer.concat(items));
}

export function setOf(item: Buffer): Buffer {
  return element(TAG.set, item);
}

export function boolean(value: boolean): Buffer {
  return element(TAG.boolean, Buffer.from([value ? 0xff : 0x00]));
}

/** A non-negative integer from its big-endian bytes, in the shortest form. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const significant = start === -1 ? Buffer.alloc(1) : Buffer.from(bytes.subarray(start));
  const isNegativeLooking = (significant[0] ?? 0) >= 0x80;
  return element(
    TAG.integer,
    isNegativeLooking ? Buffer.concat([Buffer.alloc(1), significant]) : significant,
  );
}

/** A bit string whose last byte leaves `unusedBits` out. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG.bitString, Buffer.concat([Buffer.from([unusedBits]), bytes]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(TAG.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** An object identifier in dotted form, for example `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(TAG.objectIdentifier, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

/** A point in time to the second: UTCTime before 2050, GeneralizedTime from then on, as RFC 5280 wants it. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() >= GENERALIZED_TIME_YEAR_MIN
    ? element(TAG.generalizedTime, Buffer.from(digits, 'ascii'))
    : element(TAG.utcTime, Buffer.from(digits.slice(2), 'ascii'));
}

/** `[number]` with other elements inside. */
export function contextConstructed(number: number, content: Buffer): Buffer {
  return element(CONTEXT_CONSTRUCTED + number, content);
}

/** `[number] IMPLICIT` over plain bytes. */
export function contextPrimitive(number: number, content: Uint8Array): Buffer {
  return element(CONTEXT_PRIMITIVE + number, content);
}

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

/** Short form below 128, else the count of length bytes and then the length. */
function lengthOf(content: Uint8Array): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(content.length);
  const significant = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([0x80 + significant.length]), significant]);
}

function base128(arc: number): readonly number[] {
  const bytes = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
