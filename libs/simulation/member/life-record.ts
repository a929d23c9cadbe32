import { OwedRecord } from './owed-record.ts';
import type { PortsOwner } from './ports-owner.ts';

/** The safety record of one life of a member. */
export function lifeRecord<State, Message, Record>(
  owner: PortsOwner<State, Message, Record>,
): OwedRecord<Record> {
  const { disk, endpoint, isHonest, setting } = owner;
  return new OwedRecord({
    disk,
    effect: (name, run) => owner.effect(name, run),
    witness: () => (before, record) => {
      if (isHonest) setting.observer.saved(endpoint.instance, before, record);
    },
  });
}
