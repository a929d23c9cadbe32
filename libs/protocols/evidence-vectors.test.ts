import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { decodeEvidence, encodeEvidence, evidenceDigest } from './evidence-codec.ts';
import { voteTableOf } from './protocols.ts';

type Said =
  | { kind: 'timeout'; view: string; highView: string; highDigest: string }
  | { kind: 'proposal' | 'prepare' | 'pre-commit' | 'commit'; view: string; height: string; digest: string };

interface Vectors {
  readonly evidence: readonly {
    readonly name: string;
    readonly kind: string;
    readonly chain: string;
    readonly epoch: string;
    readonly member: number;
    readonly first: Said;
    readonly firstSignature: string;
    readonly second: Said;
    readonly secondSignature: string;
    readonly content: string;
    readonly digest: string;
  }[];
  readonly refused: readonly { name: string; content: string }[];
}

const file = new URL('../../test/vectors/evidence.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(hex);

function statementOf(said: Said): VoteStatement {
  const view = toView(BigInt(said.view));
  if (said.kind === 'timeout') {
    const { highView, highDigest } = said;
    return timeoutStatement(view, { view: toView(BigInt(highView)), digest: toDigest(highDigest) });
  }
  const { kind, height, digest } = said;
  return blockStatement(kind, view, { height: toHeight(BigInt(height)), digest: toDigest(digest) });
}

describe('the published evidence', () => {
  for (const each of vectors.evidence) {
    test(`F-31 is written and named so: ${each.name}`, () => {
      const member = toMemberIndex(each.member);
      const claim = (said: Said, signature: string) => ({
        ...{ member, statement: statementOf(said) },
        signature: bytes(signature),
      });
      const [first, second] = [
        claim(each.first, each.firstSignature),
        claim(each.second, each.secondSignature),
      ];
      const chain = toDigest(each.chain);
      // The pair in the other order: the canonical order of a pair is found from either.
      const evidence =
        evidenceOf(second, first, toEpoch(BigInt(each.epoch)), HOTSTUFF_TABLE) ?? assert.fail();
      assert.equal(evidence.kind, each.kind);
      assert.equal(toHex(encodeEvidence(evidence, chain)), each.content);
      assert.equal(evidenceDigest(evidence, chain), each.digest);
      assert.deepEqual(decodeEvidence(bytes(each.content), voteTableOf), { ok: true, chain, evidence });
    });
  }

  for (const { name, content } of vectors.refused) {
    test(`F-31 is not: ${name}`, () => assert.equal(decodeEvidence(bytes(content), voteTableOf).ok, false));
  }
});
