import { equalBytes } from '#libs/bytes/bytes.ts';
import { encodeBase64 } from './base64.ts';
import type { PeerEntry } from './peer-entry.ts';

/** An entry of peers.yaml, or why it is left out. */
export type EntryResult = { readonly peer: PeerEntry } | { readonly reason: string };

interface Others {
  readonly index: number;
  /** Where the keys of the entries before this one stand. */
  readonly indexByKey: ReadonlyMap<string, number>;
  readonly ownPublicKey: Uint8Array | undefined;
}

/** The same result, unless the entry names this node or a peer that is already there. */
export function acceptable(result: EntryResult, { index, indexByKey, ownPublicKey }: Others): EntryResult {
  if ('reason' in result) return result;
  const { publicKey } = result.peer;
  if (ownPublicKey !== undefined && equalBytes(publicKey, ownPublicKey)) {
    return { reason: `own public key at index ${index}: a node does not dial itself` };
  }
  const first = indexByKey.get(encodeBase64(publicKey));
  if (first === undefined) return result;
  return { reason: `duplicate public key at index ${index}: same as index ${first}, which is used` };
}

const CURES = [
  ['invalid public key', '; copy it from what "btcfed init" printed at that member'],
  ['invalid addresses', '; write for example /ip4/192.0.2.7/tcp/9000'],
] as const;

/** The reason with the line of the entry and the cure; one about a type has both already. */
export function placedReason(reason: string, line: number): string {
  if (line === 0 || / line \d/.test(reason)) return reason;
  const cure = CURES.find(([beginning]) => reason.startsWith(beginning))?.[1] ?? '';
  return `${reason} (line ${line}${cure})`;
}
