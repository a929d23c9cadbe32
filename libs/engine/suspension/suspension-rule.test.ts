import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, toEpoch, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { foundingOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { ProbeCounts } from './probe-counts.ts';
import { suspensionWish } from './suspension-rule.ts';

const FAILURES_MAX = 3;
const EPOCH = toEpoch(0n);
const leaveOf = (name: string): MembershipChange => ({
  chain: ZERO_DIGEST,
  epoch: EPOCH,
  leave: [name],
  join: [],
});

/** Seven members after so many probes, of which these answered nothing; m9 is no member, and answers. */
function wishOf(
  away: readonly number[],
  change: Partial<Membership> = {},
  probes = FAILURES_MAX + 1,
  refused: readonly Digest[] = [],
): MembershipChange | undefined {
  const counts = new ProbeCounts();
  const names = [1, 2, 3, 4, 5, 6, 9].map((number) => `m${number}`);
  for (let probe = 0; probe < probes; probe++) {
    for (const name of names) if (!away.includes(Number(name.slice(1)))) counts.heard(name);
    counts.turn(names);
  }
  const membership = { ...foundingOf(ZERO_DIGEST, rosterOf(7)), ...change };
  const suspended = [memberOf(9)];
  const isRefused = (digest: Digest): boolean => refused.includes(digest);
  return suspensionWish({
    membership,
    me: toMemberIndex(0),
    failuresMax: FAILURES_MAX,
    counts,
    suspended,
    isRefused,
  });
}

/** Members that voted for the leave of one. */
function ballot(name: string, ...voters: readonly number[]) {
  const change = leaveOf(name);
  const until = toHeight(100n);
  return {
    change,
    digest: changeDigest(change),
    voters: new Map(voters.map((each) => [toMemberIndex(each), until])),
  };
}

describe('the change that a node votes for by itself', () => {
  test('is the leave of a member that failed more probes in a row than it may, and not of one less', () => {
    assert.deepEqual(wishOf([9], {}, FAILURES_MAX), undefined);
    assert.deepEqual(wishOf([4, 9], {}, FAILURES_MAX), undefined);
    assert.deepEqual(wishOf([4, 9]), leaveOf('m4'));
  });

  test('is the return of one that was suspended and answered as many, with the keys that it had', () => {
    assert.deepEqual(wishOf([]), { ...leaveOf(''), leave: [], join: [memberOf(9)] });
    assert.equal(wishOf([], {}, FAILURES_MAX), undefined);
  });

  test('is the one that most voted for already, so that votes meet', () => {
    const ballots = [ballot('m5', 1), ballot('m2', 3, 4)];
    assert.deepEqual(wishOf([5, 2], { ballots }), leaveOf('m2'));
    assert.deepEqual(wishOf([5, 6], { ballots }), leaveOf('m5'));
    assert.deepEqual(wishOf([4, 6]), leaveOf('m4'), 'else of the first');
  });

  test('is none while its own vote counts, a change is adopted, or it hears no quorum', () => {
    assert.equal(wishOf([5, 2], { ballots: [ballot('m5', 0)] }), undefined);
    const adopted = { digest: ZERO_DIGEST, roster: rosterOf(6), lastHeight: toHeight(9n) };
    assert.equal(wishOf([5], { adopted }), undefined);
    assert.equal(wishOf([4, 5, 6]), undefined, 'four of seven are no quorum');
  });

  test('goes on beside a vote of its operator for another kind of change', () => {
    const change = { chain: ZERO_DIGEST, epoch: EPOCH, leave: ['m6'], join: [memberOf(8)] };
    const voters = new Map([[toMemberIndex(0), toHeight(100n)]]);
    const ballots = [{ change, digest: changeDigest(change), voters }];
    assert.deepEqual(wishOf([4], { ballots }), leaveOf('m4'));
  });

  test('is another one where the signer refused the first', () => {
    const probes = FAILURES_MAX + 1;
    assert.deepEqual(wishOf([5, 6], {}, probes, [changeDigest(leaveOf('m5'))]), leaveOf('m6'));
  });

  test('keeps to the policy: four are the fewest', () => {
    const four = foundingOf(ZERO_DIGEST, rosterOf(4));
    assert.equal(wishOf([3, 9], { roster: four.roster, set: four.set }), undefined);
  });
});
