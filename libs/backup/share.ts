import { equalBytes } from '#libs/bytes/bytes.ts';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import { BackupError } from './errors.ts';

/** One of several parts of a secret; fewer than `threshold` of them say nothing about it. */
export interface Share {
  /** Id of the key whose passphrase is shared (libs/crypto/key-id.ts). */
  readonly keyId: string;
  /** Random, 8 bytes in hex: shares of two splits never fit together. */
  readonly set: string;
  readonly threshold: number;
  readonly shares: number;
  /** Number of the share, from 1. */
  readonly number: number;
  readonly data: Uint8Array;
}

const CHECK_BYTES = 4;
const HEX_ID = /^[0-9a-f]{16}$/;
const VERSION = 1;

/** The text of a share, short enough to be written on paper; its check finds typing mistakes. */
export function shareText(share: Share): string {
  const facts = factsOf(share);
  return `${JSON.stringify({ ...facts, check: checkOf(facts) }, null, 2)}\n`;
}

/** @throws BackupError `BACKUP_SHARE_INVALID`. */
export function parseShare(text: string): Share {
  const {
    btcfed_share: version,
    key_id: keyId,
    set,
    threshold,
    shares,
    number,
    data: hex,
    check,
  } = fieldsOf(text);
  const data = typeof hex === 'string' ? fromHex(hex) : undefined;
  const isWhole =
    version === VERSION &&
    isId(keyId) &&
    isId(set) &&
    isCount(threshold) &&
    isCount(shares) &&
    isCount(number);
  if (!isWhole || data === undefined) throw invalid('it is no share of this version, or a field is missing');
  const share = { keyId, set, threshold, shares, number, data };
  if (check === checkOf(factsOf(share))) return share;
  throw invalid('its check does not fit: something in it was changed or mistyped');
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // The error below replaces the parser's, whose words would quote the share.
  }
  throw invalid('it is not JSON');
}

function factsOf({ keyId, set, threshold, shares, number, data }: Share) {
  return { btcfed_share: VERSION, key_id: keyId, set, threshold, shares, number, data: toHex(data) } as const;
}

function checkOf(facts: ReturnType<typeof factsOf>): string {
  return toHex(sha256(Buffer.from(JSON.stringify(facts), 'utf8')).subarray(0, CHECK_BYTES));
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && HEX_ID.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 255;
}

/** Whether two shares are of one split. */
export function isOfOneSplit(a: Share, b: Share): boolean {
  return a.keyId === b.keyId && a.set === b.set && a.threshold === b.threshold && a.shares === b.shares;
}

/** Whether two shares are one and the same. */
export function isSameShare(a: Share, b: Share): boolean {
  return a.number === b.number || equalBytes(a.data, b.data);
}

function invalid(reason: string): BackupError {
  return new BackupError(reason, { code: 'BACKUP_SHARE_INVALID' });
}
