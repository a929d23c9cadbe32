import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Lifecycle, lifecycleOf } from './lifecycle.ts';

function part(name: string, story: string[], fails: { start?: boolean; stop?: boolean } = {}): Lifecycle {
  return {
    start: async () => {
      if (fails.start) throw new Error(`${name} cannot start`);
      story.push(`+${name}`);
    },
    stop: async () => {
      story.push(`-${name}`);
      if (fails.stop) throw new Error(`${name} cannot stop`);
    },
  };
}

describe('lifecycleOf', () => {
  test('HS-49 starts in order and stops in reverse, once', async () => {
    const story: string[] = [];
    const whole = lifecycleOf([part('a', story), part('b', story)]);
    await whole.start();
    await whole.stop();
    await whole.stop();
    assert.deepEqual(story, ['+a', '+b', '-b', '-a']);
  });

  test('HS-49 stops what runs when a part fails to start, and tells why', async () => {
    const story: string[] = [];
    const parts = [part('a', story, { stop: true }), part('b', story, { start: true }), part('c', story)];
    await assert.rejects(lifecycleOf(parts).start(), /b cannot start/);
    assert.deepEqual(story, ['+a', '-a']);
  });

  test('HS-49 stops every part even when some fail to stop', async () => {
    const story: string[] = [];
    const one = lifecycleOf([part('a', story), part('b', story, { stop: true }), part('c', story)]);
    await one.start();
    await assert.rejects(one.stop(), /b cannot stop/);
    assert.deepEqual(story.slice(3), ['-c', '-b', '-a']);

    const many = lifecycleOf([part('a', [], { stop: true }), part('b', [], { stop: true })]);
    await many.start();
    await assert.rejects(many.stop(), AggregateError);
  });

  test('stops a part that was still starting when the stop came, and starts no further one', async () => {
    const story: string[] = [];
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const start = () => {
      reached.resolve();
      return gate.promise;
    };
    const whole = lifecycleOf([part('a', story), { ...part('b', story), start }, part('c', story)]);
    const starting = whole.start();
    await reached.promise;
    await whole.stop();
    gate.resolve();
    await starting;
    assert.deepEqual(story, ['+a', '-a', '-b']);
  });

  test('does nothing when stopped before it was started', async () => {
    const story: string[] = [];
    const whole = lifecycleOf([part('a', story)]);
    await whole.stop();
    await whole.start();
    assert.deepEqual(story, []);
  });
});
