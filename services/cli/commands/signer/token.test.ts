import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readMemberFile } from '#services/launcher/adapters/member-file.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { MemoryToken } from '#test/support/signer/keys/memory-token.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-token-cli-'));
after(() => rmSync(base, { recursive: true, force: true }));

const URI = 'pkcs11:token=btcfed;object=consensus';
const NEXT = 'pkcs11:token=btcfed;object=next';
const words = join(base, 'words');
writeFileSync(words, 'twelve letters and more', { mode: 0o600 });

/** A token with two keys, and its PIN in a file. */
function token(): MemoryToken & { readonly pinFile: string } {
  const made = new MemoryToken();
  for (const uri of [URI, NEXT]) made.put(uri, generateKeyPairSync('slh-dsa-sha2-128f').privateKey);
  const pinFile = join(mkdtempSync(join(base, 'p-')), 'pin');
  writeFileSync(pinFile, made.pin, { mode: 0o600 });
  return Object.assign(made, { pinFile });
}

async function done(...args: readonly string[]) {
  const { code, out, notes } = await runCommandLine(...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out);
}

/** Four homes; the first member's key comes as these arguments say. */
async function federation(...first: readonly string[]) {
  const root = mkdtempSync(join(base, 'f-'));
  const homes = ['alice', 'bob', 'carol', 'dave'].map((name) => join(root, name));
  for (const [index, home] of homes.entries()) {
    const announce = `/ip4/10.0.0.${index + 1}/tcp/9000`;
    const name = home.slice(root.length + 1);
    await done('init', '--home', home, '--name', name, '--announce', announce, ...(index === 0 ? first : []));
  }
  const genesis = join(root, 'genesis.json');
  const members = homes.map((home) => join(home, 'member.json'));
  assert.equal((await runCommandLine('genesis', '--member', ...members, '--out', genesis)).code, 0);
  const [home = ''] = homes;
  const bind = ['--genesis', genesis, '--member', ...members];
  return { home, folder: join(home, 'signer'), bind };
}

describe('SIG-18 a member whose key is in a token', () => {
  test('is made and bound without its PIN standing anywhere', async () => {
    using hsm = token();
    const { home, folder, bind } = await federation('--pkcs11', URI, '--passphrase-file', hsm.pinFile);
    await done('init', '--home', home, ...bind);
    const facts = await done('signer', 'key', 'inspect', '--home', home);
    assert.deepEqual([facts.token, facts.sealed, facts.protocol], [URI, true, 'hotstuff']);
    assert.match(
      (await runCommandLine('signer', 'key', 'inspect', '--home', home)).out,
      new RegExp(`in a token: ${URI}`),
    );
    const text = readFileSync(join(folder, 'signer.key'), 'utf8');
    assert.deepEqual([text.includes(hsm.pin), text.includes('secret_key')], [false, false]);
    const doctor = await runCommandLine('signer', 'doctor', '--home', home);
    assert.match(doctor.out, /^ok {7}key: in a token$/m);
    const status = await runCommandLine('signer', 'status', '--home', home);
    assert.match(status.out, /active/);
  });

  test('is refused a PIN among the arguments, and nothing is made', async () => {
    using hsm = token();
    const home = join(base, 'none');
    const args = ['--home', home, '--name', 'eve', '--announce', '/ip4/10.0.0.9/tcp/9000'];
    const { code, notes } = await runCommandLine('init', ...args, '--pkcs11', `${URI}?pin-value=${hsm.pin}`);
    assert.deepEqual([code, notes.includes(hsm.pin)], [1, false]);
    assert.match(notes, /a PIN never stands in the name of a key: .* change it if others may have seen it/);
    assert.equal(existsSync(home), false);
  });

  test('seal, unseal, export and backup are refused, for the key never leaves the token', async () => {
    using hsm = token();
    const { home, bind } = await federation('--pkcs11', URI, '--passphrase-file', hsm.pinFile);
    await done('init', '--home', home, ...bind);
    const out = join(home, 'out');
    for (const args of [
      ['seal', '--new-passphrase-file', words],
      ['unseal', '--passphrase-file', hsm.pinFile],
      ['key', 'export', '--out', out, '--plain'],
      [
        'backup',
        'split',
        '--out',
        out,
        '--shares',
        '3',
        '--threshold',
        '2',
        '--passphrase-file',
        hsm.pinFile,
      ],
    ]) {
      const { code, notes } = await runCommandLine('signer', ...args, '--home', home);
      assert.deepEqual([code, existsSync(out)], [1, false], args.join(' '));
      assert.match(notes, /its key is in a token, which alone keeps it/);
    }
  });
});

describe('SIG-18 rotation', () => {
  test('into a token, whose key is bound to the chain and waits for its epoch', async () => {
    using hsm = token();
    const { home, folder, bind } = await federation();
    await done('init', '--home', home, ...bind);
    const into = ['--home', home, '--pkcs11', NEXT, '--passphrase-file', hsm.pinFile];
    const next = await done('signer', 'rotate', 'prepare', ...into);
    assert.equal(next.sealed, true);
    const { keys } = readMemberFile(join(home, 'member.json'));
    assert.equal(keys?.length, 1);
    assert.deepEqual(readMemberFile(next.out).keys, keys, 'the audit key stays');
    const { token_key, chain_digest } = JSON.parse(readFileSync(join(folder, 'next', 'signer.key'), 'utf8'));
    assert.equal(token_key, NEXT);
    assert.match(chain_digest, /^[0-9a-f]{64}$/);
    assert.equal((await done('signer', 'rotate', 'status', '--home', home)).next, next.keyId);
  });

  test('out of a token asks for the passphrase of the new key, and not for the PIN', async () => {
    using hsm = token();
    const { home, folder, bind } = await federation('--pkcs11', URI, '--passphrase-file', hsm.pinFile);
    await done('init', '--home', home, ...bind);
    const before = hsm.tried.length;
    const silent = await runCommandLine('signer', 'rotate', 'prepare', '--home', home);
    assert.match(silent.notes, /nobody is at the terminal: give --passphrase-file/);
    await done('signer', 'rotate', 'prepare', '--home', home, '--new-passphrase-file', words);
    assert.match(readFileSync(join(folder, 'next', 'signer.key'), 'utf8'), /"sealed_key"/);
    assert.equal(hsm.tried.length, before);
  });

  test('from a token into a token takes another key, not the one at work', async () => {
    using hsm = token();
    const { home, folder, bind } = await federation('--pkcs11', URI, '--passphrase-file', hsm.pinFile);
    await done('init', '--home', home, ...bind);
    const prepare = ['signer', 'rotate', 'prepare', '--home', home, '--passphrase-file', hsm.pinFile];
    const same = await runCommandLine(...prepare, '--pkcs11', URI);
    assert.match(same.notes, /this is the key that is at work: make another one in the token/);
    assert.equal(existsSync(join(folder, 'next')), false);
    assert.equal((await done(...prepare, '--pkcs11', NEXT)).sealed, true);
  });
});
