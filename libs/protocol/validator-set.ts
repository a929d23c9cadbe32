import { assert } from '#libs/assert/assert.ts';
import { type Epoch, type MemberIndex, toMemberIndex } from '#libs/chain/ids.ts';
import { type Quorum, quorumOf } from './quorum.ts';

/** One member of the set. */
export interface Validator {
  readonly index: MemberIndex;
  readonly name: string;
  /** Consensus public key in the encoding of its scheme. */
  readonly publicKey: Uint8Array;
  readonly weight: bigint;
}

/** The members that decide in one epoch. */
export interface ValidatorSet {
  readonly epoch: Epoch;
  readonly members: readonly Validator[];
  readonly totalWeight: bigint;
  readonly quorum: Quorum;
}

export type ValidatorFacts = Omit<Validator, 'index'>;

/** Numbers the members and computes the quorum of their weights. */
export function validatorSet(epoch: Epoch, facts: readonly ValidatorFacts[]): ValidatorSet {
  assert(facts.length > 0, 'a validator set needs a member');
  const members = facts.map((fact, index) => ({ ...fact, index: toMemberIndex(index) }));
  for (const { name, weight } of members) assert(weight > 0n, `weight of ${name} must be positive`);
  const totalWeight = members.reduce((sum, { weight }) => sum + weight, 0n);
  return { epoch, members, totalWeight, quorum: quorumOf(totalWeight) };
}

/** Weight of distinct members of the set; a member that is named twice or is unknown adds nothing. */
export function weightOf(set: ValidatorSet, who: Iterable<MemberIndex>): bigint {
  let weight = 0n;
  for (const index of new Set(who)) weight += set.members[index]?.weight ?? 0n;
  return weight;
}

export function hasQuorum(set: ValidatorSet, who: Iterable<MemberIndex>): boolean {
  return weightOf(set, who) >= set.quorum.commitWeight;
}

/** Position of a member of this name in a set; undefined when it has none. */
export function placeIn({ members }: ValidatorSet, name: string): MemberIndex | undefined {
  return members.find((member) => member.name === name)?.index;
}
