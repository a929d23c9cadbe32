import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { prng } from '#libs/random/prng.ts';
import { SafetyLog } from './safety-log.ts';

test('what was synced outlives a power cut; of the rest a beginning does, or nothing', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), fc.nat(), (synced, more, seed) => {
      const log = new SafetyLog<number>();
      for (let value = 1; value <= synced; value++) log.append(value);
      log.sync();
      for (let value = synced + 1; value <= synced + more; value++) log.append(value);
      log.losePower(prng(seed));
      const found = log.recover();
      assert.equal(found.kind, 'good');
      const newest = found.kind === 'good' ? (found.value ?? 0) : -1;
      assert.ok(newest >= synced, `${newest} of ${synced}`);
      assert.ok(newest <= synced + more);
    }),
  );
});

test('a torn tail is dropped, and the log goes on', () => {
  const log = new SafetyLog<string>();
  log.append('a');
  log.sync();
  log.tear();
  assert.deepEqual(log.recover(), { kind: 'good', value: 'a' });
  log.append('b');
  log.sync();
  assert.deepEqual(log.recover(), { kind: 'good', value: 'b' });
});

test('a bit that flipped in what was durable is noticed, for good', () => {
  const log = new SafetyLog<string>();
  log.decay();
  assert.deepEqual(log.recover(), { kind: 'good', value: undefined });
  for (const value of ['a', 'b', 'c']) log.append(value);
  log.sync();
  log.decay();
  assert.equal(log.recover().kind, 'corrupt');
  assert.equal(log.recover().kind, 'corrupt');
});

test('a torn tail is no decay, also when the power goes after the crash', () => {
  for (let seed = 0; seed < 20; seed++) {
    const log = new SafetyLog<string>();
    log.append('a');
    log.sync();
    log.tear();
    log.losePower(prng(seed));
    assert.deepEqual(log.recover(), { kind: 'good', value: 'a' });
  }
});

test('what a crash left unsynced is read, and a power cut can still take it', () => {
  const values = Array.from({ length: 20 }, (_, seed) => {
    const log = new SafetyLog<string>();
    log.append('a');
    log.sync();
    log.append('b');
    assert.deepEqual([log.recover(), log.durable], [{ kind: 'good', value: 'b' }, 'a']);
    log.losePower(prng(seed));
    return log.newest;
  });
  assert.deepEqual([...new Set(values)].sort(), ['a', 'b']);
});
