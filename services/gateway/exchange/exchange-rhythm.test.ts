import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ExchangeFederation,
  type ExchangeMember,
  sentBy,
} from '#test/support/gateway/exchange-federation.ts';
import { ExchangeRhythm } from './exchange-rhythm.ts';
import { INTERVAL_JITTER } from './rules/exchange-limits.ts';

const INTERVAL_MS = 30_000;
const COUNT = 20;
const STEP_MS = 100;

const listedBy = ({ exchange }: ExchangeMember): readonly string[] =>
  exchange.listed().map(({ record }) => record.key);

describe('the messages of peer exchange', () => {
  test('P2P-78 of twenty that join at once are bounded, and end', async (context) => {
    const federation = new ExchangeFederation(context, INTERVAL_MS);
    for (let count = 0; count < COUNT; count++) await federation.add();
    const { members } = federation;
    for (const [index, member] of members.entries()) {
      const parent = members[Math.floor((index - 1) / 2)];
      if (parent !== undefined) federation.connect(member, parent);
    }
    await federation.pass(INTERVAL_MS / 2);
    for (const member of members) {
      assert.equal(listedBy(member).length, COUNT);
      assert.ok(sentBy(member) < 6 * COUNT, `${sentBy(member)} messages`);
    }
    const before = members.map(sentBy);
    await federation.pass(INTERVAL_MS / 4);
    assert.deepEqual(members.map(sentBy), before, 'before the next interval nobody says more');
  });

  test('P2P-78 of twenty that start together come at moments of their own, none far from the interval', async (context) => {
    const federation = new ExchangeFederation(context, INTERVAL_MS);
    for (let count = 0; count < COUNT; count++) await federation.add();
    const firstAtMs = new Map<ExchangeMember, number>();
    for (let nowMs = STEP_MS; nowMs <= 2 * INTERVAL_MS; nowMs += STEP_MS) {
      await federation.pass(STEP_MS);
      const over = federation.members.filter(({ exchange }) => exchange.intervals > 0);
      for (const member of over) if (!firstAtMs.has(member)) firstAtMs.set(member, nowMs);
    }
    const moments = [...firstAtMs.values()].map((ms) => ms / INTERVAL_MS);
    assert.equal(moments.length, COUNT);
    assert.ok(moments.every((moment) => Math.abs(moment - 1) <= INTERVAL_JITTER + STEP_MS / INTERVAL_MS));
    assert.ok(Math.max(...moments) - Math.min(...moments) > 0.2, 'spread over a fifth of the interval');
  });

  test('P2P-70 tell a newcomer, who asks, also of peers that are no news to those whom it asks', async (context) => {
    const federation = new ExchangeFederation(context, INTERVAL_MS);
    const [a, b] = [await federation.add(), await federation.add()];
    federation.connect(a, b);
    await federation.pass(INTERVAL_MS / 4);
    assert.ok(listedBy(b).includes(a.key));
    const c = await federation.add();
    federation.connect(c, b);
    await federation.pass(INTERVAL_MS / 4);
    assert.deepEqual([...c.connections.keys()], [b.key, a.key]);
    assert.deepEqual([b.exchange.intervals, c.exchange.intervals], [0, 0]);
  });
});

test('the rhythm of peer exchange beats no more after its end, whatever interval comes later', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const rhythm = new ExchangeRhythm(
    () => 0.5,
    () => {},
  );
  rhythm.setInterval(INTERVAL_MS);
  context.mock.timers.tick(INTERVAL_MS);
  assert.equal(rhythm.intervals, 1);
  rhythm.stop();
  rhythm.setInterval(2 * INTERVAL_MS);
  context.mock.timers.tick(4 * INTERVAL_MS);
  assert.equal(rhythm.intervals, 1);
});
