import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Decoder } from '#libs/bytes/decoder.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { deskOf } from '#libs/chain/system-transactions.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { auditedMemberOf, memberOf, rosterOf } from '#test/support/chain/membership.ts';
import { decodeBallots, encodeBallots } from './ballots.ts';
import { changeDigest, decodeChange, encodeChange, type MembershipChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import { CHANGE_BYTES_MAX, HANDOVER_BYTES_MAX, MEMBER_KEYS_BYTES_MAX } from './limits.ts';
import { keyFor, type MemberKey, putKey } from './member-keys.ts';
import type { NewTerms } from './new-terms.ts';
import { type MemberFacts, putKeyedRoster, type Roster, takeKeyedRoster } from './roster.ts';

const BASE = { chain: toDigest('ab'.repeat(32)), epoch: toEpoch(3n) };
const TERMS: NewTerms = { needs: '0.2.0', parameters: { view_timeout_ms: 5 }, others: [] };

const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength });
/** Purposes of this version and of later ones; those need the version that the roster says. */
const anyKeys: fc.Arbitrary<readonly MemberKey[]> = fc
  .uniqueArray(
    fc.record(
      {
        purpose: fc.oneof(fc.constant(5), fc.integer({ min: 3, max: 65_535 })),
        scheme: fc.stringMatching(/^[a-z0-9-]{0,32}$/),
        publicKey: anyBytes(60),
        proof: anyBytes(60),
      },
      { noNullPrototype: true },
    ),
    { selector: ({ purpose }) => purpose, maxLength: 3 },
  )
  .map((keys) =>
    keys
      .toSorted((one, other) => one.purpose - other.purpose)
      .map((key) => (key.purpose === 5 ? key : { ...key, needs: '1.4.0' })),
  );
const anyRoster: fc.Arbitrary<Roster> = fc
  .array(anyKeys, { maxLength: 4 })
  .map((all) => all.map((keys, at) => (keys.length === 0 ? memberOf(at) : memberOf(at, { keys }))));
const anyTerms = fc.constantFrom({}, { terms: TERMS });

function rosterBytes(roster: Roster): Uint8Array {
  return putKeyedRoster(new Encoder(), roster).finish();
}

function readRoster(bytes: Uint8Array): Roster | undefined {
  const decoder = new Decoder(bytes);
  const roster = takeKeyedRoster(decoder);
  return decoder.isWhole ? roster : undefined;
}

/** A roster as another program might write it: any keys of one member, after any version. */
function written(needs: string, keys: readonly Omit<MemberKey, 'needs'>[]): Roster | undefined {
  const encoder = new Encoder().text(needs).u32(1).text('m0').u64(1n).u32(keys.length);
  for (const key of keys) putKey(encoder, key);
  return readRoster(encoder.finish());
}

describe('the bytes of members with further keys', () => {
  test('of a change, a handover and the votes are read back, and nothing else is read as them', () => {
    fc.assert(
      fc.property(anyRoster, anyTerms, fc.nat(), fc.nat(255), (roster, terms, place, value) => {
        const change: MembershipChange = { ...BASE, leave: ['m9'], join: roster, ...terms };
        const digest = changeDigest(change);
        const adopted = { digest, lastHeight: toHeight(7n), roster, ...terms };
        const voters = new Map([[toMemberIndex(2), toHeight(9n)]]);
        const held = { ballots: [{ change, digest, voters }], adopted };
        sameAgain(change, encodeChange, decodeChange, { place, value });
        sameAgain({ ...BASE, roster, ...terms }, encodeHandover, decodeHandover, { place, value });
        sameAgain(held, encodeBallots, decodeBallots, { place, value });
      }),
    );
  });

  test('are of an earlier version where no member has one', () => {
    for (const terms of [undefined, TERMS]) {
      const version = terms === undefined ? 1 : 2;
      const handover = encodeHandover({ ...BASE, roster: rosterOf(4), ...(terms && { terms }) });
      assert.equal(Buffer.from(handover).subarray(0, 18).toString(), `btcfed/handover/v${version}`);
      const keyed = encodeHandover({ ...BASE, roster: [auditedMemberOf(1)], ...(terms && { terms }) });
      assert.equal(Buffer.from(keyed).subarray(0, 18).toString(), 'btcfed/handover/v3');
      assert.equal(deskOf(transactionOf(keyed)), 'handover');
    }
    const empty = rosterBytes([memberOf(1, { keys: [] })]);
    assert.equal(readRoster(empty), undefined, 'version 2 that says nothing new');
    const leaving = encodeChange({ ...BASE, leave: ['m1'], join: [] });
    assert.equal(Buffer.from(leaving).subarray(4, 31).toString(), 'btcfed/membership-change/v1');
  });

  test('of a handover are refused where a name is no text, in each version', () => {
    for (const member of [memberOf(1), auditedMemberOf(1)]) {
      for (const terms of [{}, { terms: TERMS }]) {
        const bytes = Buffer.from(encodeHandover({ ...BASE, roster: [member], ...terms }));
        bytes[bytes.indexOf('m1')] = 0xff;
        assert.equal(decodeHandover(bytes), undefined);
      }
    }
  });

  test('never make a reader throw', () => {
    fc.assert(fc.property(anyBytes(300), (bytes) => void readRoster(bytes)));
  });

  test('stay within the bounds of changes and handovers, however many members have them', () => {
    const long = { purpose: 9, scheme: '', publicKey: new Uint8Array(MEMBER_KEYS_BYTES_MAX - 14) };
    const keys = [{ ...long, proof: new Uint8Array(0), needs: '99999.99999.99999' }];
    const roster = Array.from({ length: 512 }, (_, at) => ({
      ...memberOf(at, { name: String(at).padStart(32, 'm'), publicKey: new Uint8Array(64) }),
      keys,
    }));
    const terms = { needs: '99999.99999.99999', others: [{ tag: 9, content: new Uint8Array(8_186) }] };
    const handover = { ...BASE, roster, terms };
    assert.deepEqual(decodeHandover(encodeHandover(handover)), handover);
    assert.ok(encodeHandover(handover).length <= HANDOVER_BYTES_MAX);
    const change = { ...BASE, leave: roster.map(({ name }) => name), join: roster, terms };
    assert.ok(encodeChange(change).length <= CHANGE_BYTES_MAX);
  });

  const plain = memberOf(0);
  const none = new Uint8Array(0);
  const consensus = { purpose: 1, scheme: '', publicKey: plain.publicKey, proof: none };
  const gateway = { purpose: 2, scheme: 'ed25519', publicKey: plain.gatewayPublicKey, proof: none };
  const [audit = assert.fail()] = auditedMemberOf(0).keys ?? [];
  const vrf = { ...audit, purpose: 3 };
  const later = { ...audit, purpose: 6 };
  const part = (sizeBytes: number, purpose: number) => ({
    ...later,
    purpose,
    publicKey: new Uint8Array(sizeBytes),
  });

  test('are read in their one form', () => {
    assert.deepEqual(written('0.2.0', [consensus, gateway, audit]), [{ ...plain, keys: [audit] }]);
    assert.deepEqual(written('0.9.0', [consensus, gateway, vrf, audit]), [
      { ...plain, keys: [{ ...vrf, needs: '0.9.0' }, audit] },
    ]);
  });

  test('are read with any version, which all keys then carry: a version that has a rule more reads no other bytes', () => {
    for (const needs of ['0.1.0', '0.3.0', '9.0.0'])
      assert.deepEqual(written(needs, [consensus, gateway, audit]), [
        { ...plain, keys: [{ ...audit, needs }] },
      ]);
    const keys = [
      { ...vrf, needs: '0.1.0' },
      { ...audit, needs: '0.1.0' },
    ];
    assert.deepEqual(written('0.1.0', [consensus, gateway, vrf, audit]), [{ ...plain, keys }]);
  });

  test('are read whatever the purposes and the version, and come back to the byte', () => {
    const anyVersion = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(99_999)).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(anyRoster, anyVersion, (roster, needs) => {
        const said = roster.map(({ keys = [], ...facts }) => {
          return keys.length === 0 ? facts : { ...facts, keys: keys.map((key) => ({ ...key, needs })) };
        });
        const bytes = rosterBytes(said);
        const read = readRoster(bytes);
        assert.equal(
          read === undefined,
          roster.every(({ keys = [] }) => keys.length === 0),
        );
        if (read !== undefined) assert.deepEqual(rosterBytes(read), bytes);
      }),
    );
  });

  test('are refused where a member says fewer keys than each has, and has them', () => {
    for (const said of [0, 1, 2]) {
      const encoder = new Encoder().text('0.2.0').u32(2).text('m0').u64(1n).u32(said);
      for (const key of [consensus, gateway]) putKey(encoder, key);
      encoder.text('m1').u64(1n).u32(3);
      for (const key of [consensus, gateway, audit]) putKey(encoder, key);
      assert.equal(readRoster(encoder.finish()) === undefined, said < 2);
    }
  });

  const REFUSED: readonly (readonly [string, Roster | undefined])[] = [
    ['without a further key', written('', [consensus, gateway])],
    ['without a consensus key', written('0.2.0', [gateway, audit])],
    ['without a gateway key', written('0.2.0', [consensus, audit])],
    ['with a purpose twice', written('0.2.0', [consensus, gateway, audit, audit])],
    ['with a second gateway key', written('0.2.0', [consensus, gateway, gateway, audit])],
    ['with purposes that descend', written('0.9.0', [consensus, gateway, audit, vrf])],
    ['with gateway before consensus', written('0.2.0', [gateway, consensus, audit])],
    ['with purpose 0', written('0.9.0', [{ ...audit, purpose: 0 }, consensus, gateway])],
    [
      'with a consensus key that names a scheme',
      written('0.2.0', [{ ...consensus, scheme: 'x' }, gateway, audit]),
    ],
    [
      'with a gateway key of another scheme',
      written('0.2.0', [consensus, { ...gateway, scheme: '' }, audit]),
    ],
    [
      'with a proof of the consensus key',
      written('0.2.0', [{ ...consensus, proof: audit.proof }, gateway, audit]),
    ],
    [
      'with a proof of the gateway key',
      written('0.2.0', [consensus, { ...gateway, proof: audit.proof }, audit]),
    ],
    [
      'with a short gateway key',
      written('0.2.0', [consensus, { ...gateway, publicKey: audit.proof.subarray(0, 31) }, audit]),
    ],
    [
      'with a consensus key that is too long',
      written('0.2.0', [{ ...consensus, publicKey: new Uint8Array(65) }, gateway, audit]),
    ],
    ['with a version that is none', written('later', [consensus, gateway, vrf])],
    ['without a version for a later purpose', written('', [consensus, gateway, later])],
    [
      'with a scheme that is too long',
      written('0.2.0', [consensus, gateway, { ...audit, scheme: 'x'.repeat(33) }]),
    ],
    [
      'with keys that are too long together',
      written('0.9.0', [consensus, gateway, part(200, 7), part(200, 8)]),
    ],
    [
      'with too many keys',
      written('0.9.0', [
        consensus,
        gateway,
        ...Array.from({ length: 17 }, (_, at) => ({
          ...later,
          purpose: 7 + at,
          publicKey: none,
          proof: none,
        })),
      ]),
    ],
  ];
  for (const [name, roster] of REFUSED) test(`are refused ${name}`, () => assert.equal(roster, undefined));
});

describe('the key of a member for a purpose', () => {
  test('is that of its roster, or none', () => {
    const member: MemberFacts = auditedMemberOf(7);
    assert.deepEqual(keyFor(member, 'audit'), member.keys?.[0]?.publicKey);
    assert.equal(keyFor(member, 'vrf'), undefined);
    assert.equal(keyFor(memberOf(7), 'audit'), undefined);
  });
});

/** Bytes come back to their value; with one of them changed they are refused, or are those of another value. */
function sameAgain<Value>(
  value: Value,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => Value | undefined,
  bent: { readonly place: number; readonly value: number },
): void {
  const bytes = encode(value);
  assert.deepEqual(decode(bytes), value);
  const other = bytes.with(bent.place % bytes.length, bent.value);
  const read = decode(other);
  if (read !== undefined) assert.deepEqual(encode(read), other);
  assert.equal(decode(bytes.subarray(0, -1)), undefined);
  assert.equal(decode(Uint8Array.of(...bytes, 0)), undefined);
}
