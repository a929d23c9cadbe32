import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { memberOf } from '#test/support/chain/membership.ts';
import { decodeBallots, encodeBallots } from './ballots.ts';
import { changeDigest, decodeChange, encodeChange } from './change.ts';
import { decodeHandover, encodeHandover } from './handover.ts';
import type { NamedProtocol } from './term-sections.ts';
import { decodeMembershipVote, encodeMembershipVote } from './vote.ts';

interface Vector {
  readonly name: string;
  readonly change: {
    readonly chain: string;
    readonly epoch: number;
    readonly leave: readonly string[];
    readonly join: readonly number[];
  };
  readonly terms: {
    readonly needs: string;
    readonly protocol?: NamedProtocol;
    readonly parameters: Readonly<Record<string, number>>;
    readonly others: readonly { readonly tag: number; readonly content: string }[];
  };
  readonly bytes: string;
  readonly digest: string;
  readonly transaction: string;
  readonly handover: string;
  readonly ballots: string;
}

const { vectors } = JSON.parse(readFileSync('test/vectors/terms.json', 'utf8')) as { vectors: Vector[] };
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail('not hex');

describe('a change with terms, its vote, its handover and the section of votes', () => {
  for (const { name, change, terms: said, ...expected } of vectors) {
    test(`have the bytes of the vector: ${name}`, () => {
      const others = said.others.map(({ tag, content }) => ({ tag, content: bytesOf(content) }));
      const terms = { ...said, others };
      const roster = change.join.map((number) => memberOf(number));
      const chain = toDigest(change.chain);
      const epoch = toEpoch(BigInt(change.epoch));
      const read = { chain, epoch, leave: change.leave, join: roster, terms };
      assert.equal(toHex(encodeChange(read)), expected.bytes);
      assert.deepEqual(decodeChange(bytesOf(expected.bytes)), read);
      assert.equal(changeDigest(read), expected.digest);
      const [goodUntil, member] = [toHeight(604_800n), toMemberIndex(2)];
      const signature = Uint8Array.of(7);
      const vote = encodeMembershipVote({ change: read, goodUntil, member, signature });
      assert.equal(toHex(vote), expected.transaction);
      assert.deepEqual(decodeMembershipVote(vote)?.change, read);
      const handover = { chain, epoch, roster, terms };
      assert.equal(toHex(encodeHandover(handover)), expected.handover);
      assert.deepEqual(decodeHandover(bytesOf(expected.handover)), handover);
      const digest = toDigest(expected.digest);
      const ballot = { change: read, digest, voters: new Map([[member, goodUntil]]) };
      const held = { ballots: [ballot], adopted: { digest, lastHeight: toHeight(9n), roster, terms } };
      assert.equal(toHex(encodeBallots(held)), expected.ballots);
      assert.deepEqual(decodeBallots(bytesOf(expected.ballots)), held);
    });
  }
});
