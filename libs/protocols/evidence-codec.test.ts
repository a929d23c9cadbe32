import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LARGEST_SIZES } from '#libs/chain/federation-sizes.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { hasPrefixOf } from '#libs/chain/system-transactions.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { anyClaim, blockNamed, gaveUp, said, spoke } from '#test/support/chain/claims.ts';
import { decodeEvidence, encodeEvidence, evidenceDigest } from './evidence-codec.ts';
import { voteTableOf } from './protocols.ts';

const CHAIN = blockNamed('c');
const EPOCH = toEpoch(3n);

const anyEvidence: fc.Arbitrary<Evidence> = fc
  .tuple(anyClaim, anyClaim)
  .map(([a, b]) => evidenceOf(a, { ...b, member: a.member }, EPOCH, HOTSTUFF_TABLE))
  .filter((evidence) => evidence !== undefined);

const lie = evidenceOf(
  said(1, spoke('prepare', 3, 'a')),
  said(1, spoke('prepare', 3, 'b')),
  EPOCH,
  HOTSTUFF_TABLE,
) as Evidence;
const bytes = encodeEvidence(lie, CHAIN);

function faultOf(changed: Uint8Array): string {
  const decoded = decodeEvidence(changed, voteTableOf);
  return decoded.ok ? '' : decoded.fault;
}

describe('the encoding of evidence', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        assert.deepEqual(decodeEvidence(encodeEvidence(evidence, CHAIN), voteTableOf), {
          ok: true,
          chain: CHAIN,
          evidence,
        });
      }),
    );
  });

  test('is canonical: what decodes is what its content encodes to', () => {
    fc.assert(
      fc.property(anyEvidence, fc.nat(), fc.nat({ max: 255 }), (evidence, at, value) => {
        const changed = encodeEvidence(evidence, CHAIN);
        changed[at % changed.length] = value;
        const decoded = decodeEvidence(changed, voteTableOf);
        if (decoded.ok) assert.deepEqual(encodeEvidence(decoded.evidence, decoded.chain), changed);
      }),
      { numRuns: 2_000 },
    );
  });

  test('begins with the reserved prefix', () => {
    assert.equal(Buffer.from(bytes.subarray(0, 18)).toString('ascii'), 'btcfed/evidence/v1');
    assert.equal(hasPrefixOf('evidence', bytes), true);
    for (const other of ['', 'btcfed/evidence/v', 'btcfed/evidence/v3…', 'xbtcfed/evidence/v1']) {
      assert.equal(hasPrefixOf('evidence', Buffer.from(other)), false, other);
    }
  });

  test('never throws, whatever the bytes behind the prefix', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        decodeEvidence(Buffer.concat([Buffer.from('btcfed/evidence/v1'), rest]), voteTableOf);
      }),
    );
  });

  test('is refused cut short anywhere, and with a byte too many', () => {
    for (let end = 0; end < bytes.length; end++)
      assert.notEqual(faultOf(bytes.subarray(0, end)), '', `${end}`);
    assert.match(faultOf(Buffer.concat([bytes, Uint8Array.of(0)])), /too long/);
  });

  for (const kind of ['constructor', '__proto__', 'toString']) {
    test(`is refused with statements of the kind ${kind}, which every object of JavaScript has`, () => {
      const [one, other] = ['a', 'b'].map((letter) => said(1, { ...spoke('prepare', 3, letter), kind }));
      assert.ok(one !== undefined && other !== undefined);
      const content = encodeEvidence({ ...lie, first: one, second: other }, CHAIN);
      assert.match(faultOf(content), /cut short/);
    });
  }

  test('is refused with its statements the other way round', () => {
    assert.match(faultOf(encodeEvidence({ ...lie, first: lie.second, second: lie.first }, CHAIN)), /order/);
  });

  test('BYZ-27: is refused when the statements do not contradict', () => {
    const harmless = { ...lie, second: said(1, spoke('prepare', 4, 'b')) };
    assert.match(faultOf(encodeEvidence(harmless, CHAIN)), /do not contradict/);
  });

  test('is refused without a signature, and with one larger than any scheme makes', () => {
    for (const sizeBytes of [0, LARGEST_SIZES.signatureBytesMax + 1]) {
      const second = { ...lie.second, signature: new Uint8Array(sizeBytes) };
      assert.notEqual(faultOf(encodeEvidence({ ...lie, second }, CHAIN)), '');
    }
  });
});

describe('the digest of evidence', () => {
  test('does not depend on signatures, of which a liar can make any number', () => {
    const again = { ...lie, first: { ...lie.first, signature: Uint8Array.of(7, 7) } };
    assert.equal(evidenceDigest(again, CHAIN), evidenceDigest(lie, CHAIN));
  });

  test('differs for another member, epoch, chain or statement', () => {
    const others = [
      evidenceDigest(lie, blockNamed('d')),
      evidenceDigest({ ...lie, epoch: toEpoch(4n) }, CHAIN),
      evidenceDigest({ ...lie, first: said(2, lie.first.statement) }, CHAIN),
      evidenceDigest({ ...lie, second: said(1, gaveUp(3, 1)) }, CHAIN),
      evidenceDigest(lie, CHAIN),
    ];
    assert.equal(new Set(others).size, others.length);
  });
});
