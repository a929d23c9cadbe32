import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { within } from '../support/within.ts';

// A real token, in software: it has ECDSA and no SLH-DSA. It runs in a process of its own (p11-kit), because the token and
// Node each bring an OpenSSL, and two versions in one process crash each other.

const TOOL_MS_MAX = 60_000;
const PIN = '1234';
const PROVIDER = process.env['BTCFED_PKCS11_PROVIDER'] ?? globSync('/usr/lib/*/ossl-modules/pkcs11.so').at(0);
const SOFTHSM = globSync('/usr/lib{/*,}/softhsm/libsofthsm2.so').at(0);
const CLIENT = globSync('/usr/lib{/*,}/pkcs11/p11-kit-client.so').at(0);
const hasTools = ['softhsm2-util', 'pkcs11-tool', 'p11-kit'].every(
  (tool) => spawnSync('which', [tool], { timeout: TOOL_MS_MAX }).status === 0,
);
const isThere = PROVIDER !== undefined && SOFTHSM !== undefined && CLIENT !== undefined && hasTools;
const skip = isThere
  ? false
  : 'this machine lacks pkcs11-provider, softhsm2, opensc or p11-kit-modules: no token is tried';

const SCRIPT = `
  import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
  import { tokenKey } from ${JSON.stringify(new URL('../../libs/crypto/token-key.ts', import.meta.url).pathname)};
  const uri = 'pkcs11:token=btcfed;object=ecdsa;type=private';
  const key = createPrivateKey({ key: new URL(uri), passphrase: '${PIN}' });
  const message = Buffer.from('by the token');
  console.log(verify('sha256', message, createPublicKey(key), sign('sha256', message, key)));
  for (const [object, pin] of [['ecdsa', '${PIN}'], ['none', '${PIN}']]) {
    try { tokenKey('slh-dsa-sha2-128f', 'pkcs11:token=btcfed;type=private;object=' + object, Buffer.from(pin)); }
    catch (error) { console.log(error.detail.code, error.message); }
  }`;

test('SIG-18 a key in a SoftHSM signs by its URI where it can, and is refused as no SLH-DSA', {
  skip,
}, async () => {
  await using held = new AsyncDisposableStack();
  const base = mkdtempSync(join(tmpdir(), 'btcfed-hsm-'));
  held.defer(() => rmSync(base, { recursive: true, force: true }));
  mkdirSync(join(base, 'tokens'));
  writeFileSync(
    join(base, 'softhsm2.conf'),
    `directories.tokendir = ${join(base, 'tokens')}\nlog.level = ERROR\n`,
  );
  const env = { ...process.env, SOFTHSM2_CONF: join(base, 'softhsm2.conf') };
  const run = (command: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8', timeout: TOOL_MS_MAX });
    assert.equal(status, 0, stderr);
  };
  run('softhsm2-util', '--init-token', '--free', '--label', 'btcfed', '--pin', PIN, '--so-pin', '12345678');
  const login = ['--module', SOFTHSM ?? '', '--token-label', 'btcfed', '--login', '--pin', PIN];
  run(
    'pkcs11-tool',
    ...login,
    '--keypairgen',
    '--key-type',
    'EC:prime256v1',
    '--label',
    'ecdsa',
    '--id',
    '01',
  );

  const socket = join(base, 'token.sock');
  const served = ['server', '-f', '--provider', SOFTHSM ?? '', '-n', socket, 'pkcs11:token=btcfed'];
  const server = spawn('p11-kit', served, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  held.defer(() => void server.kill());
  await within('the token to be served', once(server.stdout, 'data'));
  assert.equal(existsSync(socket), true);

  const conf = join(base, 'openssl.cnf');
  const sections = [
    'nodejs_conf = init\n[init]\nproviders = all\n[all]\ndefault = builtin\npkcs11 = token',
    `[builtin]\nactivate = 1\n[token]\nmodule = ${PROVIDER}\npkcs11-module-path = ${CLIENT}\nactivate = 1\n`,
  ];
  writeFileSync(conf, sections.join('\n'));
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', SCRIPT], {
    env: { ...env, OPENSSL_CONF: conf, P11_KIT_SERVER_ADDRESS: `unix:path=${socket}` },
    ...{ encoding: 'utf8', timeout: TOOL_MS_MAX },
  });
  const [signed, kind, none] = stdout.trim().split('\n');
  assert.equal(signed, 'true', stderr);
  assert.match(
    kind ?? '',
    /^CRYPTO_UNAVAILABLE the key in the token is ec, and consensus needs slh-dsa-sha2-128f/,
  );
  assert.match(none ?? '', /^CRYPTO_SEAL_BROKEN the token does not give the key/);
});
