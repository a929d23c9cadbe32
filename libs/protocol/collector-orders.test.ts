import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  claimIn,
  LANGUAGES,
  liarsOf,
  PlainDetector,
  provedBy,
  provedIn,
} from '#test/support/protocol/collected-claims.ts';
import type { Claim } from './certificate.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import { COLLECTOR_LIMITS, type CollectorLimits } from './limits.ts';

const RUNS = { numRuns: 300 };
const NARROW = { ...COLLECTOR_LIMITS, viewsBack: 1n, viewsAhead: 1n, instancesBack: 1n };

for (const [name, language] of Object.entries(LANGUAGES)) {
  const { table, position } = language;
  const claims = fc.array(claimIn(language), { maxLength: 40, size: 'max' });
  const marked = fc.array(fc.tuple(claimIn(language), fc.boolean()), { maxLength: 60, size: 'max' });
  /** All positions of the language are in the window here. */
  const here = { instance: table.instances === 'one' ? 0n : 7n, view: table.firstView };
  const fresh = (limits: Partial<CollectorLimits> = {}): EvidenceCollector => {
    const collector = new EvidenceCollector(table, { ...COLLECTOR_LIMITS, ...limits });
    collector.advance(here);
    return collector;
  };
  const liesIn = (given: readonly Claim[]): ReadonlySet<string> => {
    const plain = new PlainDetector(table, COLLECTOR_LIMITS);
    plain.advance(here);
    for (const each of given) plain.take(each);
    return plain.lies;
  };

  describe(`a detector of contradictions, ${name}`, () => {
    test('finds every liar of the window whatever the order of what it said, and proves each lie once and no other', () => {
      const shuffled = claims.chain((given) =>
        fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
      );
      fc.assert(
        fc.property(shuffled, ([given, again]) => {
          const lies = liesIn(given);
          for (const order of [given, again]) {
            const found = provedBy(fresh(), order, table);
            assert.deepEqual(liarsOf(found), liarsOf(lies));
            assert.equal(new Set(found).size, found.length);
            assert.deepEqual(
              found.filter((lie) => !lies.has(lie)),
              [],
            );
          }
        }),
        RUNS,
      );
    });

    test('finds every slot with two statements, whatever the order, where nobody reports less than it knew', () => {
      const votes = claims.map((given) => given.filter(({ statement }) => statement.block !== undefined));
      fc.assert(
        fc.property(votes, (given) => {
          assert.deepEqual([...provedBy(fresh(), given, table)].sort(), [...liesIn(given)].sort());
        }),
        RUNS,
      );
    });

    test('finds every liar while the window moves', () => {
      const step = fc.oneof({ weight: 4, arbitrary: claimIn(language) }, { weight: 1, arbitrary: position });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
          const collector = new EvidenceCollector(table, NARROW);
          const plain = new PlainDetector(table, NARROW);
          const found = steps.flatMap((each) => {
            if ('member' in each) plain.take(each);
            else plain.advance(each);
            if ('member' in each) return provedBy(collector, [each], table);
            collector.advance(each);
            return [];
          });
          const liars = liarsOf(found);
          assert.deepEqual(
            liarsOf(plain.lies).filter((liar) => !liars.includes(liar)),
            [],
          );
          assert.equal(new Set(found).size, found.length);
        }),
        RUNS,
      );
    });

    test('finds them whatever unverified statements the same members send between', () => {
      fc.assert(
        fc.property(marked, (given) => {
          const collector = fresh({ unverifiedPerMember: 2 });
          const found = given.flatMap(([claim, isVerified]) =>
            provedIn(collector.take(claim, isVerified), table),
          );
          const verified = given.flatMap(([claim, isVerified]) => (isVerified ? [claim] : []));
          assert.deepEqual(found, provedBy(fresh(), verified, table));
        }),
        RUNS,
      );
    });

    test('finds what a member said whoever else fills the memory, while it has no more than an equal part', () => {
      const [me, members] = [0, 3];
      fc.assert(
        fc.property(marked, (given) => {
          const heard = given.filter(([{ member }, isVerified]) => member !== me || isVerified);
          const own = heard.flatMap(([claim]) => (claim.member === me ? [claim] : []));
          const partBytes = own.reduce((sum, { signature }) => sum + signature.length, 0);
          const collector = fresh({ bytesMax: members * partBytes });
          const found = heard.flatMap(([claim, isVerified]) =>
            provedIn(collector.take(claim, isVerified), table),
          );
          assert.ok(collector.sizeBytes <= members * partBytes);
          const ofMe = found.filter((lie) => liarsOf([lie]).includes(`${me}`));
          assert.deepEqual(ofMe, provedBy(fresh(), own, table));
        }),
        RUNS,
      );
    });

    test('keeps two statements of a slot at most, and so few that its window bounds them', () => {
      const slots = new Set(Object.values(table.kinds).map(({ step }) => step)).size;
      const views = Number(NARROW.viewsBack + 1n + NARROW.viewsAhead);
      const instances = table.instances === 'one' ? 1 : Number(NARROW.instancesBack) + 2;
      // The proof of the highest certificate is kept too, wherever it is.
      const most = instances * views * slots * 2 + 1 + NARROW.unverifiedPerMember;
      const step = fc.oneof(
        { weight: 9, arbitrary: fc.tuple(claimIn(language), fc.boolean()) },
        { weight: 1, arbitrary: position },
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
          const collector = new EvidenceCollector(table, NARROW);
          for (const each of steps) {
            if (!Array.isArray(each)) collector.advance(each);
            else collector.take({ ...each[0], signature: Uint8Array.of(1) }, each[1]);
            assert.ok(collector.sizeBytes <= 3 * most, `${collector.sizeBytes}`);
          }
        }),
        { numRuns: 50 },
      );
    });
  });
}
