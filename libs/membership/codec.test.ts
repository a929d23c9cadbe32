import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { hasPrefixOf } from '#libs/chain/system-transactions.ts';
import { memberOf } from '#test/support/chain/membership.ts';
import { changeDigest, decodeChange, encodeChange, type MembershipChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import { decodeMembershipVote, encodeMembershipVote, membershipSigningBytes } from './vote.ts';

const anyName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,31}$/);
const anyBytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyHeight = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(toHeight);
const anyMember = fc
  .tuple(anyName, anyBytes(64), anyBytes(32), fc.bigInt({ min: 1n, max: 2n ** 53n }))
  .map(([name, publicKey, gatewayPublicKey, weight]) => ({ name, publicKey, gatewayPublicKey, weight }));
const anyChange = fc
  .tuple(
    anyBytes(32),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.array(anyName),
    fc.array(anyMember, { maxLength: 5 }),
  )
  .map(([chain, epoch, leave, join]) => ({
    chain: toDigest(toHex(chain)),
    epoch: toEpoch(epoch),
    leave,
    join,
  }));

describe('the bytes of a change', () => {
  test('are read back, and nothing else is read as them', () => {
    fc.assert(
      fc.property(anyChange, fc.nat(), fc.nat(255), (change, place, value) => {
        const bytes = encodeChange(change);
        assert.deepEqual(decodeChange(bytes), change);
        const other = Uint8Array.from(bytes);
        other[place % other.length] = value;
        const read = decodeChange(other);
        if (read !== undefined) assert.deepEqual(encodeChange(read), other);
        assert.equal(decodeChange(Uint8Array.of(...bytes, 0)), undefined);
        assert.equal(decodeChange(bytes.subarray(0, -1)), undefined);
      }),
    );
  });

  test('with a length that lies are refused without making room for it', () => {
    const bytes = Buffer.from(
      encodeChange({ chain: toDigest('0'.repeat(64)), epoch: toEpoch(0n), leave: [], join: [] }),
    );
    bytes.writeUInt32BE(0xffff_ffff, bytes.length - 4);
    assert.equal(decodeChange(bytes), undefined);
    bytes.writeUInt32BE(0xffff_ffff, bytes.length - 8);
    assert.equal(decodeChange(bytes), undefined);
  });
});

describe('the bytes of a vote', () => {
  test('are read back, whatever else bytes are', () => {
    fc.assert(
      fc.property(anyChange, anyHeight, fc.nat(511), anyBytes(40), (change, goodUntil, member, signature) => {
        const vote = { change, goodUntil, member: toMemberIndex(member), signature };
        const bytes = encodeMembershipVote(vote);
        assert.ok(hasPrefixOf('membership', bytes));
        assert.deepEqual(decodeMembershipVote(bytes), { ...vote, digest: changeDigest(change) });
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeMembershipVote(bytes)));
  });

  const { vectors } = JSON.parse(readFileSync('test/vectors/membership.json', 'utf8')) as {
    vectors: {
      name: string;
      protocol: string;
      change: Vector;
      bytes: string;
      digest: string;
      good_until: string;
      signed: string;
      member: number;
      signature: string;
      transaction: string;
      handover: string;
    }[];
  };
  for (const { name, protocol, change, bytes, digest, signed, handover, ...rest } of vectors) {
    test(`FED-01 FED-08 and what is signed are those of the vector ${name}: bound to chain, protocol and epoch`, () => {
      const read = changeOf(change);
      assert.equal(toHex(encodeChange(read)), bytes);
      assert.equal(changeDigest(read), digest);
      const vote = { change: read, digest: changeDigest(read), goodUntil: toHeight(BigInt(rest.good_until)) };
      assert.equal(toHex(membershipSigningBytes(protocol, vote)), signed);
      const given = {
        ...vote,
        member: toMemberIndex(rest.member),
        signature: fromHex(rest.signature) ?? assert.fail(),
      };
      assert.equal(toHex(encodeMembershipVote(given)), rest.transaction);
      assert.deepEqual(decodeMembershipVote(Buffer.from(rest.transaction, 'hex')), given);
      const { chain, epoch, join } = read;
      assert.equal(toHex(encodeHandover({ chain, epoch, roster: join })), handover);
      assert.deepEqual(decodeHandover(Buffer.from(handover, 'hex'))?.roster, join);
    });
  }

  test('F-02: a vote of another version claims to be one, and is none', () => {
    for (const tag of ['btcfed/membership/v1', 'btcfed/membership/v3', 'btcfed/membership/']) {
      const [vector] = vectors;
      const old = Buffer.from(vector?.transaction ?? '', 'hex');
      old.write(tag, 'ascii');
      if (tag.length === 20) assert.equal(decodeMembershipVote(old), undefined, tag);
      assert.ok(hasPrefixOf('membership', Buffer.from(tag)));
      assert.equal(decodeMembershipVote(Buffer.from(tag)), undefined);
    }
    assert.ok(!hasPrefixOf('membership', Buffer.from('btcfed/membership')));
  });

  test('FED-01 F-02: what is signed is of another federation or time when chain, protocol, epoch or height are', () => {
    const [vector] = vectors;
    const change = changeOf(vector?.change ?? assert.fail());
    const digest = changeDigest(change);
    const signed = (protocol: string, part: Partial<MembershipChange> = {}, goodUntil = toHeight(5n)) =>
      toHex(membershipSigningBytes(protocol, { change: { ...change, ...part }, digest, goodUntil }));
    const all = [
      signed('hotstuff'),
      signed('pbft'),
      signed('hotstuff', { epoch: toEpoch(9n) }),
      signed('hotstuff', { chain: toDigest('b'.repeat(64)) }),
      signed('hotstuff', {}, toHeight(6n)),
    ];
    assert.equal(new Set(all).size, 5);
  });
});

interface Vector {
  readonly chain: string;
  readonly epoch: number;
  readonly leave: readonly string[];
  /** Members of these numbers, as test/support/chain/membership.ts makes them. */
  readonly join: readonly number[];
}

function changeOf({ chain, epoch, leave, join }: Vector): MembershipChange {
  const members = join.map((number) => memberOf(number));
  return { chain: toDigest(chain), epoch: toEpoch(BigInt(epoch)), leave, join: members };
}
