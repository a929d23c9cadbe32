import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Height, toEpoch, toHeight } from './ids.ts';
import {
  CERTIFICATE_RULE,
  type CertificateRule,
  type CertifiedHeight,
  droppable,
  milestoneFrom,
} from './kept-certificates.ts';

const at = (height: number, epoch = 0): CertifiedHeight => ({
  height: toHeight(BigInt(height)),
  epoch: toEpoch(BigInt(epoch)),
});
const heights = (from: number, to: number, epoch = 0): readonly CertifiedHeight[] =>
  Array.from({ length: to - from + 1 }, (_, index) => at(from + index, epoch));

/** The first of them is the genesis block. */
function goingOf(
  certified: readonly CertifiedHeight[],
  rule: CertificateRule,
  tip: number,
): readonly Height[] {
  return droppable(certified.slice(1), toHeight(0n), rule, toHeight(BigInt(tip)));
}

/** The heights whose certificates are left of a chain with this newest height. */
function kept(
  certified: readonly CertifiedHeight[],
  tip: number,
  rule = CERTIFICATE_RULE,
): readonly number[] {
  const going = new Set(goingOf(certified, rule, tip));
  return certified.flatMap(({ height }) => (going.has(height) ? [] : [Number(height)]));
}

const range = (from: number, to: number) => heights(from, to).map(({ height }) => Number(height));

describe('the certificates that are kept', () => {
  test('are those of the newest 100 heights, of the genesis block and of each 100th', () => {
    assert.deepEqual(kept(heights(0, 350), 350), [0, 100, 200, ...range(251, 350)]);
    assert.deepEqual(kept(heights(0, 99), 99), range(0, 99));
    assert.deepEqual(kept(heights(0, 101), 101), [0, ...range(2, 101)]);
  });

  test('are those of the last block of each epoch too, which is the root of the next one', () => {
    const certified = [...heights(0, 37), ...heights(38, 38, 1), ...heights(39, 300, 2)];
    assert.deepEqual(kept(certified, 300), [0, 37, 38, 100, 200, ...range(201, 300)]);
  });

  test('are those that stand nearest below a multiple of 100 that has none', () => {
    const certified = [...heights(0, 98), ...heights(103, 400)];
    // The way from 99 would be longer than 99 headers without 198.
    assert.deepEqual(kept(certified, 400), [0, 98, 198, 200, 300, ...range(301, 400)]);
  });

  test('stay where nothing above proves the block', () => {
    assert.deepEqual(kept([at(0), at(7)], 500), [0, 7]);
    assert.deepEqual(kept([at(0), at(7), at(8, 1)], 500), [0, 7, 8]);
  });

  test('are no fewer than the rule says, by either number', () => {
    const rule = { newest: 3, every: 5 };
    assert.deepEqual(kept(heights(0, 12), 12, rule), [0, 5, 10, 11, 12]);
    assert.deepEqual(kept(heights(0, 12), 12, { newest: 1, every: 1 }), range(0, 12));
  });
});

test('a milestone is the height itself, or the next multiple', () => {
  const of = (height: bigint) => milestoneFrom(toHeight(height), { every: 100 });
  assert.deepEqual([of(0n), of(1n), of(100n), of(101n)], [0n, 100n, 100n, 200n]);
});

/** Heights with a certificate, in epochs whose last block always has one. */
const chains = fc
  .array(fc.record({ isCertified: fc.boolean(), endsEpoch: fc.nat(9).map((value) => value === 0) }), {
    minLength: 1,
    maxLength: 80,
  })
  .map((plan) => {
    let epoch = 0;
    return plan.map(({ isCertified, endsEpoch }, index) => {
      const own = epoch;
      if (endsEpoch) epoch += 1;
      return {
        ...at(index, own),
        isCertified: isCertified || endsEpoch || index === 0 || index === plan.length - 1,
      };
    });
  });
const rules = fc.record({ newest: fc.integer({ min: 1, max: 20 }), every: fc.integer({ min: 1, max: 12 }) });

/** The headers from each height to its proof, in its epoch; undefined where there is none. */
function distances(chain: readonly CertifiedHeight[], certified: readonly CertifiedHeight[]) {
  return chain.map(({ height, epoch }) => {
    const proof = certified.find((each) => each.height >= height);
    return proof?.epoch === epoch ? Number(proof.height - height) : undefined;
  });
}

test("whatever goes, each height has a proof in its epoch, of the rule's length or that of before", () => {
  fc.assert(
    fc.property(chains, rules, (chain, rule) => {
      const all = chain.filter(({ isCertified }) => isCertified);
      let left: readonly CertifiedHeight[] = all;
      for (let tip = 0; tip < chain.length; tip++) {
        const seen = left.filter(({ height }) => height <= tip);
        const going = new Set(goingOf(seen, rule, tip));
        left = left.filter(({ height }) => !going.has(height));
      }
      const before = distances(chain, all);
      for (const [height, distance] of distances(chain, left).entries()) {
        const was = before[height];
        assert.ok(was !== undefined && distance !== undefined, `height ${height} has no proof`);
        assert.ok(distance <= Math.max(was, rule.every - 1), `${distance} headers from height ${height}`);
      }
      assert.ok(left.length <= Math.ceil(chain.length / rule.every) + 1 + rule.newest + chain.length / 2);
    }),
  );
});

test('many steps leave the same as one', () => {
  fc.assert(
    fc.property(chains, rules, (chain, rule) => {
      const all = chain.filter(({ isCertified }) => isCertified);
      const tip = chain.length - 1;
      let left: readonly CertifiedHeight[] = all;
      for (let now = 0; now <= tip; now++) {
        const going = new Set(
          goingOf(
            left.filter(({ height }) => height <= now),
            rule,
            now,
          ),
        );
        left = left.filter(({ height }) => !going.has(height));
      }
      assert.deepEqual(
        left.map(({ height }) => Number(height)),
        kept(all, tip, rule),
      );
    }),
  );
});
