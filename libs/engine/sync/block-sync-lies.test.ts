import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toMemberIndex } from '#libs/chain/ids.ts';
import {
  type Answer,
  type Behaviour,
  chainOf,
  forged,
  heightOf,
  honest,
  type PeerPlan,
  SyncBench,
  targetOf,
} from '#test/support/engine/sync-bench.ts';
import {
  assertCertified,
  assertSame,
  benchWith,
  CHAIN,
  changed,
  good,
  LIES,
  liar,
  OTHER,
  silent,
} from '#test/support/engine/sync-lies.ts';
import type { BlocksRequest } from '../ports/peer-message.ts';
import { ANSWER_MS, BEAT_MS, LIE_PAUSE_MS, PATIENCE_MS, REQUESTS_PER_PEER_MAX } from './sync-limits.ts';

describe('a peer that lies', () => {
  for (const [what, change] of Object.entries(LIES)) {
    test(`HS-54 BYZ-29 with ${what} is found out, named, and left out; the honest one is enough`, () => {
      const bench = benchWith(liar(change), good);
      assert.ok(bench.untilHeight(1_000, 30_000), `height ${bench.height}`);
      assertSame(bench);
      assertCertified(bench, CHAIN);
      assert.ok(bench.lies.length > 0);
      assert.ok(bench.lies.every(({ peer }) => peer === 1));
      const asked = bench.asked.filter(({ peer }) => peer === 1);
      assert.ok(asked.length <= REQUESTS_PER_PEER_MAX, 'it was asked no more after its first lie');
    });

    test(`BYZ-23 alone with ${what} brings nothing into the chain`, () => {
      const bench = benchWith(liar(change));
      bench.pass(LIE_PAUSE_MS / 2);
      assert.equal(bench.height, 0);
      assert.ok(bench.asked.length <= REQUESTS_PER_PEER_MAX);
      assert.deepEqual(bench.broken, []);
    });
  }

  test('HS-54 is asked again after a pause that doubles with each lie', () => {
    const bench = benchWith(liar((range) => ({ ...range, certificate: forged(range.certificate) })));
    bench.pass(LIE_PAUSE_MS * 8);
    const bursts = bench.asked.filter(
      ({ atMs }, at) => at === 0 || atMs - (bench.asked[at - 1]?.atMs ?? 0) > 1_000,
    );
    const pauses = bursts.slice(1).map(({ atMs }, at) => atMs - (bursts[at]?.atMs ?? 0));
    assert.ok(pauses.length >= 2 && pauses.length <= 3);
    assert.ok((pauses[0] ?? 0) >= LIE_PAUSE_MS);
    assert.ok((pauses[1] ?? 0) >= 2 * LIE_PAUSE_MS);
  });

  test('that becomes honest helps again', () => {
    const truth = honest(CHAIN);
    const lie = LIES['a certificate with a bad signature'] ?? assert.fail();
    const bench = benchWith({
      behaviour: (request, ask) => {
        const range = truth(request, ask);
        return ask <= 2 && range !== undefined && range !== 'nothing' ? lie(range) : range;
      },
    });
    assert.ok(bench.untilHeight(1_000, LIE_PAUSE_MS * 4));
    assertSame(bench);
  });

  test('about two chains in turn gets neither of them past its certificates', () => {
    const truth = honest(CHAIN);
    const other = honest(OTHER);
    const bench = benchWith(
      { behaviour: (request, ask) => (ask % 2 === 0 ? truth(request, ask) : other(request, ask)) },
      good,
    );
    // Certificates of the other chain verify here: a quorum signed both. That is a fork, and the member stops.
    bench.pass(60_000);
    assert.ok(bench.broken.length > 0 || bench.height === 1_000);
    for (const [height, { digest }] of bench.chain.final.entries()) {
      assert.ok([CHAIN, OTHER].some((chain) => chain.final[height]?.digest === digest));
    }
  });

  test('with false bodies does not hold up the answer of another, which waits behind them', () => {
    const one = chainOf({ blocks: 1 });
    const truth = honest(one);
    const falseBodies = LIES['true headers with other transactions'] ?? assert.fail();
    const behaviour: Behaviour = (request, ask) => changed(truth(request, ask), falseBodies);
    // The other is asked once the liar is late: both answers come at about one time, and at one time for some of these.
    for (let delayMs = PATIENCE_MS; delayMs < PATIENCE_MS + 3 * BEAT_MS; delayMs++) {
      const bench = new SyncBench([{ behaviour, delayMs }, { behaviour: truth }]);
      bench.sync.seek(targetOf(one));
      assert.ok(bench.untilHeight(1, 60_000) !== undefined, `after an answer of ${delayMs} ms`);
      assertSame(bench, one);
    }
  });

  test('cannot answer for another, nor for what was not asked', () => {
    const bench = benchWith(silent, silent);
    const range = honest(CHAIN)(
      { kind: 'blocks-request', requestId: 1n, from: heightOf(1), to: heightOf(9) },
      1,
    );
    assert.ok(range !== undefined && range !== 'nothing');
    const [first] = bench.asked;
    const answer = (requestId: bigint) => ({ kind: 'blocks-response', requestId, range }) as const;
    bench.sync.receive(answer(first?.requestId ?? 0n), toMemberIndex(2));
    bench.sync.receive(answer(99n), toMemberIndex(1));
    bench.pass(500);
    assert.equal(bench.height, 0);
    assert.deepEqual([bench.lies, bench.verifications], [[], []]);
  });
});

test('BYZ-29 whatever peers do, the chain only ever holds certified blocks, and one honest peer is enough', () => {
  const anyAnswer = fc.record({
    lie: fc.option(fc.nat({ max: Object.keys(LIES).length - 1 }), { nil: undefined }),
    kind: fc.constantFrom('range', 'nothing', 'silence', 'short'),
  });
  const anyPeer = fc.record({
    answers: fc.array(anyAnswer, { minLength: 1, maxLength: 6 }),
    delayMs: fc.constantFrom(1, 40, 900, 3_000, ANSWER_MS + 100),
  });
  fc.assert(
    fc.property(fc.array(anyPeer, { minLength: 1, maxLength: 5 }), fc.nat({ max: 5 }), (peers, place) => {
      const plans: PeerPlan[] = peers.map(({ answers, delayMs }) => ({
        delayMs,
        behaviour: (request, ask) => answerOf(answers[ask % answers.length], request, ask),
      }));
      plans.splice(place, 0, good);
      const bench = benchWith(...plans);
      assert.ok(bench.untilHeight(1_000, 60_000), `height ${bench.height}`);
      assertSame(bench);
      assertCertified(bench, CHAIN);
      const honestIndex = Math.min(place, peers.length) + 1;
      assert.ok(
        bench.lies.every(({ peer }) => peer !== honestIndex),
        'the honest one is never accused',
      );
    }),
    { numRuns: 60 },
  );
});

interface PlannedAnswer {
  readonly kind: string;
  /** The lie, if any. */
  readonly lie: number | undefined;
}

function answerOf(planned: PlannedAnswer | undefined, request: BlocksRequest, ask: number): Answer {
  if (planned === undefined || planned.kind === 'silence') return undefined;
  if (planned.kind === 'nothing') return 'nothing';
  const truth = honest(CHAIN)(planned.kind === 'short' ? { ...request, to: request.from } : request, ask);
  const lie = planned.lie === undefined ? undefined : Object.values(LIES)[planned.lie];
  return lie === undefined ? truth : changed(truth, lie);
}
