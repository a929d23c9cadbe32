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
import { TokenKey, tokenKey } from './token-key.ts';
import { tokenOf, tokenUriFault } from './token-uri.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-token-'));
after(() => rmSync(base, { recursive: true, force: true }));

const NAME = 'slh-dsa-sha2-128f';
const SCHEME = schemeByName(NAME);
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
    const key = tokenKey(SCHEME, stored('good.pem', NAME), secret);
    await proveKey(SCHEME, key);
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
      message: /^the token does not give the key: wrong or locked PIN, no key of that name/,
    });
    const script = `
      import { schemeByName } from ${JSON.stringify(new URL('scheme.ts', import.meta.url).pathname)};
      import { tokenKey } from ${JSON.stringify(new URL('token-key.ts', import.meta.url).pathname)};
      try { tokenKey(schemeByName('${NAME}'), 'pkcs11:token=none;object=none', Buffer.from('1234')); }
      catch (error) { console.log(error.message); }`;
    const said = (...flags: readonly string[]): string => {
      const args = [...flags, '--input-type=module-typescript', '-e', script];
      const env = { OPENSSL_CONF: '/dev/null' };
      return spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 300_000 }).stdout.trim();
    };
    assert.match(
      said(),
      /^Node \S+ with OpenSSL \S+ has no provider for pkcs11: URIs: install pkcs11-provider/,
    );
    assert.match(said('--permission', '--allow-fs-read=*'), /start Node with --allow-openssl-store$/);
  });

  test('SIG-16 is refused without a PIN, which the token would count as a wrong one', () => {
    const never = pathToFileURL(join(base, 'never-asked.pem')).href;
    assert.throws(() => tokenKey(SCHEME, never, Buffer.alloc(0)), {
      message: 'the PIN of the token is empty',
    });
  });

  test('gives out nothing that does not hold under its public key', async () => {
    const [mine, other] = [generateKeyPairSync(NAME).privateKey, generateKeyPairSync('ed25519').privateKey];
    const wrong = new TokenKey(SCHEME, other);
    await assert.rejects(wrong.sign(Buffer.from('x')), {
      message: /^the token made a signature that does not hold/,
      detail: { code: 'CRYPTO_FAULT', scheme: NAME },
    });
    assert.equal((await new TokenKey(SCHEME, mine).sign(Buffer.from('x'))).length, SCHEME.sizes.signature);
  });
});

describe('SIG-18 the name of a key in a token', () => {
  test('names one token and one key, and says which token', () => {
    for (const text of [
      'pkcs11:token=btcfed;object=consensus;type=private',
      'pkcs11:serial=975d3aedb9d03a70;id=%01',
      'pkcs11:token=a%20b;id=%01;object=consensus;model=v1',
    ]) {
      assert.equal(tokenUriFault(text), undefined, text);
    }
    assert.equal(tokenOf('pkcs11:object=a;token=t;serial=1'), 'serial=1;token=t');
    assert.equal(tokenOf('pkcs11:token=t;serial=1;id=%02'), 'serial=1;token=t');
  });

  test('is refused with what is wrong, and never repeated: it may have a PIN in it', () => {
    const PIN = '271828';
    for (const [text, fault] of [
      ['pkcs11:', /^expected of name=value only token, serial, /],
      ['', /^expected a URI/],
      ['file:///key.pem', /^expected a URI/],
      ['pkcs11:token=a b;object=c', /^expected a URI/],
      [`pkcs11:token=a;object=${'c'.repeat(500)}`, /^expected a URI of at most 512 characters/],
      [`pkcs11:token=a;object=b?pin-value=${PIN}`, /^a PIN never stands in the name/],
      [`pkcs11:token=a;object=b;pin-value=${PIN}`, /^a PIN never stands in the name/],
      [`pkcs11:token=a;object=b?PIN-source=file:/${PIN}`, /^a PIN never stands in the name/],
      ['pkcs11:token=a;object=b?module-path=/m.so', /named in OPENSSL_CONF$/],
      ['pkcs11:token=a', /names no key: add object= or id=$/],
      ['pkcs11:object=a', /names no token: add token= or serial=$/],
      ['pkcs11:token=;object=a', /^expected token= once, with a value$/],
      ['pkcs11:token=a;token=b;object=c', /^expected token= once/],
      ['pkcs11:token=a;object=b;type=public', /^expected type=private, or none$/],
      ['pkcs11:token=a;object=b;x-vendor=c', /^expected of name=value only/],
      [`pkcs11:token=a;object=b;${PIN}`, /^expected of name=value only/],
    ] as const) {
      const found = tokenUriFault(text) ?? '';
      assert.match(found, fault, text);
      assert.ok(!found.includes(PIN), found);
    }
  });
});
