import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { OwedRecord } from '../member/owed-record.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';

/** The safety record of one life of a node. A record of an older epoch never replaces a newer one. */
export function nodeRecord(owner: NodeOwner, seat: () => EpochSeat): OwedRecord<HostedRecord> {
  const { instance } = owner.endpoint;
  return new OwedRecord({
    disk: owner.disk,
    effect: (name, run) => owner.effect(name, run),
    witness: () => {
      // Its epoch may be over before it is on the disk.
      const epoch = seat();
      return (before, record) => {
        const isSameEpoch = before?.epoch === record.epoch;
        epoch.observe((observer) => {
          if (before !== undefined && before.epoch > record.epoch) {
            observer.halted(instance, `a record of epoch ${record.epoch} after one of ${before.epoch}`);
          }
          observer.saved(instance, isSameEpoch ? before : undefined, record);
        });
      };
    },
  });
}
