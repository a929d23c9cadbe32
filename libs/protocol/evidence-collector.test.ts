import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toView } from '#libs/chain/ids.ts';
import { anyClaim, gaveUp, said, spoke } from '#test/support/chain/claims.ts';
import { EvidenceCollector } from './evidence-collector.ts';
import { viewPosition } from './hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from './hotstuff/vote-table.ts';
import { COLLECTOR_LIMITS } from './limits.ts';

const voteA = said(1, spoke('prepare', 3, 'a'));
const voteB = said(1, spoke('prepare', 3, 'b'));

function collector(limits: Partial<typeof COLLECTOR_LIMITS> = {}): EvidenceCollector {
  return new EvidenceCollector(HOTSTUFF_TABLE, { ...COLLECTOR_LIMITS, ...limits });
}

describe('EvidenceCollector', () => {
  test('BYZ-06: proves a double vote from two verified claims', () => {
    const found = collector();
    assert.equal(found.take(voteA, true), undefined);
    assert.deepEqual(found.take(voteB, true), { claims: [voteA, voteB], unverified: [] });
  });

  test('asks for the verification of what contradicts, and of nothing else', () => {
    const found = collector();
    assert.equal(found.take(voteA, false), undefined);
    assert.deepEqual(found.take(voteB, false)?.unverified, [voteA, voteB]);
    assert.equal(found.take(said(1, spoke('prepare', 4, 'b')), false), undefined);
    assert.equal(found.take(said(2, spoke('prepare', 3, 'b')), false), undefined);
  });

  test('proves it once the unverified one is verified, whichever came first', () => {
    const found = collector();
    found.take(voteA, false);
    assert.deepEqual(found.take(voteB, true)?.unverified, [voteA]);
    assert.deepEqual(found.take(voteA, true)?.unverified, []);
  });

  test('tells a proved slot once, however many votes its liar signs', () => {
    const found = collector();
    found.take(voteA, true);
    assert.notEqual(found.take(voteB, true), undefined);
    assert.equal(found.take(said(1, spoke('prepare', 3, 'c')), true), undefined);
    assert.equal(found.take(said(1, spoke('prepare', 3, 'd')), false), undefined);
  });

  test('prefers what is verified already to junk that was said before', () => {
    const found = collector();
    found.take(said(1, spoke('prepare', 3, 'c')), false);
    found.take(voteA, true);
    assert.deepEqual(found.take(voteB, false)?.claims, [voteA, voteB]);
  });

  test('forgets a claim whose signature is false', () => {
    const found = collector();
    found.take(voteA, false);
    const [, junk] = found.take(voteB, false)?.claims ?? [];
    assert.ok(junk);
    found.drop(junk);
    assert.deepEqual(found.take(said(1, spoke('prepare', 3, 'c')), false)?.claims[0], voteA);
  });

  test('forgets the oldest unverified claim for one more, whatever their views, and tells the one that was heard first', () => {
    const found = collector({ unverifiedPerMember: 2 });
    const other = said(1, spoke('prepare', 5, 'a'));
    for (const each of [other, voteA, said(1, spoke('prepare', 4, 'a'))]) found.take(each, false);
    assert.equal(found.take(said(1, spoke('prepare', 5, 'b')), false), undefined);
    const report = collector();
    const votes = [5, 3, 4].map((view) => said(1, spoke('pre-commit', view, 'a')));
    for (const each of votes) report.take(each, true);
    assert.deepEqual(report.take(said(1, gaveUp(6, 1)), true)?.claims[0], votes[0]);
  });

  test('never drops what was verified', () => {
    const found = collector();
    found.take(voteA, true);
    found.drop(voteA);
    assert.notEqual(found.take(voteB, true), undefined);
  });

  test('watches the window around the current view, and nothing else', () => {
    const found = collector({ viewsBack: 2n, viewsAhead: 2n });
    found.advance(viewPosition(toView(10n)));
    for (const [view, isWatched] of [
      [7, false],
      [8, true],
      [12, true],
      [13, false],
    ] as const) {
      found.take(said(1, spoke('commit', view, 'a')), true);
      assert.equal(found.take(said(1, spoke('commit', view, 'b')), true) !== undefined, isWatched, `${view}`);
    }
  });

  test('forgets what falls out of the window, but for the highest proof of what a member knew', () => {
    const found = collector({ viewsBack: 2n });
    found.take(said(1, spoke('pre-commit', 4, 'a')), true);
    found.take(said(1, spoke('commit', 4, 'a')), true);
    found.advance(viewPosition(toView(20n)));
    assert.equal(found.sizeBytes, 1);
    assert.deepEqual(
      found.take(said(1, gaveUp(19, 3)), true)?.claims[0].statement,
      spoke('pre-commit', 4, 'a'),
    );
  });

  const KINDS = ['proposal', 'prepare', 'pre-commit', 'commit'] as const;

  /** All that one member can say in a view. */
  function everythingOf(member: number, view: number) {
    const votes = KINDS.map((kind) => said(member, spoke(kind, view, 'a')));
    return [...votes, said(member, gaveUp(view, view))];
  }

  /** Whether another vote of this view is a lie that is found. */
  function isFound(found: EvidenceCollector, member: number, view: number): boolean {
    return found.take(said(member, spoke('prepare', view, 'b')), true) !== undefined;
  }

  test('finds the newest lie of a member that has said all it can in every view of the window', () => {
    const found = collector();
    found.advance(viewPosition(toView(20n)));
    for (let junk = 0; junk < COLLECTOR_LIMITS.unverifiedPerMember; junk++) {
      found.take(said(1, spoke('commit', 20, 'c', junk)), false);
    }
    for (let view = 4; view <= 28; view++) {
      for (const each of everythingOf(1, view)) found.take(each, true);
    }
    for (const view of [4, 20, 28]) assert.ok(isFound(found, 1, view), `${view}`);
  });

  test('keeps of two timeouts of one view the one that hides most and the one that proves most', () => {
    for (const [first, second] of [
      [3, 1],
      [1, 3],
    ] as const) {
      const found = collector();
      for (const high of [first, 2, second]) found.take(said(1, gaveUp(5, high)), true);
      const low = found.take(said(1, spoke('pre-commit', 2, 'a')), true);
      assert.deepEqual(low?.claims[0].statement, gaveUp(5, 1));
      const later = found.take(said(1, gaveUp(6, 2)), true);
      assert.deepEqual(later?.claims[0].statement, gaveUp(5, 3));
      assert.equal(found.sizeBytes, 4);
    }
  });

  test('lets a liar that fills the memory forget what is far, and not what it said in this view', () => {
    const found = collector({ bytesMax: 12 });
    found.advance(viewPosition(toView(10n)));
    for (const member of [1, 0, 2, 3]) found.take(said(member, spoke('prepare', 10, 'a')), true);
    for (const view of [18, 17, 16, 15, 14, 13, 12, 11, 2]) {
      for (const each of everythingOf(1, view)) found.take(each, true);
    }
    for (const member of [0, 1, 2, 3]) assert.ok(isFound(found, member, 10), `${member}`);
  });

  test('forgets junk before what is verified, when there is too much', () => {
    const found = collector({ bytesMax: 3 });
    for (const view of [3, 4]) found.take(said(1, spoke('prepare', view, 'a')), true);
    for (let junk = 0; junk < 5; junk++) found.take(said(1, spoke('commit', 3, 'a', junk)), false);
    for (const view of [3, 4]) assert.ok(isFound(found, 1, view), `${view}`);
  });

  test('keeps nothing of a kind that the protocol lacks', () => {
    const found = collector();
    for (const kind of ['constructor', 'reject']) {
      found.take(said(1, { ...spoke('prepare', 3, 'a'), kind }), true);
    }
    assert.equal(found.sizeBytes, 0);
  });

  test('keeps a copy of a signature, which is a view of a frame', () => {
    const found = collector();
    const frame = Buffer.from([1, 2, 3]);
    found.take(said(1, spoke('prepare', 3, 'a'), frame.subarray(1)), true);
    frame.fill(0);
    assert.deepEqual(found.take(voteB, true)?.claims[0].signature, Uint8Array.of(2, 3));
  });

  test('does the same for the same claims', () => {
    const run = (claims: readonly (readonly [Parameters<EvidenceCollector['take']>[0], boolean])[]) => {
      const found = collector({ unverifiedPerMember: 2 });
      return claims.map(([claim, isVerified]) => found.take(claim, isVerified));
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(anyClaim, fc.boolean()), { maxLength: 30 }), (claims) => {
        assert.deepEqual(run(claims), run(claims));
      }),
    );
  });

  test('stays within its bounds, whatever it is fed', () => {
    const limits = { unverifiedPerMember: 3, bytesMax: 40 };
    fc.assert(
      fc.property(fc.array(fc.tuple(anyClaim, fc.boolean()), { maxLength: 60 }), (claims) => {
        const found = collector(limits);
        for (const [claim, isVerified] of claims) {
          found.take(claim, isVerified);
          assert.ok(found.sizeBytes <= limits.bytesMax);
        }
      }),
    );
  });

  test('accuses nobody for junk alone: unverified claims never prove anything', () => {
    fc.assert(
      fc.property(fc.array(anyClaim, { maxLength: 30 }), (claims) => {
        const found = collector();
        for (const claim of claims) assert.notEqual(found.take(claim, false)?.unverified.length, 0);
      }),
    );
  });
});
