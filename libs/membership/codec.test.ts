import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { memberOf } from '../../test/support/membership.ts';
import { toHex } from '../bytes/hex.ts';
import { toDigest, toEpoch, toMemberIndex } from '../chain/ids.ts';
import { changeDigest, decodeChange, encodeChange, type MembershipChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import {
  decodeMembershipVote,
  encodeMembershipVote,
  isMembershipVote,
  membershipSigningBytes,
} from './vote.ts';

const anyName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,31}$/);
const anyBytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
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
      fc.property(anyChange, fc.nat(511), anyBytes(40), (change, member, signature) => {
        const vote = { change, member: toMemberIndex(member), signature };
        const bytes = encodeMembershipVote(vote);
        assert.ok(isMembershipVote(bytes));
        assert.deepEqual(decodeMembershipVote(bytes), { ...vote, digest: changeDigest(change) });
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeMembershipVote(bytes)));
    assert.equal(decodeMembershipVote(Buffer.from('btcfed/membership/v1')), undefined);
  });

  const { vectors } = JSON.parse(readFileSync('test/vectors/membership.json', 'utf8')) as {
    vectors: {
      name: string;
      protocol: string;
      change: Vector;
      bytes: string;
      digest: string;
      signed: string;
      handover: string;
    }[];
  };
  for (const { name, protocol, change, bytes, digest, signed, handover } of vectors) {
    test(`FED-01 FED-08 and what is signed are those of the vector ${name}: bound to chain, protocol and epoch`, () => {
      const read = changeOf(change);
      assert.equal(toHex(encodeChange(read)), bytes);
      assert.equal(changeDigest(read), digest);
      assert.equal(toHex(membershipSigningBytes(protocol, read, changeDigest(read))), signed);
      const { chain, epoch, join } = read;
      assert.equal(toHex(encodeHandover({ chain, epoch, roster: join })), handover);
      assert.deepEqual(decodeHandover(Buffer.from(handover, 'hex'))?.roster, join);
    });
  }

  test('FED-01 are of another federation when chain, protocol or epoch are', () => {
    const [vector] = vectors;
    const change = changeOf(vector?.change ?? assert.fail());
    const signed = (protocol: string, part: Partial<MembershipChange> = {}) =>
      toHex(membershipSigningBytes(protocol, { ...change, ...part }, changeDigest(change)));
    const all = [
      signed('hotstuff'),
      signed('pbft'),
      signed('hotstuff', { epoch: toEpoch(9n) }),
      signed('hotstuff', { chain: toDigest('b'.repeat(64)) }),
    ];
    assert.equal(new Set(all).size, 4);
  });
});

interface Vector {
  readonly chain: string;
  readonly epoch: number;
  readonly leave: readonly string[];
  /** Members of these numbers, as test/support/membership.ts makes them. */
  readonly join: readonly number[];
}

function changeOf({ chain, epoch, leave, join }: Vector): MembershipChange {
  const members = join.map((number) => memberOf(number));
  return { chain: toDigest(chain), epoch: toEpoch(BigInt(epoch)), leave, join: members };
}
