import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { within } from '#test/support/within.ts';
import { noSoftToken, type SoftToken, softToken, TOKEN_PIN } from './soft-token.ts';

// A real token, in software: it has ECDSA and no SLH-DSA. All that does not need SLH-DSA is tried on it.

const PROCESS_MS_MAX = 300_000;
const CLI = fileURLToPath(new URL('../../services/cli/btcfed.mjs', import.meta.url));
const TOKEN_KEY = fileURLToPath(new URL('../../libs/crypto/token-key.ts', import.meta.url));
const SCHEMES = fileURLToPath(new URL('../../libs/crypto/scheme.ts', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'btcfed-softhsm-'));
after(() => rmSync(base, { recursive: true, force: true }));

const PRELUDE = `
  import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
  import { schemeByName } from ${JSON.stringify(SCHEMES)};
  import { tokenKey, tokenProviderFault } from ${JSON.stringify(TOKEN_KEY)};
  const scheme = schemeByName('slh-dsa-sha2-128f');
  const uri = 'pkcs11:token=btcfed;type=private;object=';
  const opened = (object, passphrase) => createPrivateKey({ key: new URL(uri + object), passphrase });
  const said = (work) => { try { return work(); } catch (error) { return error.message; } };
  const refused = (object, pin) => said(() => tokenKey(scheme, uri + object, Buffer.from(pin)));
  const PIN = '${TOKEN_PIN}';`;

/** Runs a script that finds the token, and gives the lines that it prints; after the first it is told to go on. */
async function script(token: SoftToken, body: string, between?: () => Promise<void>) {
  const { code, stdout, stderr } = await run(
    token,
    ['--input-type=module-typescript', '-e', PRELUDE + body],
    between,
  );
  assert.equal(code, 0, stderr);
  return stdout.trimEnd().split('\n');
}

/** A Node that finds the token. Without `between` it has no input: a process that has ended takes none. */
async function run({ env }: SoftToken, args: readonly string[], between?: () => Promise<void>) {
  const input = between === undefined ? 'ignore' : 'pipe';
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: [input, 'pipe', 'pipe'],
  });
  assert.ok(child.stdout !== null && child.stderr !== null);
  child.stdout.once('data', () => void between?.().finally(() => child.stdin?.end('go on\n')));
  const out = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await within('the process to end', once(child, 'exit'), PROCESS_MS_MAX);
  const [stdout, stderr] = await out;
  return { code, stdout, stderr };
}

describe('a key in a SoftHSM', { skip: noSoftToken }, () => {
  test('SIG-18 signs by its URI, for whoever has the PIN, and never leaves the token', async () => {
    await using token = await softToken();
    token.addKey('ecdsa', '01');
    const lines = await script(
      token,
      `
      console.log(said(() => opened('ecdsa', '9999')));
      const key = opened('ecdsa', PIN);
      const outside = createPublicKey(createPublicKey(key).export({ type: 'spki', format: 'pem' }));
      const message = Buffer.from('by the token');
      console.log(verify('sha256', message, outside, sign('sha256', message, key)));
      console.log(said(() => key.export({ type: 'pkcs8', format: 'pem' })));`,
    );
    assert.deepEqual(lines, [
      'Failed to load private key through an OpenSSL STORE loader',
      'true',
      'Failed to encode private key',
    ]);
  });

  test('SIG-16 is refused for what it is not, or when there is none', async () => {
    await using token = await softToken();
    token.addKey('ecdsa', '01');
    const [wrongPin, kind, none] = await script(
      token,
      `for (const [object, pin] of [['ecdsa', '9999'], ['ecdsa', PIN], ['none', PIN]]) console.log(refused(object, pin));`,
    );
    const GIVES_NONE =
      /^the token does not give the key: wrong or locked PIN, no key of that name, or no such token/;
    assert.match(wrongPin ?? '', GIVES_NONE);
    assert.match(kind ?? '', /^the key in the token is ec, and consensus needs slh-dsa-sha2-128f/);
    assert.match(none ?? '', GIVES_NONE);
  });

  test('SIG-16 is refused when the token was pulled out, by a process that had it and by a new one', async () => {
    await using token = await softToken();
    token.addKey('ecdsa', '01');
    const held = script(
      token,
      `
      const key = opened('ecdsa', PIN);
      sign('sha256', Buffer.from('x'), key);
      console.log(process.pid);
      for await (const _ of process.stdin) break;
      console.log(said(() => sign('sha256', Buffer.from('x'), key)));
      console.log(refused('ecdsa', PIN));`,
      () => token.remove(),
    );
    const [, signing, opening] = await held;
    assert.match(signing ?? '', /^error:\w+:pkcs11::/);
    assert.match(opening ?? '', /^the token does not give the key/);
    const [later] = await script(token, `console.log(refused('ecdsa', PIN));`);
    assert.match(
      later ?? '',
      /^the module of the token does not start: see that pkcs11-module-path in OPENSSL_CONF/,
    );
  });

  test('is within reach as long as the module of its token starts, whatever its PIN', async () => {
    await using token = await softToken();
    const asked = 'console.log(tokenProviderFault() ?? "within reach");';
    assert.deepEqual(await script(token, asked), ['within reach']);
    await token.remove();
    assert.match((await script(token, asked))[0] ?? '', /^the module of the token does not start/);
  });

  test('SIG-16 is not taken by keygen, and nothing is written then', async () => {
    await using token = await softToken();
    token.addKey('ecdsa', '01');
    const pin = join(base, 'pin');
    writeFileSync(pin, TOKEN_PIN, { mode: 0o600 });
    const folder = join(base, 'signer');
    const args = [
      '--folder',
      folder,
      '--pkcs11',
      'pkcs11:token=btcfed;object=ecdsa',
      '--passphrase-file',
      pin,
    ];
    const { code, stdout, stderr } = await run(token, [CLI, 'signer', 'keygen', ...args]);
    assert.deepEqual([code, stdout, existsSync(folder)], [1, '', false]);
    assert.match(
      stderr,
      /the key in the token is ec, and consensus needs slh-dsa-sha2-128f: a token with CKM_SLH_DSA/,
    );
  });
});
