import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';

/** Writes and syncs safety records: a crash may come before, between, and after. A record of an older epoch never replaces a newer one. */
export function nodeStore(owner: NodeOwner, seat: () => EpochSeat): (record: HostedRecord) => void {
  return (record) => {
    const { disk, endpoint } = owner;
    const before = disk.record;
    owner.effect('save', () => disk.append(record));
    owner.effect('sync', () => {
      disk.sync();
      const isSameEpoch = before?.epoch === record.epoch;
      seat().observe((observer) => {
        if (before !== undefined && before.epoch > record.epoch) {
          observer.halted(
            endpoint.instance,
            `a record of epoch ${record.epoch} after one of ${before.epoch}`,
          );
        }
        observer.saved(endpoint.instance, isSameEpoch ? before : undefined, record);
      });
    });
  };
}
