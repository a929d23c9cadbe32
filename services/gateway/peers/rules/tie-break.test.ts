import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chooseConnection, type Rival } from './tie-break.ts';

const CROSSING_MS = 10_000;
const AS_LOWER = { self: '0a', peer: 'ff', crossingMs: CROSSING_MS };
const AS_HIGHER = { self: 'ff', peer: '0a', crossingMs: CROSSING_MS };

const rival = (direction: Rival['direction'], openedAtMs: number): Rival => ({ direction, openedAtMs });

describe('tie break', () => {
  test('P2P-12 keeps the connection that the lower key dialled when both dial at once', () => {
    assert.equal(chooseConnection(rival('outbound', 5), rival('inbound', 9), AS_LOWER), 'in-use');
    assert.equal(chooseConnection(rival('inbound', 5), rival('outbound', 9), AS_LOWER), 'newer');
    assert.equal(chooseConnection(rival('inbound', 5), rival('outbound', 9), AS_HIGHER), 'in-use');
    assert.equal(chooseConnection(rival('outbound', 5), rival('inbound', 9), AS_HIGHER), 'newer');
  });

  test('P2P-12 keeps the oldest when the newer cannot have crossed it', () => {
    const late = CROSSING_MS + 6;
    assert.equal(chooseConnection(rival('inbound', 5), rival('outbound', late), AS_LOWER), 'in-use');
    assert.equal(chooseConnection(rival('outbound', 5), rival('inbound', late), AS_HIGHER), 'in-use');
  });

  test('P2P-12 keeps the oldest of two that one side dialled', () => {
    for (const direction of ['inbound', 'outbound'] as const) {
      for (const rules of [AS_LOWER, AS_HIGHER]) {
        assert.equal(chooseConnection(rival(direction, 5), rival(direction, 6), rules), 'in-use');
      }
    }
  });

  test('lets both sides keep the same one, in whatever order each of them saw the two', () => {
    const times = fc.record({ ours: fc.nat(CROSSING_MS), theirs: fc.nat(CROSSING_MS) });
    fc.assert(
      fc.property(times, times, (atLower, atHigher) => {
        assert.equal(whoDialledTheKept('lower', atLower), whoDialledTheKept('higher', atHigher));
      }),
    );
  });
});

/** Side of the dialler of the connection that `side` keeps, when it saw its own and the other's at these times. */
function whoDialledTheKept(side: 'lower' | 'higher', seen: { ours: number; theirs: number }): string {
  const own = rival('outbound', seen.ours);
  const other = rival('inbound', seen.theirs);
  const [inUse, newer] = own.openedAtMs <= other.openedAtMs ? [own, other] : [other, own];
  const kept =
    chooseConnection(inUse, newer, side === 'lower' ? AS_LOWER : AS_HIGHER) === 'in-use' ? inUse : newer;
  const otherSide = side === 'lower' ? 'higher' : 'lower';
  return kept.direction === 'outbound' ? side : otherSide;
}
