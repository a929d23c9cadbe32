import { toHex } from '#libs/bytes/hex.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { EpochFacts } from './membership-book.ts';

/** Guests that are let in at a time: each may cost this member as much as a member that catches up. */
const GUESTS_MAX = 64;

/**
 * Keys of the gateways that this member meets: of the members by index, then of guests. Guests receive all
 * messages that go to everybody, and may ask for blocks. Guests are the candidates that members have voted for,
 * so that they can catch up before they count; the members that have just left; and those that the operator
 * named.
 */
export function circleKeys(
  current: Membership,
  before: EpochFacts | undefined,
  named: readonly Uint8Array[],
): readonly Uint8Array[] {
  const members = current.roster.map(({ gatewayPublicKey }) => gatewayPublicKey);
  const joining = current.ballots.flatMap(({ change }) => change.join);
  const guests = [...joining, ...(before?.roster ?? [])].map(({ gatewayPublicKey }) => gatewayPublicKey);
  const all = new Map<string, Uint8Array>();
  for (const key of [...members, ...named, ...guests]) all.set(toHex(key), key);
  return [...all.values()].slice(0, members.length + GUESTS_MAX);
}
