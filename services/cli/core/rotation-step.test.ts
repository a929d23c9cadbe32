import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RotationFacts, rotationStep } from './rotation-step.ts';

const FACTS: RotationFacts = {
  where: '--home /h/m2',
  admin: '--home /h/m2',
  name: 'm2',
  memberFile: '/h/m2/member-next.json',
  current: 'aa11',
  next: 'bb22',
  isRunning: true,
  isLocked: false,
  mode: 'active',
  members: { step: 'unknown' },
};
const rotated = { ...FACTS, current: 'bb22', next: undefined, memberFile: undefined, members: undefined };

describe('rotationStep', () => {
  test('F-43: after the rotation of a sealed key the step is to unlock it, not to prepare another', () => {
    const { step, todo } = rotationStep({ ...rotated, isLocked: true });
    assert.equal(step, 'locked');
    assert.match(todo, /^btcfed signer unlock --home \/h\/m2, .*key bb22 .*signs nothing until then$/);
    assert.doesNotMatch(todo, /prepare/);
  });

  test('F-43: a signer without a home is unlocked at its socket, for "signer unlock" knows no folder', () => {
    const own = { ...rotated, where: '--folder /s', admin: '--socket /run/a.sock', isLocked: true };
    assert.match(rotationStep(own).todo, /^btcfed signer unlock --socket \/run\/a\.sock, /);
  });

  test('F-43: a rotation that is over and unlocked asks for nothing', () => {
    assert.deepEqual(rotationStep(rotated), {
      step: 'none',
      todo: 'nothing; when the key shall change: btcfed signer rotate prepare --home /h/m2',
    });
  });

  test('F-43: the proposal is told with the name of the member and its file', () => {
    assert.equal(
      rotationStep(FACTS).todo,
      'another member, with its own --home: btcfed members propose --leave m2 --join /h/m2/member-next.json',
    );
    assert.match(
      rotationStep({ ...FACTS, memberFile: undefined }).todo,
      /--leave m2 --join FILE, which is .*--out/,
    );
  });

  test('F-43: the approval is told with the change and the names of those who have not voted', () => {
    const members = {
      step: 'proposed',
      digest: '3f0c91aabbccddee',
      voters: ['m1'],
      waiting: ['m2', 'm3'],
    } as const;
    assert.equal(
      rotationStep({ ...FACTS, members }).todo,
      'voted for by m1; then m2, m3, each with its own --home: btcfed members approve 3f0c91aabbcc',
    );
  });

  for (const [isRunning, todo] of [
    [true, /^stop the signer, then btcfed signer rotate prepare/],
    [false, /^btcfed signer rotate prepare/],
  ] as const) {
    test(`F-43: a key in quarantine needs another, its signer ${isRunning ? 'running' : 'stopped'}`, () => {
      assert.match(
        rotationStep({ ...rotated, mode: 'quarantined', isRunning, isLocked: isRunning }).todo,
        todo,
      );
    });
  }
});
