import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberedPassphrase } from './passphrase.ts';

test('a passphrase that is needed twice is asked for once, and no copy outlives the work', async () => {
  const words = Buffer.from('correct horse');
  let asked = 0;
  const known = rememberedPassphrase(async () => {
    asked += 1;
    return words;
  });
  const first = await known.passphrase?.();
  // The user of a passphrase clears it.
  first?.fill(0);
  assert.deepEqual(await known.passphrase?.(), Buffer.from('correct horse'));
  assert.equal(asked, 1);
  known.forget();
  assert.deepEqual(words, Buffer.alloc(words.length));
});

test('a key in the clear has no passphrase to remember', () => {
  const known = rememberedPassphrase(undefined);
  assert.equal(known.passphrase, undefined);
  known.forget();
});
