import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { proveKey } from './key-proof.ts';
import { schemeByName } from './scheme.ts';
import { isTokenUri, tokenKey } from './token-key.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-token-'));
after(() => rmSync(base, { recursive: true, force: true }));

const SCHEME = 'slh-dsa-sha2-128f';
const pin = () => Buffer.from('1234');

/** A key behind a URI of OpenSSL's STORE: a file is the only store that every machine has. */
function stored(name: string, type: 'slh-dsa-sha2-128f' | 'slh-dsa-sha2-256s' | 'ed25519'): string {
  const path = join(base, name);
  const { privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync(type);
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return pathToFileURL(path).href;
}

describe('SIG-18 a key that is found by a URI', () => {
  test('signs by the store that has it, and its PIN is cleared', async () => {
    const secret = pin();
    const key = tokenKey(SCHEME, stored('good.pem', SCHEME), secret);
    await proveKey(schemeByName(SCHEME), key);
    assert.deepEqual(secret, Buffer.alloc(4));
    key.close();
    await assert.rejects(key.sign(Buffer.from('x')), { detail: { code: 'CRYPTO_KEY_CLOSED' } });
  });

  test('SIG-16 is refused with what is missing: SLH-DSA in the token, the provider, the permission, the key', () => {
    assert.throws(() => tokenKey(SCHEME, stored('ed.pem', 'ed25519'), pin()), {
      message:
        /the key in the token is ed25519, and consensus needs slh-dsa-sha2-128f: a token with CKM_SLH_DSA/,
    });
    assert.throws(() => tokenKey(SCHEME, stored('256s.pem', 'slh-dsa-sha2-256s'), pin()), {
      message: /is slh-dsa-sha2-256s, and consensus needs slh-dsa-sha2-128f/,
    });
    assert.throws(() => tokenKey(SCHEME, pathToFileURL(join(base, 'none.pem')).href, pin()), {
      message: /the token does not give the key: wrong PIN, no key of that name/,
    });
    const script = `
      import { tokenKey } from ${JSON.stringify(new URL('token-key.ts', import.meta.url).pathname)};
      try { tokenKey('${SCHEME}', 'pkcs11:token=none;object=none', Buffer.from('1234')); }
      catch (error) { console.log(error.message); }`;
    const said = (...flags: readonly string[]): string => {
      const args = [...flags, '--input-type=module-typescript', '-e', script];
      const env = { OPENSSL_CONF: '/dev/null' };
      return spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 60_000 }).stdout.trim();
    };
    assert.match(
      said(),
      /^Node \S+ with OpenSSL \S+ has no provider for pkcs11: URIs: install pkcs11-provider/,
    );
    assert.match(said('--permission', '--allow-fs-read=*'), /start Node with --allow-openssl-store$/);
  });

  test('is named without its PIN', () => {
    assert.equal(isTokenUri('pkcs11:token=btcfed;object=consensus;type=private'), true);
    for (const text of [
      'pkcs11:',
      'file:///key.pem',
      'pkcs11:token=a?pin-value=1234',
      'pkcs11:a?pin-source=/b',
      'pkcs11:a b',
    ]) {
      assert.equal(isTokenUri(text), false, text);
    }
  });
});
