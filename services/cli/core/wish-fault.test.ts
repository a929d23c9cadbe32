import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toEpoch, toHeight, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { changeDigest, type MembershipChange } from '#libs/membership/change.ts';
import { auditKeyOf, memberOf, rosterOf, TEST_RULES, TEST_TERMS } from '#test/support/chain/membership.ts';
import { type WishFacts, wishFault } from './wish-fault.ts';

const BASE: MembershipChange = { chain: ZERO_DIGEST, epoch: toEpoch(2n), leave: [], join: [] };
const JOIN: MembershipChange = { ...BASE, join: [memberOf(9)] };

function faultOf(change: MembershipChange, told: Partial<WishFacts> = {}): string {
  const votes = { ballots: [], adopted: undefined, firstHeight: 11n, nextHeight: toHeight(20n) };
  const ground = { rules: TEST_RULES, terms: TEST_TERMS, roster: rosterOf(4) };
  return wishFault({ change, voter: 'm1', ...votes, ...ground, ...told }) ?? 'none';
}

function ballot(change: MembershipChange, ...votes: readonly (readonly [number, bigint])[]) {
  return {
    digest: changeDigest(change),
    voters: votes.map(([member]) => member),
    goodUntil: votes.map(([, until]) => until),
  };
}

describe('a vote that nobody signed yet', () => {
  test('is refused for a change of nothing, and for one that leaves too few members or too many, with where to look', () => {
    const numbers = { needs: '0.2.0', parameters: TEST_TERMS.parameters, others: [] };
    const cure =
      ': name others; "btcfed members list" shows the members, the terms in force and what is allowed';
    assert.equal(faultOf(BASE), `a change of nothing${cure}`);
    assert.equal(faultOf({ ...BASE, terms: numbers }), `a change of nothing${cure}`);
    const few = faultOf({ ...BASE, leave: ['m1'] });
    assert.equal(few, `3 members, and the policy allows 4 to 512${cure}`);
    const rules = { ...TEST_RULES, membersMax: 4 };
    assert.equal(faultOf(JOIN, { rules }), `5 members, and the policy allows 4 to 4${cure}`);
    assert.equal(faultOf(JOIN), 'none');
  });

  test('is refused for a name or a key that another member has', () => {
    assert.match(faultOf({ ...BASE, join: [memberOf(3)] }), /^two members of one name: name others/);
    const { gatewayPublicKey } = memberOf(2);
    const same = { ...BASE, join: [memberOf(9, { gatewayPublicKey })] };
    assert.match(faultOf(same), /two members with one gateway key/);
  });

  test('is refused for what this version has no rule for, and for a false proof, with that cure alone', () => {
    const terms = { needs: '9.1.0', others: [{ tag: 77, content: Uint8Array.of(1) }] };
    assert.match(faultOf({ ...BASE, terms }), /it needs btcfed 9\.1\.0 or later, .* install that version$/);
    const stolen = { ...BASE, join: [memberOf(9, { keys: [auditKeyOf('m8', 9)] })] };
    assert.match(
      faultOf(stolen),
      /it did not sign its proof of possession; take the member\.json that m9 made/,
    );
  });

  test('is refused where its member voted for the change already, as long as that vote counts', () => {
    const ballots = [ballot(JOIN, [0, 90n], [1, 80n])];
    assert.match(
      faultOf(JOIN, { ballots }),
      /^m1 voted for this change already, and its vote counts until height 80: "btcfed members list" shows/,
    );
    assert.equal(faultOf(JOIN, { ballots, voter: 'm2' }), 'none');
    assert.equal(faultOf({ ...BASE, join: [memberOf(10)] }, { ballots }), 'none');
  });

  test('is refused where its member has as many votes for others as count, until the first of them is over', () => {
    const others = [90n, 70n, 80n, 100n].map((until, at) => {
      return ballot({ ...BASE, join: [memberOf(20 + at)] }, [3, 60n], [1, until]);
    });
    assert.match(
      faultOf(JOIN, { ballots: others }),
      /m1 has votes for 4 other changes.* over above height 70$/,
    );
    assert.equal(faultOf(JOIN, { ballots: others.slice(1) }), 'none');
  });

  test('is refused while a change is adopted, and too early in the epoch', () => {
    const adopted = { effectiveHeight: 33n };
    assert.match(
      faultOf(JOIN, { adopted }),
      /adopted already, and in force from height 33 on: propose in the epoch/,
    );
    const rules = { ...TEST_RULES, epochBlocksMin: 12 };
    const early =
      /^this epoch takes votes from height 22 on, and the next block has height 21: try again then$/;
    assert.match(faultOf(JOIN, { rules, nextHeight: toHeight(21n) }), early);
    assert.equal(faultOf(JOIN, { rules, nextHeight: toHeight(22n) }), 'none');
  });
});
