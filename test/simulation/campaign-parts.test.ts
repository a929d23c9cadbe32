import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAMPAIGN, campaignParts } from './campaign-parts.ts';

test('E2E-05 the campaign runs every seed of every kind once, and no two kinds share one', () => {
  const ranges = campaignParts().map(({ args, seeds }) => {
    const first = Number(args[args.indexOf('--from') + 1]);
    return { first, last: first + seeds - 1 };
  });
  ranges.sort((a, b) => a.first - b.first);
  for (const [at, { first }] of ranges.entries()) {
    const before = ranges[at - 1];
    assert.ok(before === undefined || before.last < first);
  }
  const runs = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  assert.equal(
    runs,
    CAMPAIGN.reduce((sum, { seeds }) => sum + seeds, 0),
  );
  assert.ok(ranges.every(({ first }) => first >= 10_000_000));
});

test('E2E-05 the campaign begins with a part of each kind, each liar alone among them', () => {
  const parts = campaignParts();
  assert.equal(new Set(parts.slice(0, CAMPAIGN.length).map(({ name }) => name)).size, CAMPAIGN.length);
  const actors = parts.filter(({ name }) => name.startsWith('liar')).map(({ args }) => args.at(-1));
  assert.ok(actors.includes('timeout-spammer') && actors.includes('range-liar') && actors.includes('twin'));
});
