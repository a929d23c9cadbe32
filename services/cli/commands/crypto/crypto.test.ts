import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const SEED = '00'.repeat(16) + '11'.repeat(16) + '22'.repeat(16);

const folder = mkdtempSync(join(tmpdir(), 'btcfed-crypto-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function crypto(command: string, ...args: readonly string[]) {
  return runCommandLine('crypto', command, '--scheme', SCHEME, ...args);
}

async function jsonOf(command: string, ...args: readonly string[]) {
  const { code, out, notes } = await crypto(command, ...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out);
}

function fileWith(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('btcfed crypto', async () => {
  const { publicKey, secretKey } = await jsonOf('keygen', '--seed', SEED);
  const key = fileWith('key.hex', secretKey);

  test('SIG-02 derives the same key and the same deterministic signature each time', async () => {
    assert.equal((await jsonOf('keygen', '--seed', SEED)).publicKey, publicKey);
    const args = ['--key', key, '--message-hex', '00FF', '--deterministic'];
    const { signature } = await jsonOf('sign', ...args);
    assert.equal(signature.length, 2 * 17_088);
    assert.equal((await jsonOf('sign', ...args)).signature, signature);
  });

  test('SIG-03 a signature is valid for its message, key and context alone, in either implementation', async () => {
    const { signature } = await jsonOf('sign', '--key', key, '--message-hex', '00ff', '--context-hex', 'ab');
    const flipped = `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`;
    const judged = (message: string, context: string, given = signature, backend = 'native') => {
      const data = ['--message-hex', message, '--context-hex', context, '--signature-hex', given];
      return crypto('verify', '--public-key', publicKey, ...data, '--backend', backend);
    };
    assert.deepEqual(await judged('00FF', 'AB'), { code: 0, out: 'valid', notes: '' });
    assert.equal((await judged('00ff', 'ab', signature, 'portable')).code, 0);
    assert.equal((await judged('00ff', '', signature, 'portable')).code, 1);
    for (const bad of [
      ['00fe', 'ab'],
      ['00ff', ''],
      ['00ff', 'ac'],
      ['00ff', 'ab', flipped],
      ['00ff', 'ab', ''],
    ] as const) {
      assert.deepEqual(await judged(bad[0], bad[1], bad[2]), { code: 1, out: 'not valid', notes: '' });
    }
  });

  test('SIG-04 writes a key to a new file only, for its owner only, and signs with every form', async () => {
    for (const format of ['pkcs8', 'jwk', 'raw']) {
      const out = join(folder, `key.${format}`);
      const printed = await crypto('keygen', '--seed', SEED, '--out', out, '--format', format);
      assert.equal(printed.out.includes(secretKey), false);
      assert.equal(statSync(out).mode & 0o777, 0o600);
      assert.equal((await jsonOf('sign', '--key', out, '--message-hex', '01')).publicKey, publicKey);
      const before = readFileSync(out, 'utf8');
      assert.equal((await crypto('keygen', '--out', out)).code, 64);
      assert.equal(readFileSync(out, 'utf8'), before);
    }
    assert.equal(existsSync(join(folder, 'key.jwk')), true);
    const seeded = fileWith('seed.hex', SEED);
    assert.equal((await jsonOf('sign', '--key', seeded, '--message-hex', '01')).publicKey, publicKey);
  });

  test('SIG-09 input that cannot be used ends with 2 and one sentence, never with 1', async () => {
    const verify = ['verify', '--public-key', publicKey, '--signature-hex', 'aa', '--message-hex'];
    const unusable: readonly (readonly [readonly string[], RegExp])[] = [
      [[...verify, 'a'], /--message-hex is not hex/],
      [[...verify, ''], /empty message/],
      [[...verify, '00', '--context-hex', '00'.repeat(256)], /context too long: at most 255 bytes, got 256/],
      [
        ['verify', '--public-key', 'aa', '--signature-hex', 'aa', '--message-hex', '00'],
        /expected 32 bytes, got 1/,
      ],
      [['verify', '--message-hex', '00'], /required option '--public-key <hex>'/],
      [['keygen', '--seed', '00'], /invalid seed length: expected 48 bytes, got 1/],
      [['sign', '--key', '/nowhere', '--message-hex', '00'], /\/nowhere cannot be read/],
      [['sign', '--key', fileWith('bad', 'zz'), '--message-hex', '00'], /the key cannot be read/],
      [['sign', '--key', fileWith('big', 'a'.repeat(5_000)), '--message-hex', '00'], /too large to be a key/],
      [['keygen', '--scheme', 'rsa'], /unknown signature scheme "rsa": expected one of slh-dsa-sha2-128s/],
      [['keygen', '--surprise'], /unknown option '--surprise'/],
    ];
    for (const [[command = '', ...args], reason] of unusable) {
      const { code, out, notes } = await crypto(command, ...args);
      assert.deepEqual([code, out], [64, ''], notes);
      assert.match(notes, reason);
    }
  });

  test('a key whose halves belong to different keys is found out before its signature is given away', async () => {
    const other = (await jsonOf('keygen', '--seed', '33'.repeat(48))).publicKey;
    const mixed = fileWith('mixed', secretKey.slice(0, 64) + other);
    const { code, out, notes } = await crypto('sign', '--key', mixed, '--message-hex', '00');
    assert.deepEqual([code, out], [64, '']);
    assert.match(notes, /does not belong to its public key/);
  });
});
