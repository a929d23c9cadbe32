import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sizeFault } from '#libs/membership/policy.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { foundingPolicy, foundingSizeFault, noteTolerance } from './founding-size.ts';

const own = FOUNDING_PROTOCOLS.get(DEFAULT_PROTOCOL) ?? assert.fail();
const protocols = new Map([
  ['strict', { ...own, runsWithoutFaults: false }],
  ['rounds', { ...own, runsWithoutFaults: true }],
]);
const refusalOf = (members: number, protocol: string, known = protocols): string =>
  foundingSizeFault(members, { protocol, protocols: known }) ?? '';

describe('a new federation', () => {
  test('has one to three members where its protocol runs without faults, and four elsewhere', () => {
    for (const members of [1, 2, 3, 4, 512]) assert.equal(refusalOf(members, 'rounds'), '');
    for (const members of [4, 512]) assert.equal(refusalOf(members, 'strict'), '');
    for (const protocol of ['strict', 'rounds'])
      assert.match(refusalOf(513, protocol), /513 members are too many: take \d to 512/);
  });

  test('that is too small for its protocol is told why, and what to do', () => {
    assert.equal(
      refusalOf(3, 'strict'),
      '3 members are too few: fewer than 4 bear none that fails, and strict does not run like that; ' +
        'take 4 to 512 members, or a protocol that runs without faults: rounds',
    );
    const alone = refusalOf(1, 'strict', new Map([...protocols].slice(0, 1)));
    assert.match(alone, /^1 member is too few: .*; take 4 to 512 members$/);
  });

  test('may go on with the members that it begins with', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), (members) => {
        assert.equal(sizeFault(members, foundingPolicy(members)), undefined);
        assert.equal(foundingPolicy(members).membersMin, Math.min(members, 4));
      }),
    );
  });

  test('that bears no failure says so', () => {
    const said = (members: number): string => {
      const notes: string[] = [];
      noteTolerance({ note: (text) => void notes.push(text) }, members);
      return notes.join();
    };
    assert.match(said(1), /^no failure is tolerated: .* any of its members is down; 4 members bear one/);
    assert.match(said(3), /any of the 3 members is down/);
    assert.equal(said(4), '');
  });
});
