import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ChainStore } from '#services/consensus/adapters/chain-store.ts';

/** Replaces the safety record of a store, durably. */
export function saveRecord(store: Pick<ChainStore, 'putRecord' | 'flush'>, record: HostedRecord): void {
  store.putRecord(record);
  store.flush();
}
