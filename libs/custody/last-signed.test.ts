import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toView } from '#libs/chain/ids.ts';
import { slotName } from '#libs/protocol/vote/slot.ts';
import { type CustodyState, lastSigned, virginState } from './custody-state.ts';

const DIGEST = toDigest('a'.repeat(64));
const VIRGIN = virginState({ chain: DIGEST, protocol: 'rounds', epoch: toEpoch(2n) });

/** A key that signed in these heights and views of the epoch, and whose open instances have these marks. */
function signedIn(
  places: readonly (readonly [bigint, bigint])[],
  marks: readonly (readonly [bigint, bigint])[],
  epoch = 2n,
): CustodyState {
  const names = places.map(([instance, view]) =>
    slotName({ epoch: toEpoch(epoch), instance, view: toView(view), kind: 'prepare' }),
  );
  return {
    ...VIRGIN,
    signed: new Map(names.map((name) => [name, DIGEST])),
    marks: new Map(marks.map(([instance, view]) => [instance, { view: toView(view), step: 1 }])),
  };
}

describe('the newest place of a key', () => {
  test('is the view of its highest height, and not the highest view of all', () => {
    const state = signedIn(
      [
        [5n, 9n],
        [6n, 1n],
      ],
      [
        [5n, 9n],
        [6n, 1n],
      ],
    );
    assert.deepEqual(lastSigned(state), { epoch: 2n, instance: 6n, view: 1n });
  });

  test('is still known when its height was decided, and its mark forgotten', () => {
    const state = signedIn(
      [
        [6n, 0n],
        [5n, 9n],
      ],
      [],
    );
    assert.deepEqual(lastSigned(state), { epoch: 2n, instance: 6n, view: 0n });
  });

  test('is the epoch before while nothing was signed in this one', () => {
    assert.deepEqual(lastSigned(VIRGIN), { epoch: 1n, instance: 0n, view: 0n });
    assert.deepEqual(lastSigned(signedIn([[5n, 9n]], [], 1n)), { epoch: 1n, instance: 0n, view: 0n });
    assert.deepEqual(lastSigned({ ...VIRGIN, epoch: toEpoch(0n) }), { epoch: 0n, instance: 0n, view: 0n });
  });
});
