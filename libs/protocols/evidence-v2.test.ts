import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { LARGEST_SIZES } from '#libs/chain/federation-sizes.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { EVIDENCE_BYTES_MAX } from '#libs/protocol/limits.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { blockNamed, said } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLie, roundsVote } from '#test/support/protocol/rounds-votes.ts';
import { decodeEvidence, type EvidenceTables, encodeEvidence, evidenceDigest } from './evidence-codec.ts';
import { voteTableOf } from './protocols.ts';

interface Said {
  readonly kind: string;
  readonly instance: string;
  readonly view: string;
  readonly block?: { readonly height: string; readonly digest: string };
  readonly reports: readonly {
    readonly instance: string;
    readonly view: string;
    readonly digest: string;
  }[];
}

interface Vectors {
  readonly evidence: readonly {
    readonly name: string;
    readonly kind: string;
    readonly protocol: string;
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

const file = new URL('../../test/vectors/evidence-v2.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail(hex);
/** A reader that knows the rounds and HotStuff. */
const tables: EvidenceTables = (protocol) => (protocol === 'rounds' ? ROUNDS_TABLE : undefined);

function statementOf({ kind, instance, view, block, reports }: Said): VoteStatement {
  const place = { kind, instance: BigInt(instance), view: toView(BigInt(view)) };
  return {
    ...place,
    block: block && { height: toHeight(BigInt(block.height)), digest: toDigest(block.digest) },
    reports: reports.map((each) => ({
      instance: BigInt(each.instance),
      view: toView(BigInt(each.view)),
      digest: toDigest(each.digest),
    })),
  };
}

describe('the published evidence of version 2', () => {
  for (const each of vectors.evidence) {
    test(`F-31 is written and named so: ${each.name}`, () => {
      const member = toMemberIndex(each.member);
      const claims = [
        { member, statement: statementOf(each.second), signature: bytes(each.secondSignature) },
        { member, statement: statementOf(each.first), signature: bytes(each.firstSignature) },
      ] as const;
      const chain = toDigest(each.chain);
      // The pair in the other order: the canonical order of a pair is found from either.
      const evidence = evidenceOf(...claims, toEpoch(BigInt(each.epoch)), ROUNDS_TABLE) ?? assert.fail();
      assert.deepEqual([evidence.kind, evidence.protocol], [each.kind, each.protocol]);
      assert.equal(toHex(encodeEvidence(evidence, chain)), each.content);
      assert.equal(evidenceDigest(evidence, chain), each.digest);
      assert.deepEqual(decodeEvidence(bytes(each.content), tables), { ok: true, chain, evidence });
    });

    test(`F-31 is none to a reader that does not know the protocol: ${each.name}`, () => {
      assert.deepEqual(decodeEvidence(bytes(each.content), voteTableOf), {
        ok: false,
        fault: 'evidence of a protocol that is not known here',
        unknownProtocol: each.protocol,
      });
    });
  }

  for (const { name, content } of vectors.refused) {
    test(`F-31 is not: ${name}`, () => {
      assert.equal(decodeEvidence(bytes(content), tables).ok, false);
      assert.equal(decodeEvidence(bytes(content), voteTableOf).ok, false);
    });
  }
});

const CHAIN = blockNamed('c');
const EPOCH = toEpoch(3n);
const small = fc.bigInt({ min: 0n, max: 3n });
const letter = fc.constantFrom('a', 'b');
const anyVote = fc
  .tuple(fc.constantFrom('proposal', 'prepare', 'reject', 'commit'), small, small, letter)
  .map((fields) => roundsVote(...fields));
const anyLeave = fc
  .tuple(small, small, fc.array(fc.tuple(small, small, letter), { maxLength: 3 }))
  .map(([instance, view, told]): VoteStatement => {
    const reports = told.map(([of, at, name]) => ({
      instance: of,
      view: toView(at),
      digest: blockNamed(name),
    }));
    return { kind: 'leave', instance, view: toView(view), block: undefined, reports };
  });
const anyStatement = fc.oneof(anyVote, anyLeave);
const anyEvidence: fc.Arbitrary<Evidence> = fc
  .tuple(anyStatement, anyStatement, fc.nat({ max: 600 }), fc.uint8Array({ minLength: 1, maxLength: 9 }))
  .map(([a, b, member, signature]) =>
    evidenceOf(said(member, a, signature), said(member, b), EPOCH, ROUNDS_TABLE),
  )
  .filter((evidence) => evidence !== undefined);

describe('the encoding of evidence of a protocol with an instance for each height', () => {
  test('comes back as it was, with any number of reports', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const decoded = decodeEvidence(encodeEvidence(evidence, CHAIN), tables);
        assert.deepEqual(decoded, { ok: true, chain: CHAIN, evidence });
      }),
    );
  });

  test('is canonical: what decodes is what its content encodes to', () => {
    fc.assert(
      fc.property(anyEvidence, fc.nat(), fc.nat({ max: 255 }), (evidence, at, value) => {
        const changed = encodeEvidence(evidence, CHAIN);
        changed[at % changed.length] = value;
        const decoded = decodeEvidence(changed, tables);
        if (decoded.ok) assert.deepEqual(encodeEvidence(decoded.evidence, decoded.chain), changed);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never throws, whatever the bytes behind the prefix', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        decodeEvidence(Buffer.concat([Buffer.from('btcfed/evidence/v2'), rest]), tables);
      }),
    );
  });

  test('is refused cut short anywhere', () => {
    const content = bytes(vectors.evidence[0]?.content ?? '');
    for (let end = 0; end < content.length; end++)
      assert.equal(decodeEvidence(content.subarray(0, end), tables).ok, false, `${end}`);
  });

  test('fits into the bound with the largest signatures and as many reports as a statement may have', () => {
    const signature = new Uint8Array(LARGEST_SIZES.signatureBytesMax);
    const leave = (letterOf: string) => {
      const reports = Array.from({ length: 16 }, () => ({
        ...{ instance: 5n, view: toView(0n), digest: blockNamed(letterOf) },
      }));
      return said(1, { kind: 'leave', instance: 5n, view: toView(1n), block: undefined, reports }, signature);
    };
    const evidence = evidenceOf(leave('a'), leave('b'), EPOCH, ROUNDS_TABLE) ?? assert.fail();
    const content = encodeEvidence(evidence, CHAIN);
    assert.ok(content.length <= EVIDENCE_BYTES_MAX);
    assert.equal(decodeEvidence(content, tables).ok, true);
  });
});

describe('the digest of evidence of version 2', () => {
  const lie = roundsLie();

  test('does not depend on signatures, of which a liar can make any number', () => {
    const again = { ...lie, first: { ...lie.first, signature: Uint8Array.of(7, 7) } };
    assert.equal(evidenceDigest(again, CHAIN), evidenceDigest(lie, CHAIN));
  });

  test('differs for another protocol', () => {
    assert.notEqual(evidenceDigest({ ...lie, protocol: 'others' }, CHAIN), evidenceDigest(lie, CHAIN));
  });
});
