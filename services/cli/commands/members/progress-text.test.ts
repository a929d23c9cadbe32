import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientProgress } from '#libs/client/participation.ts';
import { progressText } from './progress-text.ts';

const AT: ClientProgress = {
  ...{ member: 'erin', stage: 'member', connected: true, reportedHeight: 120n, behind: 0n },
  ...{ fetching: false, reportedMsAgo: 2_400 },
};

test('a stage is shown with the height, how far behind, and how old that is', () => {
  assert.equal(progressText(AT), 'member, height 120 (2 s ago)');
  assert.equal(progressText({ ...AT, reportedMsAgo: 30 }), 'member, height 120 (now)');
  const behind = { ...AT, stage: 'catching-up', behind: 80n };
  assert.equal(progressText(behind), 'catching-up, height 120, 80 behind (2 s ago)');
  assert.equal(
    progressText({ ...behind, fetching: true }),
    'catching-up, fetches block 121, 80 behind (2 s ago)',
  );
});

test('a candidate and a suspended member say whether they are connected, and who said nothing has no height', () => {
  assert.equal(progressText({ ...AT, stage: 'candidate' }), 'candidate, connected, height 120 (2 s ago)');
  const silent = { member: 'erin', stage: 'suspended', connected: false, fetching: false };
  assert.equal(progressText(silent), 'suspended, not connected, no height heard');
  assert.equal(progressText({ ...silent, stage: 'unreachable' }), 'unreachable, no height heard');
});
