import type { ProtocolContext } from '#libs/protocol/module.ts';
import type { PortsOwner } from './ports-owner.ts';

/** The constants of an instance in its founding epoch, and what its disk remembers. */
export function lifeContext<State, Message, Record>({
  setting,
  disk,
  endpoint,
}: PortsOwner<State, Message, Record>): ProtocolContext<Record> {
  const { set, table, scope, root, timing, parameters, leader } = setting;
  const { record: restored, tip } = disk;
  return { me: endpoint.member, set, table, scope, root, timing, parameters, leader, restored, tip };
}
