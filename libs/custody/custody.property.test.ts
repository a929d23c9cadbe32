import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Digest, toDigest, toEpoch, toHeight, toView } from '../chain/ids.ts';
import type { Statement } from '../protocol/statement.ts';
import { restoredState, type SignedSlot, virginState } from './custody-state.ts';
import { compareSlots, SLOT_ORDER, type Slot, type SlotKind } from './slot.ts';
import { SlotRegister } from './slot-register.ts';

const CHAIN = toDigest('c'.repeat(64));
const VIRGIN = virginState(CHAIN, 'hotstuff');

/** A few views, epochs and blocks, so that slots collide often; now and then a leap, so that slots are pruned. */
const anyView = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: 1n, max: 6n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 30n, max: 80n }) },
);
const anyRequest = fc.record({
  kind: fc.constantFrom<SlotKind>('proposal', 'prepare', 'pre-commit', 'commit', 'timeout'),
  view: anyView,
  epoch: fc.integer({ min: 0, max: 1 }).map((value) => toEpoch(BigInt(value))),
  block: fc.constantFrom('a', 'b').map((digit) => toDigest(digit.repeat(64))),
  /** Whether the process crashes after this request, and rebuilds its state from what it wrote down. */
  crash: fc.boolean(),
});

type Request = typeof anyRequest extends fc.Arbitrary<infer Value> ? Value : never;

function statementOf({ kind, view, block }: Request): Statement {
  if (kind === 'timeout') return { kind, view: toView(view), highView: toView(0n), highDigest: block };
  return { kind, view: toView(view), height: toHeight(1n), digest: block };
}

function keyOf({ epoch, view, kind }: Slot): string {
  return `${epoch}/${view}/${SLOT_ORDER[kind]}`;
}

test('no slot ever gets two digests, and nothing new is signed at or below the mark, over crashes', () => {
  fc.assert(
    fc.property(fc.array(anyRequest, { maxLength: 60 }), (requests) => {
      const everSigned = new Map<string, Digest>();
      const rows: SignedSlot[] = [];
      let register = new SlotRegister(VIRGIN);
      let mark: Slot | undefined;
      for (const request of requests) {
        const decision = register.decide(statementOf(request), request.epoch);
        if (decision.kind === 'sign') {
          assert.ok(mark === undefined || compareSlots(decision.slot, mark) > 0, 'signed below the mark');
          assert.equal(everSigned.has(keyOf(decision.slot)), false, 'signed a slot twice');
          everSigned.set(keyOf(decision.slot), decision.digest);
          rows.push(decision);
          mark = decision.slot;
          register.commit(decision);
        }
        if (decision.kind === 'repeat') assert.equal(everSigned.get(keyOf(decision.slot)), decision.digest);
        if (request.crash) register = new SlotRegister(restoredState(VIRGIN, mark, rows));
        assert.deepEqual(register.mark, mark);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('what was just signed is repeated, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(anyRequest, { maxLength: 30 }), (requests) => {
      const register = new SlotRegister(VIRGIN);
      for (const request of requests) {
        const decision = register.decide(statementOf(request), request.epoch);
        if (decision.kind !== 'sign') continue;
        register.commit(decision);
        assert.equal(register.decide(statementOf(request), request.epoch).kind, 'repeat');
      }
    }),
  );
});

test('the state stays small', () => {
  const register = new SlotRegister(VIRGIN);
  for (let view = 1n; view < 500n; view++) {
    for (const kind of Object.keys(SLOT_ORDER) as SlotKind[]) {
      const block = toDigest('a'.repeat(64));
      const decision = register.decide(
        statementOf({ kind, view, epoch: toEpoch(0n), block, crash: false }),
        toEpoch(0n),
      );
      assert.ok(decision.kind === 'sign');
      register.commit(decision);
    }
    assert.ok(register.state.signed.size <= 33);
  }
});

test('a stored state with a slot above its mark is refused', () => {
  const slot = { epoch: toEpoch(0n), view: toView(3n), kind: 'prepare' as const };
  const digest = toDigest('a'.repeat(64));
  const above = { slot: { ...slot, view: toView(4n) }, digest };
  assert.throws(() => restoredState(VIRGIN, slot, [above]), { name: 'AssertionError' });
  assert.throws(() => restoredState(VIRGIN, undefined, [above]), { name: 'AssertionError' });
});
