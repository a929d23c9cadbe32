import type { MemberIndex } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import type { HostedRecord, HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ProtocolContext } from '#libs/protocol/module.ts';
import type { Replica } from '#libs/replica/replica.ts';
import type { ModelledWorld } from './modelled-world.ts';

/** A key that never signed. */
export function custodianOf({ module, set, root, scope, leader }: ModelledWorld, me: MemberIndex): Custodian {
  const table = module.votes;
  const leaders = table.leaders?.(set.members.length) ?? leader;
  return new Custodian({ table, set, me, root, leader: leaders }, virginState(scope));
}

/** A member that knows the genesis alone. */
export function contextOf(world: ModelledWorld, me: MemberIndex): ProtocolContext<HostedRecord> {
  const { module, set, scope, root, leader } = world;
  const { timing, parameters } = world.setting;
  const table = module.votes;
  const tip = rootCertificate(table, table.decides, root);
  return { me, set, table, scope, root, timing, parameters, leader, restored: undefined, tip };
}

/** Starts a replica at the genesis: where each height has views of its own, the first opens upon that. */
export function startOnGenesis(
  replica: Pick<Replica<HostedState, ProtocolMessage, HostedRecord>, 'start' | 'final'>,
  world: ModelledWorld,
  me: MemberIndex,
): void {
  const { header, digest } = world.blocks.genesis;
  replica.start();
  replica.final({ header, digest, certificate: contextOf(world, me).tip });
}
