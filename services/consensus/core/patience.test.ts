import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex } from '#libs/chain/ids.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { ASK_AGAIN_MS, Patience } from './patience.ts';

/** A verifier that has no room for the first so many questions, on a clock that is turned by hand. */
function fullFor(times: number, answer: readonly [boolean, RefusalCause?] = [true]) {
  const timers = new Map<() => void, number>();
  const patience = new Patience({
    nowMs: () => 0,
    after: (delayMs, fire) => {
      timers.set(fire, delayMs);
      return () => void timers.delete(fire);
    },
  });
  let asked = 0;
  const verify = patience.around<string>((_, done) => {
    asked += 1;
    if (asked <= times) return done(false, 'overloaded');
    done(...answer);
  });
  const ring = () => {
    for (const fire of [...timers.keys()]) {
      timers.delete(fire);
      fire();
    }
  };
  const answers: unknown[] = [];
  return { patience, verify, timers, ring, answers, asked: () => asked };
}

describe('what could not be verified for want of room', () => {
  test('is asked again until it was, when this member wants to know it', () => {
    const { verify, timers, ring, answers, asked } = fullFor(2);
    verify('a vote', (ok) => answers.push(ok));
    assert.deepEqual([...timers.values()], [ASK_AGAIN_MS]);
    ring();
    assert.deepEqual(answers, []);
    ring();
    assert.deepEqual([answers, asked(), timers.size], [[true], 3, 0]);
  });

  test('is not when another member brought it: that one is told', () => {
    const { verify, timers, answers } = fullFor(1);
    verify('a vote', (ok, cause) => answers.push([ok, cause]), toMemberIndex(2));
    assert.deepEqual([answers, timers.size], [[[false, 'overloaded']], 0]);
  });

  test('stays false once it was judged so', () => {
    const { verify, ring, answers } = fullFor(1, [false, 'bad-signature']);
    verify('a vote', (ok, cause) => answers.push([ok, cause]));
    ring();
    assert.deepEqual(answers, [[false, 'bad-signature']]);
  });

  test('is not asked after the stop, nor is a timer left', () => {
    const { patience, verify, timers, answers, asked } = fullFor(9);
    verify('a vote', (ok) => answers.push(ok));
    patience.stop();
    assert.equal(timers.size, 0);
    verify('another', (ok) => answers.push(ok));
    assert.deepEqual([answers, timers.size, asked()], [[], 0, 2]);
  });
});
