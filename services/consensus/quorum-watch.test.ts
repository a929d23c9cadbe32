import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { QuorumReach } from '#libs/membership/quorum-reach.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { QUORUM_GRACE_MS, RECURRING_MS } from './core/core-limits.ts';
import { QuorumWatch } from './quorum-watch.ts';

const WHOLE: QuorumReach = memoryMember().status.quorum;
const LOST: QuorumReach = { ...WHOLE, reachable: 2, reachableWeight: 2n, away: ['beta', 'delta'] };

/** A watch over a reach and a clock of the test. */
function watched() {
  const log = memoryLogger();
  const told: string[] = [];
  const world = { reach: WHOLE, nowMs: 0, looks: 0 };
  const watch = new QuorumWatch({
    reach: () => world.reach,
    looked: () => {
      world.looks += 1;
    },
    nowMs: () => world.nowMs,
    log,
    listener: {
      quorumLost: ({ away }) => void told.push(`lost: ${away}`),
      quorumReached: () => void told.push('reached'),
    },
  });
  const look = (nowMs: number, reach: QuorumReach): void => {
    Object.assign(world, { nowMs, reach });
    watch.look();
  };
  return { log, look, told, world };
}

describe('F-40 the log about the quorum', () => {
  test('F-40 TW-2.9.7 says who is away once the loss lasts, again each minute, and when it is over', () => {
    const { log, look, told } = watched();
    look(0, LOST);
    look(QUORUM_GRACE_MS - 1, LOST);
    assert.equal(log.lines.length, 0);
    look(QUORUM_GRACE_MS, LOST);
    look(QUORUM_GRACE_MS + 1, LOST);
    assert.deepEqual(
      log.lines.map(({ level, message, fields }) => ({ level, message, reach: fields['reach'] })),
      [
        {
          level: 'warn',
          message: 'no quorum is reachable: no block becomes final',
          reach: '2 of 4 members reachable, 3 needed; away: beta, delta',
        },
      ],
    );
    look(QUORUM_GRACE_MS + RECURRING_MS, LOST);
    look(QUORUM_GRACE_MS + RECURRING_MS + 1, WHOLE);
    look(QUORUM_GRACE_MS + RECURRING_MS + 2, WHOLE);
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['warn', 'warn', 'info'],
    );
    assert.deepEqual(told, ['lost: beta,delta', 'lost: beta,delta', 'reached']);
  });

  test('F-40 says nothing of losses that are over within the grace, however many there are', () => {
    const { log, look, told, world } = watched();
    for (let nowMs = 0; nowMs < 10 * QUORUM_GRACE_MS; nowMs += QUORUM_GRACE_MS - 1) {
      look(nowMs, LOST);
      look(nowMs + 1, WHOLE);
    }
    assert.deepEqual([log.lines, told], [[], []]);
    assert.ok(world.looks > 20);
  });
});
