import type { Clerk } from './clerk.ts';
import type { ClerkParts, ClerkTools } from './clerk-tools.ts';
import { rangeLiar } from './range-liar.ts';
import { rollForger } from './roll-forger.ts';
import { snapshotPoisoner } from './snapshot-poisoner.ts';
import { usurpingVoter } from './usurping-voter.ts';

const CLERKS: ReadonlyMap<string, (tools: ClerkTools) => Clerk> = new Map([
  ['range-liar', rangeLiar],
  ['snapshot-poisoner', snapshotPoisoner],
  ['usurping-voter', usurpingVoter],
  ['roll-forger', rollForger],
]);

export const CLERK_NAMES: readonly string[] = [...CLERKS.keys()];

/** The clerk of a node in an epoch; undefined for a node that is honest beside the protocol. */
export function clerkOf(parts: ClerkParts): Clerk | undefined {
  const { plan } = parts.owner.setting;
  const { endpoint, random } = parts.owner;
  const lie = plan.whole?.clerks.find(({ member }) => member === endpoint.member)?.lie;
  const make = lie === undefined ? undefined : CLERKS.get(lie);
  return make?.({ ...parts, random: random.stream(`clerk of epoch ${parts.seat.epoch.scope.epoch}`) });
}
