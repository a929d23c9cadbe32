import type { PeerEntry as WirePeerEntry } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { type PeerEntry, peerEntry } from '#libs/settings/peer-entry.ts';

export interface SeenPeers {
  readonly entries: readonly { readonly index: number; readonly entry: PeerEntry }[];
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

/** Checks learned peers by the rules of peers.yaml, so that no entry is written that the next reader would filter. */
export function seenFromWire(seen: readonly WirePeerEntry[]): SeenPeers {
  const entries: { index: number; entry: PeerEntry }[] = [];
  const rejected: { index: number; reason: string }[] = [];
  for (const [index, { publicKey, addresses, lastSeenS }] of seen.entries()) {
    const result = peerEntry(encodeBase64(publicKey), addresses);
    if (result.kind === 'peer') {
      entries.push({ index, entry: { ...result.peer, lastSeenS: Number(lastSeenS), learned: true } });
    } else rejected.push({ index, reason: result.problem });
  }
  return { entries, rejected };
}
