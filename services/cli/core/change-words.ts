import { toHex } from '#libs/bytes/hex.ts';
import { type MembershipChange, rosterAfter } from '#libs/membership/change.ts';
import { keyFor, purposeName } from '#libs/membership/member-keys.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import type { Validator, ValidatorSet } from '#libs/protocol/validator-set.ts';
import { termsWords } from './named-terms.ts';

export interface ChangeFacts {
  readonly change: MembershipChange;
  /** The members in force. */
  readonly set: ValidatorSet;
  /** The terms in force; undefined when the member does not tell them. */
  readonly terms?: ProtocolTerms | undefined;
  /** The audit keys of the members in force that have one, by name; undefined when the member does not tell them. */
  readonly auditKeys?: ReadonlyMap<string, Uint8Array>;
  /** Names of those who voted for it so far. */
  readonly voters: readonly string[];
  /** Height of the last block that counts the vote, and how many blocks away that is. */
  readonly goodUntil: bigint;
  readonly goodFor: bigint;
}

/**
 * The proposed change in words, for the person who votes: members that leave, members that join with their keys, and
 * the effect on the federation. One line each.
 */
export function changeWords({
  change,
  set,
  terms,
  auditKeys,
  voters,
  goodUntil,
  goodFor,
}: ChangeFacts): readonly string[] {
  const { epoch, leave, join } = change;
  const joining = new Set(join.map(({ name }) => name));
  const leaving = new Set(leave);
  return [
    `A change of the ${leave.length + join.length === 0 ? 'terms' : 'members'} at the end of epoch ${epoch}:`,
    ...leave.filter((name) => !joining.has(name)).map((name) => `  ${plainName(name)} leaves`),
    ...join.flatMap((member) => {
      const before = leaving.has(member.name) ? memberNamed(set, member.name) : undefined;
      return [...joinWords(member, before), ...auditWords(member, before && auditKeys?.get(member.name))];
    }),
    ...(change.terms === undefined ? [] : termsWords(change.terms, terms)).map(
      (line) => `  ${plainName(line)}, from the block after the last one of epoch ${epoch}`,
    ),
    `  ${sizeWords(set, change)}`,
    `  voted for so far by: ${voters.length === 0 ? 'nobody' : voters.map(plainName).join(', ')}`,
    `The vote is good until height ${goodUntil}, ${goodFor} blocks from now; no block above counts it.`,
  ];
}

function joinWords(
  { name, publicKey, gatewayPublicKey, weight }: MemberFacts,
  before: Validator | undefined,
): readonly string[] {
  const consensus = toHex(publicKey);
  const hasOtherKey = before !== undefined && toHex(before.publicKey) !== consensus;
  const isNew =
    before === undefined ? 'joins' : hasOtherKey ? 'stays, with ANOTHER consensus key' : 'stays, changed';
  const weightBefore = before === undefined || before.weight === weight ? '' : `, ${before.weight} before`;
  return [
    `  ${plainName(name)} ${isNew}, weight ${weight}${weightBefore}`,
    `    consensus key ${consensus}`,
    `    gateway key   ${toHex(gatewayPublicKey)}`,
  ];
}

/** The further keys of a member, and what becomes of the audit key that it has now. */
function auditWords({ keys = [] }: MemberFacts, before: Uint8Array | undefined): readonly string[] {
  const words = keys.map(
    ({ purpose, publicKey }) => `    ${`${purposeName(purpose)} key`.padEnd(13)} ${toHex(publicKey)}`,
  );
  const after = keyFor({ keys }, 'audit');
  if (before === undefined || (after !== undefined && toHex(after) === toHex(before))) return words;
  return [
    ...words,
    `    ${after === undefined ? 'NO audit key any more' : 'ANOTHER audit key'}: it was ${toHex(before)}`,
  ];
}

function sizeWords(set: ValidatorSet, change: MembershipChange): string {
  const roster = set.members.map((member) => ({ ...member, gatewayPublicKey: new Uint8Array() }));
  const after = rosterAfter(roster, change);
  const totalWeight = after.reduce((sum, { weight }) => sum + weight, 0n);
  const now = `${set.members.length} members, a decision takes weight ${set.quorum.commitWeight} of ${set.totalWeight}`;
  if (totalWeight === 0n) return `${now}; afterwards nobody is left`;
  return `${now}; afterwards ${after.length} members, ${quorumOf(totalWeight).commitWeight} of ${totalWeight}`;
}

function memberNamed({ members }: ValidatorSet, wanted: string): Validator | undefined {
  return members.find(({ name }) => name === wanted);
}

/** A name comes from another member, and a vote in a block is counted whatever its change says: nothing in it moves the cursor or looks like more than a name. */
export function plainName(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?');
}
