import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CrashFuse } from './crash-fuse.ts';

const crashAt = (effects: number) => ({ effects, isAfter: false, blown: () => {} });
const burnt = (fuse: CrashFuse, times: number) => Array.from({ length: times }, () => fuse.burn());

describe('the fuse of an instance', () => {
  test('burns down at the effect that its crash names, counted from when it was lit', () => {
    const fuse = new CrashFuse();
    assert.deepEqual(burnt(fuse, 2), [undefined, undefined]);
    const crash = crashAt(3);
    fuse.light(crash);
    assert.deepEqual(burnt(fuse, 3), [undefined, undefined, crash]);
    assert.equal(fuse.effects, 5, 'effects are counted without a fuse too');
  });

  test('that is put out, or lit anew, forgets the crash before', () => {
    const fuse = new CrashFuse();
    fuse.light(crashAt(1));
    fuse.light(undefined);
    assert.equal(fuse.burn(), undefined);
    const later = crashAt(2);
    fuse.light(crashAt(1));
    fuse.light(later);
    assert.deepEqual(burnt(fuse, 2), [undefined, later]);
  });
});
