import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chronyAnswer, clockSources, isRecent, kernelAnswer, systemdAnswer } from './clock-facts.ts';

const CHRONY =
  'A29FC87B,time.example,3,1764131000.123,-0.000412,0.0001,0.0003,-12.3,0.01,0.05,0.02,0.001,64.2,Normal';

describe('the sources of the clock', () => {
  test('the kernel tells the state, and how far it may be off', () => {
    const source = 'the kernel';
    assert.deepEqual(kernelAnswer('0 8192 23500\n'), { source, isSynchronised: true, errorMs: 23.5 });
    assert.deepEqual(kernelAnswer('5 64 16000000\n'), { source, isSynchronised: false });
    // A leap second is ahead, and the clock is synchronised; the flag alone says no.
    assert.equal(kernelAnswer('1 16 1000')?.isSynchronised, true);
    assert.equal(kernelAnswer('0 64 1000')?.isSynchronised, false);
    assert.equal(kernelAnswer('5 0 1000')?.isSynchronised, false);
  });

  test('a kernel that does not answer says nothing', () => {
    for (const text of [undefined, '', '-1 0 0', 'perl: not found'])
      assert.equal(kernelAnswer(text), undefined, text);
  });

  test('chronyd tells its offset', () => {
    const source = 'chronyd';
    const answer = chronyAnswer(`${CHRONY}\n`);
    assert.deepEqual({ ...answer, errorMs: undefined }, { source, isSynchronised: true, errorMs: undefined });
    assert.ok(Math.abs((answer?.errorMs ?? 0) - 0.412) < 1e-9);
    assert.deepEqual(chronyAnswer(CHRONY.replace('Normal', 'Not synchronised')), {
      source,
      isSynchronised: false,
    });
    for (const text of [undefined, '', '506 Cannot talk to daemon'])
      assert.equal(chronyAnswer(text), undefined, text);
  });

  test('timedatectl says yes or no, and anything else is no answer', () => {
    assert.equal(systemdAnswer('yes\n')?.isSynchronised, true);
    assert.equal(systemdAnswer('no\n')?.isSynchronised, false);
    for (const text of [undefined, '', 'Failed to connect to bus'])
      assert.equal(systemdAnswer(text), undefined);
  });

  test('this machine is asked without an error, and nobody is asked behind a yes', async () => {
    const sources = await clockSources(Date.now());
    const firstYes = sources.findIndex(({ isSynchronised }) => isSynchronised);
    assert.ok(firstYes === -1 || firstYes === sources.length - 1);
  });
});

test('the file of timesyncd speaks for two hours, and not from a time to come', () => {
  const now = 1_000_000_000_000;
  const hours = (count: number) => now - count * 3_600_000;
  assert.deepEqual(
    [hours(0), hours(2), now + 500].map((set) => isRecent(set, now)),
    [true, true, true],
  );
  assert.deepEqual(
    [hours(2) - 1, hours(-24)].map((set) => isRecent(set, now)),
    [false, false],
  );
});
