import { bodyLiar } from './body-liar.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkParts, ClerkTools } from './clerk-tools.ts';
import { rangeLiar } from './range-liar.ts';
import { rashOperators } from './rash-operators.ts';
import { signatureLiar } from './signature-liar.ts';
import { snapshotPoisoner } from './snapshot-poisoner.ts';
import { usurpingVoter } from './usurping-voter.ts';

/** The clerks that a plan may choose from, by the name of their lie. */
export type ClerkMakers = ReadonlyMap<string, (tools: ClerkTools) => Clerk>;

/** The lies beside any protocol. */
export const COMMON_CLERKS: ClerkMakers = new Map([
  ['range-liar', rangeLiar],
  ['signature-liar', signatureLiar],
  ['snapshot-poisoner', snapshotPoisoner],
  ['usurping-voter', usurpingVoter],
  ['body-liar', bodyLiar],
]);

/** Clerks of any protocol that a plan has only where a run names them: they are no lies of one member. */
export const NAMED_CLERKS: ClerkMakers = new Map([['rash-operators', rashOperators]]);

/** The clerk of a node in an epoch; undefined for a node that is honest beside the protocol. */
export function clerkOf(clerks: ClerkMakers, parts: ClerkParts): Clerk | undefined {
  const { plan } = parts.owner.setting;
  const { endpoint, random } = parts.owner;
  const lie = plan.whole?.clerks.find(({ member }) => member === endpoint.member)?.lie;
  const make = lie === undefined ? undefined : (clerks.get(lie) ?? NAMED_CLERKS.get(lie));
  return make?.({ ...parts, random: random.stream(`clerk of epoch ${parts.seat.epoch.scope.epoch}`) });
}
