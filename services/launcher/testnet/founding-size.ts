import { MEMBERS_MAX, MEMBERS_MIN } from '#libs/membership/limits.ts';
import { type MembershipPolicy, OPEN_POLICY } from '#libs/membership/policy.ts';
import { membersLeast } from '#libs/membership/terms-rules.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import type { Terminal } from '../words/terminal.ts';

/** A protocol of this version, and all of them. */
export interface ProtocolChoice {
  readonly protocol: string;
  readonly protocols: FoundingProtocols;
}

/** The reason why a federation of this size cannot run the protocol, and the cure; undefined when it can. */
export function foundingSizeFault(
  members: number,
  { protocol, protocols }: ProtocolChoice,
): string | undefined {
  const founding = protocols.get(protocol);
  const least = founding === undefined ? MEMBERS_MIN : membersLeast(founding);
  if (members >= least && members <= MEMBERS_MAX) return undefined;
  const range = `take ${least} to ${MEMBERS_MAX} members`;
  if (members > MEMBERS_MAX) return `${members} members are too many: ${range}`;
  const others = [...protocols].filter(([, terms]) => membersLeast(terms) <= members).map(([name]) => name);
  const or = others.length === 0 ? '' : `, or a protocol that runs without faults: ${others.join(', ')}`;
  return `${count(members)} too few: fewer than ${MEMBERS_MIN} bear none that fails, and ${protocol} does not run like that; ${range}${or}`;
}

/** The sizes that a new federation of this size allows itself: any size that the engine runs, down to its own. */
export function foundingPolicy(members: number): MembershipPolicy {
  return members < MEMBERS_MIN ? { ...OPEN_POLICY, membersMin: members } : OPEN_POLICY;
}

/** Tells a person who makes or starts a federation of equal members that it bears none that fails, where that is so. */
export function noteTolerance(terminal: Pick<Terminal, 'note'>, members: number): void {
  if (members >= MEMBERS_MIN) return;
  terminal.note(
    `no failure is tolerated: the chain stops while any of ${members === 1 ? 'its members' : `the ${members} members`} is down; ${MEMBERS_MIN} members bear one that fails`,
  );
}

function count(members: number): string {
  return members === 1 ? '1 member is' : `${members} members are`;
}
