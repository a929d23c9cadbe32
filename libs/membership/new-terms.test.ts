import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { deskOf } from '#libs/chain/system-transactions.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { rosterOf } from '#test/support/chain/membership.ts';
import { type Ballots, decodeBallots, encodeBallots } from './ballots.ts';
import { changeDigest, decodeChange, encodeChange, type MembershipChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import { CHANGE_BYTES_MAX, TERMS_SECTIONS_BYTES_MAX } from './limits.ts';
import { type NewTerms, putNewTerms, takeNewTerms } from './new-terms.ts';

const CHAIN = toDigest('ab'.repeat(32));
const BASE = { chain: CHAIN, epoch: toEpoch(3n) };

const anyName = fc.stringMatching(/^[a-z][a-z0-9_]{0,63}$/);
const anyParameters = fc
  .uniqueArray(fc.tuple(anyName, fc.nat(Number.MAX_SAFE_INTEGER)), {
    selector: ([name]) => name,
    maxLength: 20,
  })
  .map((values) => Object.fromEntries(values));
const anyOthers = fc
  .uniqueArray(
    fc.record(
      { tag: fc.integer({ min: 3, max: 65_535 }), content: fc.uint8Array({ maxLength: 60 }) },
      { noNullPrototype: true },
    ),
    {
      selector: ({ tag }) => tag,
      maxLength: 5,
    },
  )
  .map((sections) => sections.toSorted((one, other) => one.tag - other.tag));
const anyTerms: fc.Arbitrary<NewTerms> = fc
  .record(
    {
      needs: fc.constantFrom('0.2.0', '1.0.0', '99999.99999.99999'),
      protocol: fc.record(
        { id: fc.stringMatching(/^[a-z]{1,20}$/), version: fc.nat() },
        { noNullPrototype: true },
      ),
      parameters: anyParameters,
      others: anyOthers,
    },
    { requiredKeys: ['needs', 'others'], noNullPrototype: true },
  )
  .filter(({ protocol, parameters, others }) => (protocol ?? parameters ?? others[0]) !== undefined);
const anyChange: fc.Arbitrary<MembershipChange> = fc
  .record({ leaving: fc.nat(3), joining: fc.nat(3), terms: anyTerms })
  .map(({ leaving, joining, terms }) => ({
    ...BASE,
    leave: rosterOf(leaving).map(({ name }) => name),
    join: rosterOf(joining, 20),
    terms,
  }));

/** Terms as another program might write them: sections in any order, with any bytes. */
function written(needs: string, sections: readonly (readonly [number, Uint8Array])[]): NewTerms | undefined {
  const encoder = new Encoder().text(needs).u32(sections.length);
  for (const [tag, content] of sections) encoder.u16(tag).prefixed(content);
  const decoder = new Decoder(encoder.finish());
  const terms = takeNewTerms(decoder);
  return decoder.isWhole ? terms : undefined;
}

const numbers = (...all: readonly (readonly [string, bigint])[]): Uint8Array => {
  const encoder = new Encoder().u32(all.length);
  for (const [name, value] of all) encoder.text(name).u64(value);
  return encoder.finish();
};
const named = (id: string): Uint8Array => new Encoder().text(id).u32(1).finish();

describe('the bytes of new terms', () => {
  test('of a change are read back, and nothing else is read as them', () => {
    fc.assert(
      fc.property(anyChange, fc.nat(), fc.nat(255), (change, place, value) => {
        const bytes = encodeChange(change);
        assert.deepEqual(decodeChange(bytes), change);
        const other = bytes.with(place % bytes.length, value);
        const read = decodeChange(other);
        if (read !== undefined) assert.deepEqual(encodeChange(read), other);
        assert.equal(decodeChange(Uint8Array.of(...bytes, 0)), undefined);
        assert.equal(decodeChange(bytes.subarray(0, -1)), undefined);
      }),
    );
  });

  test('of a handover are read back, whatever else bytes are', () => {
    fc.assert(
      fc.property(anyTerms, fc.nat(4), fc.nat(), fc.nat(255), (terms, members, place, value) => {
        const handover = { ...BASE, roster: rosterOf(members), terms };
        const bytes = encodeHandover(handover);
        assert.deepEqual(decodeHandover(bytes), handover);
        assert.equal(deskOf(transactionOf(bytes)), 'handover');
        const read = decodeHandover(bytes.with(place % bytes.length, value));
        assert.ok(read === undefined || read.roster.length <= 512);
        assert.equal(decodeHandover(bytes.subarray(0, -1)), undefined);
        assert.equal(decodeHandover(Uint8Array.of(...bytes, 0)), undefined);
      }),
    );
  });

  test('of adopted terms come back with the votes, and move nothing where none are adopted', () => {
    fc.assert(
      fc.property(anyChange, fc.nat(), fc.nat(255), (change, place, value) => {
        const digest = changeDigest(change);
        const voters = new Map([[toMemberIndex(2), toHeight(9n)]]);
        const { terms } = change;
        const adopted = { digest, lastHeight: toHeight(7n), roster: rosterOf(4), ...(terms && { terms }) };
        const held: Ballots = { ballots: [{ change, digest, voters }], adopted };
        const bytes = encodeBallots(held);
        assert.deepEqual(decodeBallots(bytes), held);
        const read = decodeBallots(bytes.with(place % bytes.length, value));
        if (read !== undefined)
          assert.deepEqual(encodeBallots(read), bytes.with(place % bytes.length, value));
        const open = encodeBallots({ ...held, adopted: undefined });
        assert.equal(Buffer.from(open).subarray(4, 21).toString(), 'btcfed/ballots/v1');
        assert.deepEqual(decodeBallots(open), { ...held, adopted: undefined });
      }),
    );
  });

  test('are of version 1 where nothing new is said', () => {
    const change = { ...BASE, leave: ['m1'], join: [] };
    assert.equal(Buffer.from(encodeChange(change)).subarray(4, 31).toString(), 'btcfed/membership-change/v1');
    const handover = encodeHandover({ ...BASE, roster: rosterOf(1) });
    assert.equal(Buffer.from(handover).subarray(0, 18).toString(), 'btcfed/handover/v1');
    const relabelled = Buffer.from(encodeChange(change));
    relabelled.write('2', 30);
    assert.equal(decodeChange(relabelled), undefined);
    const other = Buffer.from(handover);
    other.write('2', 17);
    assert.equal(decodeHandover(other), undefined);
  });

  test('never make a reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void takeNewTerms(new Decoder(bytes))),
    );
  });

  test('fit the bound of a change, however much they say', () => {
    const content = new Uint8Array(TERMS_SECTIONS_BYTES_MAX - 6);
    const terms = { needs: '99999.99999.99999', others: [{ tag: 9, content }] };
    const encoder = putNewTerms(new Encoder(), terms);
    assert.deepEqual(takeNewTerms(new Decoder(encoder.finish())), terms);
    assert.ok(encodeChange({ ...BASE, leave: [], join: [], terms }).length < CHANGE_BYTES_MAX);
  });

  test('take the longest name of a protocol', () => {
    const id = 'x'.repeat(32);
    assert.equal(written('0.2.0', [[1, named(id)]])?.protocol?.id, id);
  });

  const big = new Uint8Array(TERMS_SECTIONS_BYTES_MAX);
  const REFUSED: readonly (readonly [string, NewTerms | undefined])[] = [
    ['without a section', written('0.2.0', [])],
    ['with a version that is none', written('0.2', [[2, numbers(['a', 1n])]])],
    ['with tag 0', written('0.2.0', [[0, big.subarray(0, 1)]])],
    [
      'with a tag twice',
      written('0.2.0', [
        [9, big.subarray(0, 1)],
        [9, big.subarray(0, 1)],
      ]),
    ],
    [
      'with tags that descend',
      written('0.2.0', [
        [2, numbers(['a', 1n])],
        [1, named('p')],
      ]),
    ],
    ['with a section that is too long', written('0.2.0', [[9, big]])],
    [
      'with sections that are too long together',
      written('0.2.0', [
        [9, big.subarray(6)],
        [10, big.subarray(0, 1)],
      ]),
    ],
    [
      'with too many sections',
      written(
        '0.2.0',
        Array.from({ length: 17 }, (_, at) => [at + 3, big.subarray(0, 1)]),
      ),
    ],
    ['with names that descend', written('0.2.0', [[2, numbers(['b', 1n], ['a', 1n])]])],
    ['with a name twice', written('0.2.0', [[2, numbers(['a', 1n], ['a', 1n])]])],
    ['with a name that is none', written('0.2.0', [[2, numbers(['__proto__', 1n])]])],
    ['with a number that no reader holds', written('0.2.0', [[2, numbers(['a', 2n ** 53n])]])],
    ['with bytes after the numbers', written('0.2.0', [[2, Uint8Array.of(0, 0, 0, 0, 1)]])],
    ['with a protocol that is cut short', written('0.2.0', [[1, Uint8Array.of(0, 0, 0, 1)]])],
    ['with a protocol of a name too long', written('0.2.0', [[1, named('x'.repeat(33))]])],
    ['with more numbers than there may be', written('0.2.0', [[2, numbers(...manyNumbers(65))]])],
  ];
  for (const [name, read] of REFUSED) {
    test(`are refused: ${name}`, () => assert.equal(read, undefined));
  }
});

function manyNumbers(count: number): readonly (readonly [string, bigint])[] {
  return Array.from({ length: count }, (_, at) => [`n${100 + at}`, 1n] as const);
}
