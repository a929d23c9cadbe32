import { Encoder } from '#libs/bytes/encoder.ts';
import { addressScope } from './address-scope.ts';
import { PAGE_BYTES_MAX, RECORD_ADDRESSES_MAX, RECORDS_PER_MESSAGE_MAX } from './exchange-limits.ts';

/** The addresses of a peer, signed by the peer itself. */
export interface PeerRecord {
  /** Raw Ed25519 public key as lower-case hex. */
  readonly key: string;
  readonly addresses: readonly string[];
  /** The highest of a peer counts. */
  readonly sequence: bigint;
  readonly signature: Uint8Array;
}

/** A record as a teller tells it. */
export interface ToldRecord {
  readonly record: PeerRecord;
  /**
   * Milliseconds since the teller, or its own source, was connected with the peer: no clocks are compared (P2P-85).
   */
  readonly seenAgoMs: number;
}

const DOMAIN = 'btcfed/peer-record/v1';
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SEQUENCE_MAX = 2n ** 63n;

/** The bytes that the peer signs: domain tag, key, sequence, number of addresses and each of them. */
export function recordStatement({ key, sequence, addresses }: Omit<PeerRecord, 'signature'>): Uint8Array {
  const encoder = new Encoder().text(DOMAIN).fixed(Buffer.from(key, 'hex'), KEY_BYTES).u64(sequence);
  encoder.u32(addresses.length);
  for (const address of addresses) encoder.text(address);
  return encoder.finish();
}

/** The fault of a record before its signature is looked at; undefined when it has none. */
export function recordProblem({ key, addresses, sequence, signature }: PeerRecord): string | undefined {
  if (key.length !== 2 * KEY_BYTES) return 'a public key of another length';
  if (signature.length !== SIGNATURE_BYTES) return 'a signature of another length';
  if (sequence < 1n || sequence > SEQUENCE_MAX) return 'a sequence number out of range';
  if (addresses.length === 0) return 'no address';
  if (addresses.length > RECORD_ADDRESSES_MAX) return 'too many addresses';
  if (new Set(addresses).size !== addresses.length) return 'an address twice';
  if (addresses.some((address) => addressScope(address) === undefined))
    return 'an address that nobody can dial';
  return undefined;
}

/**
 * An upper bound for the bytes of a record on the wire beside its addresses: key, signature, numbers and field tags.
 */
const RECORD_BYTES = 160;
const ADDRESS_BYTES = 4;

/** The first of `records`, as many as one message holds. */
export function firstThatFit<T extends { readonly record: PeerRecord }>(
  records: readonly T[],
  most = RECORDS_PER_MESSAGE_MAX,
): readonly T[] {
  let sizeBytes = 0;
  const end = records.slice(0, most).findIndex(({ record }) => {
    sizeBytes += RECORD_BYTES + record.addresses.reduce((sum, { length }) => sum + length + ADDRESS_BYTES, 0);
    return sizeBytes > PAGE_BYTES_MAX;
  });
  return records.slice(0, end === -1 ? most : end);
}
