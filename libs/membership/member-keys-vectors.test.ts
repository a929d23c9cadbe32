import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { ed25519Verify } from '#libs/crypto/ed25519.ts';
import { decodeBallots, encodeBallots } from './ballots.ts';
import { changeDigest, decodeChange, encodeChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import { keysFault, keysNeed, possessionBytes } from './key-rules.ts';
import type { MemberFacts } from './roster.ts';

interface VectorKey {
  readonly purpose: number;
  readonly scheme: string;
  readonly public_key: string;
  readonly proof: string;
}

interface Vector {
  readonly name: string;
  readonly needs: string;
  readonly followed: boolean;
  readonly change: {
    readonly chain: string;
    readonly epoch: number;
    readonly leave: readonly string[];
    readonly join: readonly {
      readonly name: string;
      readonly public_key: string;
      readonly gateway_public_key: string;
      readonly weight: number;
      readonly keys: readonly VectorKey[];
    }[];
  };
  readonly terms?: { readonly needs: string; readonly parameters: Readonly<Record<string, number>> };
  readonly bytes: string;
  readonly digest: string;
  readonly handover: string;
  readonly ballots: string;
}

interface Vectors {
  readonly vectors: readonly Vector[];
  readonly possession: readonly (VectorKey & {
    readonly member: string;
    readonly signed: string;
    readonly holds: boolean;
  })[];
  readonly strange: readonly { readonly name: string; readonly handover: string }[];
  readonly refused: readonly { readonly name: string; readonly handover: string }[];
}

const { vectors, possession, strange, refused } = JSON.parse(
  readFileSync('test/vectors/member-keys.json', 'utf8'),
) as Vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail('not hex');

function memberIn({ needs, change }: Vector): readonly MemberFacts[] {
  return change.join.map(({ keys, weight, ...member }) => {
    const facts = {
      name: member.name,
      publicKey: bytesOf(member.public_key),
      gatewayPublicKey: bytesOf(member.gateway_public_key),
      weight: BigInt(weight),
    };
    const all = keys.map((key) => ({ ...keyIn(key), ...(key.purpose === 5 ? {} : { needs }) }));
    return all.length === 0 ? facts : { ...facts, keys: all };
  });
}

function keyIn({ purpose, scheme, public_key: publicKey, proof }: VectorKey) {
  return { purpose, scheme, publicKey: bytesOf(publicKey), proof: bytesOf(proof) };
}

describe('a change, a handover and the section of votes with further keys', () => {
  for (const vector of vectors) {
    test(`have the bytes of the vector: ${vector.name}`, () => {
      const { change, terms: said, ...expected } = vector;
      const roster = memberIn(vector);
      const terms = said && { terms: { ...said, others: [] } };
      const chain = toDigest(change.chain);
      const epoch = toEpoch(BigInt(change.epoch));
      const read = { chain, epoch, leave: change.leave, join: roster, ...terms };
      assert.equal(toHex(encodeChange(read)), expected.bytes);
      assert.deepEqual(decodeChange(bytesOf(expected.bytes)), read);
      assert.equal(changeDigest(read), expected.digest);
      const handover = { chain, epoch, roster, ...terms };
      assert.equal(toHex(encodeHandover(handover)), expected.handover);
      assert.deepEqual(decodeHandover(bytesOf(expected.handover)), handover);
      const digest = toDigest(expected.digest);
      const voters = new Map([[toMemberIndex(2), toHeight(604_800n)]]);
      const adopted = { digest, lastHeight: toHeight(9n), roster, ...terms };
      const held = { ballots: [{ change: read, digest, voters }], adopted };
      assert.equal(toHex(encodeBallots(held)), expected.ballots);
      assert.deepEqual(decodeBallots(bytesOf(expected.ballots)), held);
      assert.equal(keysNeed(roster), vector.needs);
      assert.equal(keysFault(roster) === undefined, vector.followed);
    });
  }

  for (const { name, handover } of strange) {
    test(`are read and not followed with ${name}`, () => {
      const read = decodeHandover(bytesOf(handover)) ?? assert.fail('not read');
      assert.equal(toHex(encodeHandover(read)), handover);
      assert.match(keysFault(read.roster) ?? '', /it needs btcfed|says that it needs btcfed/);
    });
  }

  for (const { name, handover } of refused)
    test(`are refused with ${name}`, () => assert.equal(decodeHandover(bytesOf(handover)), undefined));
});

describe('a proof of possession', () => {
  for (const { member, signed, holds, ...key } of possession) {
    test(`of ${member} signs the bytes of the vector, and ${holds ? 'holds' : 'does not hold'}`, () => {
      const { publicKey, proof, ...facts } = keyIn(key);
      const bytes = possessionBytes(member, { ...facts, publicKey });
      assert.equal(toHex(bytes), signed);
      assert.equal(ed25519Verify(publicKey, bytes, proof), holds);
    });
  }
});
