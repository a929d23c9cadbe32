import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { wordsOf } from '#libs/protocols/words-of.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import {
  type ClientMatrix,
  type ClientRow,
  clientOf,
  type Grant,
  grantOf,
  narrowed,
  OPERATIONS,
  signingGrantOf,
  votersOfConsensus,
} from './client-matrix.ts';
import { type Grantable, usualGrants } from './usual-grants.ts';

const ROUNDS = wordsOf(new Map([[ROUNDS_TABLE.protocol, ROUNDS_TABLE]]));
const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const usual: ClientMatrix = [
  { name: 'consensus', pins: [A], grants: usualGrants('hotstuff', STATEMENT_WORDS) },
];

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

  test('allows exactly one operation, protocol and kind by each rule', () => {
    const [row] = usual;
    assert.ok(row !== undefined);
    assert.ok(grantOf(row, { operation: 'sign', protocol: 'hotstuff', kind: 'commit' }));
    assert.equal(grantOf(row, { operation: 'sign', protocol: 'hotstuff' }), undefined);
    assert.equal(grantOf(row, { operation: 'sign', protocol: 'hotstuff', kind: 'final' }), undefined);
    assert.equal(grantOf(row, { operation: 'sign', protocol: 'raft', kind: 'commit' }), undefined);
    assert.equal(grantOf(row, { operation: 'describe', protocol: 'hotstuff', kind: 'commit' }), undefined);
    assert.equal(grantOf(row, { operation: 'describe', protocol: 'raft' }), undefined);
  });

  test('grants consensus every statement of every protocol, because an epoch may begin under any of them', () => {
    const words = new Map([...STATEMENT_WORDS, ...ROUNDS]);
    const grants = usualGrants('hotstuff', words);
    const row = { name: 'consensus', pins: [A], grants };
    for (const [protocol, kinds] of words) {
      for (const kind of Object.keys(kinds)) {
        assert.ok(grantOf(row, { operation: 'sign', protocol, kind }), kind);
        assert.ok(signingGrantOf(row, kind), kind);
      }
    }
    assert.equal(signingGrantOf(row, 'constructor'), undefined);
    // A request for no statement is of the protocol that the key was bound with.
    assert.deepEqual(
      grants.filter(({ operation }) => operation !== 'sign').map(({ protocol }) => protocol),
      ['hotstuff', 'hotstuff', 'hotstuff'],
    );
  });

  test('grants the statements of one share alone, by the rows of the table', () => {
    const kindsOf = (...shares: readonly Grantable[]) =>
      usualGrants('rounds', ROUNDS, shares).map(({ operation, protocol, kind }) => {
        assert.deepEqual([operation, protocol], ['sign', 'rounds']);
        return kind;
      });
    assert.deepEqual(kindsOf('proposal'), ['proposal']);
    assert.deepEqual(kindsOf('vote'), ['prepare', 'reject', 'commit']);
    assert.deepEqual(kindsOf('timeout'), ['leave']);
    assert.deepEqual(kindsOf('sign').toSorted(), Object.keys(ROUNDS_TABLE.kinds).toSorted());
  });

  test('F-02: lets consensus vote for no change of the members, unless a rule says so in so many words', () => {
    const may = (grants: readonly Grant[]) => grants.some(({ operation }) => operation === 'membership');
    assert.equal(may(usualGrants('hotstuff', STATEMENT_WORDS)), false);
    assert.equal(may(usualGrants('hotstuff', STATEMENT_WORDS, ['session', 'membership'])), true);
    assert.deepEqual(votersOfConsensus(usual), []);
    const [all, alone] = [
      usualGrants('hotstuff', STATEMENT_WORDS, OPERATIONS),
      usualGrants('hotstuff', STATEMENT_WORDS, ['membership']),
    ];
    const matrix = [
      { name: 'consensus', pins: [A], grants: all },
      { name: 'operator', pins: [B], grants: alone },
    ];
    assert.deepEqual(votersOfConsensus(matrix), ['consensus'], 'the operator votes, and does nothing else');
  });

  test('names what an edit would allow more', () => {
    const grants = usualGrants('hotstuff', STATEMENT_WORDS).map((grant) => ({
      ...grant,
      rate: { burst: 999, perSecond: 1 },
    }));
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
        kind: fc.constantFrom(undefined, 'prepare', 'pre-commit', 'commit'),
        rate: fc.record({ burst: fc.integer({ min: 1, max: 9 }), perSecond: fc.integer({ min: 1, max: 9 }) }),
      }),
      { selector: ({ operation, protocol, kind }) => `${operation} ${protocol} ${kind}` },
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
