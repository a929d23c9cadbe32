import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  blockOn,
  Core,
  certify,
  GENESIS,
  GENESIS_COMMIT,
  GENESIS_PREPARE,
  gaveUp,
  kinds,
  newViewOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import type { HotStuffState } from './state.ts';

const B1 = blockOn(GENESIS, 1);
const B5 = blockOn(B1, 5);

describe('certificates of other views', () => {
  test('a prepare or pre-commit certificate proves that its view runs: it is entered', () => {
    const core = new Core();
    core.learn(certify('prepare', B5));
    assert.equal(core.state.view, 5n);
    const other = new Core();
    other.learn(certify('pre-commit', B5));
    assert.equal(other.state.view, 5n);
  });

  test('a commit certificate proves that its view is over: the next is entered', () => {
    const core = new Core();
    core.learn(certify('commit', B5));
    assert.equal(core.state.view, 6n);
  });

  test('a view is entered once, and recorded', () => {
    const core = new Core();
    const effects = core.learn(certify('commit', B5));
    assert.equal(effects.filter(({ kind }) => kind === 'entered').length, 1);
    assert.equal(core.record.view, 6n);
  });

  test('a claim without a certificate moves nothing (RULES.md A.41)', () => {
    const core = new Core();
    core.receive(3, newViewOf(1_000));
    assert.equal(core.state.view, 1n);
  });

  test('of anyone are as good as of the leader', () => {
    for (const from of [1, 2, 3]) {
      const core = new Core();
      core.learn(certify('prepare', B1), from);
      assert.equal(core.state.high.view, 1n);
    }
  });
});

describe('the lock (HS-21)', () => {
  test('is not lowered by an older certificate (RULES.md A.8)', () => {
    const core = new Core();
    core.learn(certify('pre-commit', B5));
    core.receive(3, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(5) });
    assert.equal(core.judge(3, { kind: 'certificate', certificate: certify('pre-commit', B1) }), 'stale');
    core.learn(certify('commit', B1));
    assert.equal(core.state.locked?.view, 5n);
    assert.equal(core.state.view, 6n);
  });

  test('is taken from a decision learned out of band (RULES.md A.9)', () => {
    const core = new Core();
    core.learn(certify('commit', B5));
    assert.equal(core.state.locked?.digest, B5.digest);
  });
});

describe('a decision', () => {
  test('is committed once, however often it is told (HS-23, HS-44)', () => {
    const core = new Core();
    assert.ok(kinds(core.learn(certify('commit', B5))).includes('commit'));
    assert.equal(core.judge(2, { kind: 'certificate', certificate: certify('commit', B5) }), 'stale');
    const again = core.receive(2, newViewOf(6, { commit: certify('commit', B5) }));
    assert.equal(kinds(again).includes('commit'), false);
  });

  test('of genesis is none', () => {
    const core = new Core();
    assert.equal(kinds(core.receive(2, newViewOf(1, { commit: GENESIS_COMMIT }))).includes('commit'), false);
  });
});

describe('whatever a member is told, in whatever order', () => {
  const anyFact = fc.record({
    what: fc.constantFrom('prepare', 'pre-commit', 'commit', 'timeout', 'view', 'resend'),
    view: fc.integer({ min: 1, max: 12 }),
    from: fc.integer({ min: 1, max: 3 }),
  });

  type Fact = typeof anyFact extends fc.Arbitrary<infer Value> ? Value : never;

  function tell(core: Core, { what, view, from }: Fact): void {
    switch (what) {
      case 'view':
      case 'resend':
        core.fire(what);
        return;
      case 'timeout': {
        const high = view > 1 ? certify('prepare', blockOn(B1, view - 1)) : GENESIS_PREPARE;
        core.offer(from, { kind: 'timeout-certificate', timeoutCertificate: gaveUp(view, high) });
        return;
      }
      default:
        core.offer(from, { kind: 'certificate', certificate: certify(what, blockOn(B1, view)) });
    }
  }

  function marks({ view, high, locked, commit, timeoutCertificate, timedOut }: HotStuffState): bigint[] {
    const all = [view, high.view, locked?.view, commit.view, timeoutCertificate?.view, timedOut?.view];
    return all.map((mark) => mark ?? 0n);
  }

  test('nothing that it knows ever falls (libs/simulation/README.md L2)', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
        const core = new Core();
        for (const fact of facts) {
          const before = marks(core.state);
          tell(core, fact);
          const after = marks(core.state);
          for (const [index, mark] of before.entries()) assert.ok((after[index] ?? 0n) >= mark);
        }
      }),
    );
  });
});
