import type { Decoder } from '#libs/bytes/decoder.ts';
import type { Encoder } from '#libs/bytes/encoder.ts';
import { KEY_SCHEME_BYTES_MAX, MEMBER_KEYS_BYTES_MAX, MEMBER_KEYS_MAX } from './limits.ts';

/** A key of a member beside those of consensus and gateway. */
export interface MemberKey {
  /** u16: one of `KEY_PURPOSES`, or one of a later version. */
  readonly purpose: number;
  readonly scheme: string;
  readonly publicKey: Uint8Array;
  /** Signature of this key under `possessionBytes`. */
  readonly proof: Uint8Array;
  /** Where this version has no rule for the purpose, or the purposes of the roster need another: the version of btcfed that the roster says it needs. */
  readonly needs?: string;
}

/** The purposes of a member's keys. This version has rules for the first two and for `audit`; the others are reserved. */
export const KEY_PURPOSES = { consensus: 1, gateway: 2, vrf: 3, custody: 4, audit: 5 } as const;

/** The scheme of gateway keys and audit keys. */
export const ED25519 = 'ed25519';

const FRAME_BYTES = 2 + 4 + 4 + 4;

/** One key: u16 purpose | text scheme | bytes key | bytes proof. */
export function putKey(encoder: Encoder, key: Omit<MemberKey, 'needs'>): Encoder {
  return encoder.u16(key.purpose).text(key.scheme).prefixed(key.publicKey).prefixed(key.proof);
}

/**
 * Reads so many keys whose purposes ascend from above `after` on; never throws. Undefined where they do not, or where they are too many
 * or too long together.
 */
export function takeKeys(
  decoder: Decoder,
  { count, after }: { readonly count: number; readonly after: number },
): readonly MemberKey[] | undefined {
  if (count > MEMBER_KEYS_MAX) return undefined;
  const keys: MemberKey[] = [];
  let sizeBytes = 0;
  for (let at = 0; at < count && !decoder.isSpoilt; at++) {
    const key = takeKey(decoder);
    sizeBytes += keySizeBytes(key);
    if (key.purpose <= (keys.at(-1)?.purpose ?? after) || sizeBytes > MEMBER_KEYS_BYTES_MAX) return undefined;
    keys.push(key);
  }
  return decoder.isSpoilt ? undefined : keys;
}

/** The name of a purpose, for people. */
export function purposeName(purpose: number): string {
  const known = Object.entries(KEY_PURPOSES).find(([, value]) => value === purpose);
  return known?.[0] ?? `purpose ${purpose}`;
}

/** The key of a member for a purpose, where its roster names one. */
export function keyFor(
  { keys = [] }: { readonly keys?: readonly MemberKey[] },
  wanted: keyof typeof KEY_PURPOSES,
): Uint8Array | undefined {
  return keys.find(({ purpose }) => purpose === KEY_PURPOSES[wanted])?.publicKey;
}

function takeKey(decoder: Decoder): MemberKey {
  return {
    purpose: decoder.u16(),
    scheme: decoder.text(KEY_SCHEME_BYTES_MAX),
    publicKey: decoder.prefixed(MEMBER_KEYS_BYTES_MAX),
    proof: decoder.prefixed(MEMBER_KEYS_BYTES_MAX),
  };
}

function keySizeBytes({ scheme, publicKey, proof }: MemberKey): number {
  return FRAME_BYTES + Buffer.byteLength(scheme) + publicKey.length + proof.length;
}
