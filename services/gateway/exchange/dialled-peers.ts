import type { PeerBookEntry } from '../core/peer-book.ts';
import type { ExchangeNetwork } from './ports.ts';
import { LEARNED_DIALLED_MAX } from './rules/exchange-limits.ts';
import type { ListedPeer } from './rules/peer-list.ts';

/**
 * The listed peers that may be dialled. Once the chain is known these are all, and its members are picked from them;
 * until then those in touch with us come first.
 */
export function dialledPeers(
  listed: readonly ListedPeer[],
  network: Pick<ExchangeNetwork, 'self' | 'members'>,
  inTouch: readonly string[],
): readonly PeerBookEntry[] {
  const others = listed.filter(({ record }) => record.key !== network.self);
  const entries = others.map(({ record, usable }) => ({
    key: record.key,
    addresses: usable,
    isLearned: true,
  }));
  if (network.members() !== undefined) return entries;
  const near = new Set(inTouch);
  const first = entries.filter(({ key }) => near.has(key));
  return [...first, ...entries.filter(({ key }) => !near.has(key))].slice(0, LEARNED_DIALLED_MAX);
}
