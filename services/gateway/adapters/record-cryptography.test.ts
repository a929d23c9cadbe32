import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { recordCryptography } from './record-cryptography.ts';

test('entries are signed with the identity, and a false signature or key is no error but a no', () => {
  const identity = IdentityKey.fromSeed(new Uint8Array(32).fill(1));
  const key = toHex(identity.publicKey);
  const { sign, verify, newId } = recordCryptography(identity.secretBytes());
  const statement = Buffer.from('statement');
  const signature = sign(statement);
  assert.equal(signature.length, 64);
  assert.equal(verify(key, statement, signature), true);
  assert.equal(verify(key, Buffer.from('another'), signature), false);
  assert.equal(verify(toHex(IdentityKey.generate().publicKey), statement, signature), false);
  assert.equal(verify('ff'.repeat(32), statement, signature), false);
  assert.equal(verify('11', statement, signature), false);
  assert.match(newId(), /^[0-9a-f]{32}$/);
  assert.notEqual(newId(), newId());
});
