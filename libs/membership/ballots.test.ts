import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toEpoch, toHeight, toMemberIndex, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { type Ballots, ballotRoots, ballotsSection, decodeBallots, encodeBallots } from './ballots.ts';
import { changeDigest } from './change.ts';

const CHANGE = { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: ['m1'], join: [memberOf(9)] };
const DIGEST = changeDigest(CHANGE);
const OTHER = { ...CHANGE, leave: [] };
const voters = (...votes: readonly (readonly [number, bigint])[]) =>
  new Map(votes.map(([member, goodUntil]) => [toMemberIndex(member), toHeight(goodUntil)] as const));
const ONE: Ballots = {
  ballots: [{ change: CHANGE, digest: DIGEST, voters: voters([2, 100n], [0, 90n]) }],
  adopted: undefined,
};
const TWO: Ballots = {
  ballots: [...ONE.ballots, { change: OTHER, digest: changeDigest(OTHER), voters: voters([3, 5n]) }],
  adopted: { digest: DIGEST, lastHeight: toHeight(51n), roster: rosterOf(2) },
};

describe('the section of votes', () => {
  test('F-23: comes back as it was, whoever voted first, with the change that is adopted', () => {
    for (const each of [ONE, TWO, { ballots: [], adopted: TWO.adopted }])
      assert.deepEqual(decodeBallots(encodeBallots(each)), each);
    const [ballot] = ONE.ballots;
    const turned = { ballots: [{ ...ballot!, voters: voters([0, 90n], [2, 100n]) }], adopted: undefined };
    assert.deepEqual(encodeBallots(turned), encodeBallots(ONE));
  });

  test('F-23: is left out when nobody voted, and has another root after each vote', () => {
    assert.deepEqual(ballotsSection({ ballots: [], adopted: undefined }), []);
    const roots = [ONE, TWO, { ...ONE, adopted: TWO.adopted }].map((each) =>
      toHex(ballotRoots(each)[0]!.root),
    );
    assert.equal(new Set(roots).size, 3);
    assert.deepEqual(ballotRoots(ONE), ballotRoots({ ...ONE }));
  });

  test('F-23: that is cut short, has a byte more, or is not what its encoder writes is refused', () => {
    const bytes = encodeBallots(TWO);
    for (let length = 0; length < bytes.length; length++)
      assert.equal(decodeBallots(bytes.subarray(0, length)), undefined);
    assert.equal(decodeBallots(Uint8Array.from([...bytes, 0])), undefined);
    const turned = encodeBallots(ONE);
    const votes = Buffer.from(turned).subarray(-4 - 24, -4);
    const swapped = Buffer.concat([
      turned.subarray(0, -28),
      votes.subarray(12),
      votes.subarray(0, 12),
      new Uint8Array(4),
    ]);
    assert.equal(decodeBallots(swapped), undefined, 'votes out of order');
  });

  test('never throws, whatever the bytes', () => {
    const bytes = encodeBallots(TWO);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = bytes.with(at, byte);
        const read = decodeBallots(changed);
        assert.ok(read === undefined || toHex(encodeBallots(read)) === toHex(changed));
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => void decodeBallots(any)));
  });

  test('F-23: is that of the vectors', () => {
    const path = new URL('../../test/vectors/state-sections.json', import.meta.url);
    const { vectors } = JSON.parse(readFileSync(path, 'utf8'));
    const contents: string[] = vectors
      .slice(1, 3)
      .map((each: { sections: { content: string }[] }) => each.sections[0]?.content);
    assert.equal(contents[0], toHex(encodeBallots(ONE)));
    assert.equal(contents[1], toHex(encodeBallots({ ...ONE, adopted: TWO.adopted })));
    for (const content of contents) assert.ok(decodeBallots(fromHex(content) ?? assert.fail()) !== undefined);
  });
});
