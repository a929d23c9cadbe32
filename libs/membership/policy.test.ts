import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import { quorumOf } from '#libs/protocol/quorum.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { memberOf, rosterOf, TEST_RULES, TEST_TERMS } from '#test/support/chain/membership.ts';
import type { MembershipChange } from './change.ts';
import { changeFault, FEDERATION_POLICY, type MemberRules, multisigThreshold, sizeFault } from './policy.ts';
import type { Roster } from './roster.ts';

const FEDERATION: MemberRules = { ...TEST_RULES, ...FEDERATION_POLICY };

function change(part: Partial<Pick<MembershipChange, 'leave' | 'join'>>): MembershipChange {
  return { chain: ZERO_DIGEST, epoch: toEpoch(0n), leave: [], join: [], ...part };
}

/** The protocol of the tests, as if it ran without faults. */
const ALONE: FoundingProtocols = new Map(
  [...FOUNDING_PROTOCOLS].map(([name, founding]) => [name, { ...founding, runsWithoutFaults: true }]),
);

function faultOf(roster: Roster, wanted: MembershipChange, rules: MemberRules): string | undefined {
  return changeFault({ roster, terms: TEST_TERMS, rules }, wanted);
}

describe('the sizes of a federation', () => {
  test('FED-02 are 64 at least: 62 is refused', () => {
    assert.match(sizeFault(62, FEDERATION_POLICY) ?? '', /62 members, .* 64 to 512/);
    assert.equal(sizeFault(64, FEDERATION_POLICY), undefined);
  });

  test('FED-03 are 512 at most: 514 is refused', () => {
    assert.match(sizeFault(514, FEDERATION_POLICY) ?? '', /514 members/);
    assert.equal(sizeFault(512, FEDERATION_POLICY), undefined);
  });

  test('FED-04 are even: 65 is refused', () => {
    assert.match(sizeFault(65, FEDERATION_POLICY) ?? '', /multiples of 2/);
    const allowed = Array.from({ length: 600 }, (_, n) => n).filter(
      (n) => sizeFault(n, FEDERATION_POLICY) === undefined,
    );
    assert.equal(allowed.length, 225);
  });

  test('FED-09 FED-10 have a multisig threshold apart from the quorum of the votes', () => {
    for (const [members, multisig, quorum] of [
      [4, 4, 3],
      [7, 6, 5],
      [64, 49, 43],
      [66, 50, 45],
      [128, 97, 86],
      [512, 385, 342],
    ] as const) {
      assert.equal(multisigThreshold(members), multisig);
      assert.equal(quorumOf(BigInt(members)).commitWeight, BigInt(quorum));
    }
  });
});

describe('a change', () => {
  test('FED-06 lets the federation grow by two, and by four not', () => {
    const roster = rosterOf(64);
    const growing = (count: number) => change({ join: rosterOf(count, 100) });
    assert.equal(faultOf(roster, growing(2), FEDERATION), undefined);
    assert.match(faultOf(roster, growing(4), FEDERATION) ?? '', /4 members more, .* allows 2/);
    const replacing = change({ leave: roster.slice(0, 4).map(({ name }) => name), join: rosterOf(4, 100) });
    assert.equal(faultOf(roster, replacing, FEDERATION), undefined, 'replacing is not growing');
  });

  test('FED-02 FED-04 leaves a federation of an allowed size', () => {
    const leaving = (count: number) => change({ leave: rosterOf(count).map(({ name }) => name) });
    assert.match(faultOf(rosterOf(64), leaving(2), FEDERATION) ?? '', /62 members/);
    assert.match(faultOf(rosterOf(66), leaving(1), FEDERATION) ?? '', /multiples/);
    assert.equal(faultOf(rosterOf(66), leaving(2), FEDERATION), undefined);
  });

  const roster = rosterOf(5);
  const REFUSED: readonly (readonly [string, Parameters<typeof change>[0], RegExp])[] = [
    ['of nothing', {}, /nothing/],
    ['in which a member leaves twice', { leave: ['m0', 'm0'] }, /twice/],
    ['in which a stranger leaves', { leave: ['m9'] }, /that is none/],
    ['with a name that is none', { join: [memberOf(9, { name: 'M 9' })] }, /a name is not/],
    ['with a name that is taken', { join: [memberOf(9, { name: 'm1' })] }, /one name/],
    [
      'with a key of another scheme',
      { join: [memberOf(9, { publicKey: Uint8Array.of(1) })] },
      /consensus key of m9 has 1 bytes/,
    ],
    [
      'with a consensus key that is taken',
      { join: [memberOf(9, { publicKey: memberOf(1).publicKey })] },
      /one consensus key/,
    ],
    [
      'with a gateway key that is taken',
      { join: [memberOf(9, { gatewayPublicKey: memberOf(1).gatewayPublicKey })] },
      /one gateway key/,
    ],
    [
      'with a gateway key of another size',
      { join: [memberOf(9, { gatewayPublicKey: Uint8Array.of(1) })] },
      /gateway key of m9/,
    ],
    ['without weight', { join: [memberOf(9, { weight: 0n })] }, /weight of m9/],
    ['with weight that could stall', { join: [memberOf(9, { weight: 5n })] }, /m9 weighs more/],
    ['to fewer than the engine bears', { leave: ['m0', 'm1'] }, /3 members/],
  ];
  for (const [name, part, fault] of REFUSED) {
    test(`is refused: ${name}`, () => assert.match(faultOf(roster, change(part), TEST_RULES) ?? '', fault));
  }

  test('HS-70 leaves one to three members where the policy allows so few, of whom each can stall the others', () => {
    const leaving = change({ leave: ['m1', 'm2', 'm3', 'm4'] });
    assert.match(faultOf(roster, leaving, TEST_RULES) ?? '', /1 members, and the policy allows 4/);
    assert.equal(faultOf(roster, leaving, { ...TEST_RULES, membersMin: 1, protocols: ALONE }), undefined);
    const few = faultOf(roster, leaving, { ...TEST_RULES, membersMin: 1 });
    assert.match(few ?? '', /1 members, and \w+ does not run with fewer than 4/);
    const heavy = change({ leave: ['m1', 'm2', 'm3', 'm4'], join: [memberOf(9, { weight: 9n })] });
    assert.equal(faultOf(roster, heavy, { ...TEST_RULES, membersMin: 1, protocols: ALONE }), undefined);
  });

  test('may give a member another key, or all members others', () => {
    const renewed = change({ leave: ['m1'], join: [memberOf(9, { name: 'm1' })] });
    assert.equal(faultOf(roster, renewed, TEST_RULES), undefined);
    const all = change({ leave: roster.map(({ name }) => name), join: rosterOf(5, 10) });
    assert.equal(faultOf(roster, all, TEST_RULES), undefined);
  });

  test('FED-02 FED-03 FED-04 FED-06 whatever is allowed keeps to the policy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 80 }), fc.nat(10), fc.nat(10), (size, leaving, joining) => {
        const before = rosterOf(size);
        const wanted = change({
          leave: before.slice(0, leaving).map(({ name }) => name),
          join: rosterOf(joining, 500),
        });
        if (faultOf(before, wanted, FEDERATION) !== undefined) return;
        const after = size - leaving + joining;
        assert.ok(after >= 64 && after <= 512 && after % 2 === 0 && after - size <= 2);
      }),
    );
  });
});
