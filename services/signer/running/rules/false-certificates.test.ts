import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FalseCertificates } from './false-certificates.ts';

test('false certificates are known again, the newest and the most asked for', () => {
  const known = new FalseCertificates();
  assert.ok(!known.has('a'));
  known.add('a');
  known.add('b');
  for (let other = 0; other < 255; other++) {
    assert.ok(known.has('a'));
    known.add(`c${other}`);
  }
  assert.ok(known.has('a'));
  assert.ok(!known.has('b'), 'nobody asked for it, and there is no room');
});
