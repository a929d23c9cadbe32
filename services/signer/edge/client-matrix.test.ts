import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type ClientMatrix,
  type ClientRow,
  clientOf,
  type Grant,
  grantOf,
  narrowed,
  OPERATIONS,
  usualGrants,
  VOTE_PHASES,
  votersOfConsensus,
} from './client-matrix.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const usual: ClientMatrix = [{ name: 'consensus', pins: [A], grants: usualGrants('hotstuff') }];

describe('the client matrix', () => {
  test('knows a client by its key; the name in its certificate is a label', () => {
    assert.equal(clientOf(usual, { commonName: 'whatever', pin: A })?.name, 'consensus');
    assert.equal(clientOf(usual, { commonName: 'consensus', pin: B }), undefined);
  });

  test('asks for the name too where the row says one, and for it alone where no key is pinned', () => {
    const named: ClientMatrix = [{ name: 'c', commonName: 'consensus', pins: undefined, grants: [] }];
    assert.equal(clientOf(named, { commonName: 'consensus', pin: B })?.name, 'c');
    assert.equal(clientOf(named, { commonName: 'gateway', pin: B }), undefined);
  });

  test('allows exactly one operation, protocol and phase by each rule', () => {
    const [row] = usual;
    assert.ok(row !== undefined);
    assert.ok(grantOf(row, { operation: 'vote', protocol: 'hotstuff', phase: 'commit' }));
    assert.equal(grantOf(row, { operation: 'vote', protocol: 'hotstuff' }), undefined);
    assert.equal(grantOf(row, { operation: 'vote', protocol: 'hotstuff', phase: 'final' }), undefined);
    assert.equal(grantOf(row, { operation: 'timeout', protocol: 'pbft' }), undefined);
    assert.equal(grantOf(row, { operation: 'timeout', protocol: 'hotstuff', phase: 'commit' }), undefined);
  });

  test('F-02: lets consensus vote for no change of the members, unless a rule says so in so many words', () => {
    const may = (grants: readonly Grant[]) => grants.some(({ operation }) => operation === 'membership');
    assert.equal(may(usualGrants('hotstuff')), false);
    assert.equal(may(usualGrants('hotstuff', ['session', 'membership'])), true);
    assert.deepEqual(votersOfConsensus(usual), []);
    const [all, alone] = [usualGrants('hotstuff', OPERATIONS), usualGrants('hotstuff', ['membership'])];
    const matrix = [
      { name: 'consensus', pins: [A], grants: all },
      { name: 'operator', pins: [B], grants: alone },
    ];
    assert.deepEqual(votersOfConsensus(matrix), ['consensus'], 'the operator votes, and does nothing else');
  });

  test('names what an edit would allow more', () => {
    const grants = usualGrants('hotstuff').map((grant) => ({ ...grant, rate: { burst: 999, perSecond: 1 } }));
    const wanted: ClientMatrix = [
      { name: 'consensus', pins: [A, B], grants: grants.slice(0, 1) },
      { name: 'new', pins: [B], grants: [] },
    ];
    const { matrix, wider } = narrowed(usual, wanted);
    assert.deepEqual(wider, [`pin ${B.slice(0, 16)}… of consensus`, 'describe of consensus', 'client new']);
    assert.deepEqual(matrix[0]?.pins, [A]);
    assert.deepEqual(matrix[0]?.grants[0]?.rate, { burst: 20, perSecond: 1 });
  });
});

const anyMatrix: fc.Arbitrary<ClientMatrix> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    pins: fc.uniqueArray(fc.constantFrom(A, B), { minLength: 1 }),
    grants: fc.uniqueArray(
      fc.record({
        operation: fc.constantFrom(...OPERATIONS),
        protocol: fc.constantFrom('hotstuff', 'pbft'),
        phase: fc.constantFrom(undefined, ...VOTE_PHASES),
        rate: fc.record({ burst: fc.integer({ min: 1, max: 9 }), perSecond: fc.integer({ min: 1, max: 9 }) }),
      }),
      { selector: ({ operation, protocol, phase }) => `${operation} ${protocol} ${phase}` },
    ),
  }),
  { selector: ({ name }) => name },
);

test('narrowing never allows what was not in force, nor what is not wanted, nor more often', () => {
  fc.assert(
    fc.property(anyMatrix, anyMatrix, (inForce, wanted) => {
      const { matrix, wider } = narrowed(inForce, wanted);
      for (const row of matrix) for (const other of [inForce, wanted]) assertWithin(row, other);
      assert.deepEqual(narrowed(matrix, wanted).matrix, matrix);
      if (wider.length === 0) assert.deepEqual(narrowed(wanted, matrix).wider, []);
    }),
  );
});

/** Asserts that `matrix` allows all that the row does, and as often. */
function assertWithin(row: ClientRow, matrix: ClientMatrix): void {
  const same = matrix.find(({ name }) => name === row.name);
  assert.ok(same !== undefined && row.pins?.every((pin) => same.pins?.includes(pin)));
  for (const grant of row.grants) {
    const held = grantOf(same, grant)?.rate;
    assert.ok(held !== undefined && grant.rate.burst <= held.burst && grant.rate.perSecond <= held.perSecond);
  }
}
