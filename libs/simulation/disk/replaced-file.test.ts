import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prng } from '#libs/random/prng.ts';
import { ReplacedFile } from './replaced-file.ts';

type Step = 'write' | 'sync' | 'rename' | 'syncFolder';
const STEPS: readonly Step[] = ['write', 'sync', 'rename', 'syncFolder'];
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

/** A file with "old" in it, and as many steps of a change to "new". */
function afterSteps(steps: readonly Step[]): ReplacedFile<string> {
  const file = new ReplacedFile('old');
  for (const step of steps) {
    if (step === 'write') file.write('new');
    else file[step]();
  }
  return file;
}

/** All contents that power cuts can leave, over many of them. */
function left(steps: readonly Step[]): readonly string[] {
  const seen = SEEDS.map((seed) => {
    const file = afterSteps(steps);
    file.losePower(prng(seed));
    return file.isSound ? file.value : 'half';
  });
  return [...new Set(seen)].sort();
}

describe('a replaced file', () => {
  test('shows the new content from the rename on, and keeps it from the sync of the folder on', () => {
    const values = STEPS.map((_, at) => afterSteps(STEPS.slice(0, at + 1)));
    assert.deepEqual(
      values.map(({ value }) => value),
      ['old', 'old', 'new', 'new'],
    );
    assert.deepEqual(
      values.map(({ durable }) => durable),
      ['old', 'old', 'old', 'new'],
    );
  });

  test('comes out of a power cut with the old or the new content, and after all four steps with the new', () => {
    assert.deepEqual(left(['write']), ['old']);
    assert.deepEqual(left(['write', 'sync']), ['old']);
    assert.deepEqual(left(['write', 'sync', 'rename']), ['new', 'old']);
    assert.deepEqual(left(STEPS), ['new']);
  });

  test('that was renamed without a sync may be half there, and says so', () => {
    assert.deepEqual(left(['write', 'rename', 'syncFolder']), ['half', 'old']);
  });

  test('that decayed is no longer sound, until a backup is put back', () => {
    const file = new ReplacedFile('old');
    file.decay();
    assert.equal(file.isSound, false);
    file.restore('backup');
    assert.deepEqual([file.isSound, file.value, file.durable], [true, 'backup', 'backup']);
  });
});
