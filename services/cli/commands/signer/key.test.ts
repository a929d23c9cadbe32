import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-key-'));
after(() => rmSync(base, { recursive: true, force: true }));

const passphrase = join(base, 'passphrase');
const other = join(base, 'other');
writeFileSync(passphrase, 'a passphrase of words\n', { mode: 0o600 });
writeFileSync(other, 'another passphrase, for the file', { mode: 0o600 });
const OPENS = ['--passphrase-file', passphrase];
const SEALS = ['--new-passphrase-file', passphrase];

const folder = () => join(mkdtempSync(join(base, 'f-')), 'signer');
const signer = (...args: readonly string[]) => runCommandLine('signer', ...args);

/** A command that must succeed; its JSON. */
async function done(...args: readonly string[]) {
  const { code, out, notes } = await signer(...args, '--json');
  assert.equal(code, 0, notes);
  return JSON.parse(out);
}

/** A genesis of four members, the first of whom has this key. */
async function genesisNaming(publicKey: string): Promise<string> {
  const homes = mkdtempSync(join(base, 'g-'));
  const files: string[] = [];
  for (const name of ['alice', 'bob', 'carol', 'dave']) {
    const home = join(homes, name);
    const announce = `/ip4/10.0.0.${files.length + 1}/tcp/9000`;
    assert.equal(
      (await runCommandLine('init', '--home', home, '--name', name, '--announce', announce)).code,
      0,
    );
    files.push(join(home, 'member.json'));
  }
  const [first = ''] = files;
  const member = { ...JSON.parse(readFileSync(first, 'utf8')), consensus_public_key: publicKey };
  writeFileSync(first, JSON.stringify(member));
  const out = join(homes, 'genesis.json');
  assert.equal((await runCommandLine('genesis', '--member', ...files, '--out', out)).code, 0);
  return out;
}

describe('SIG-18 btcfed signer keygen and init', () => {
  test('make a sealed key on a host of its own, and bind it to the genesis that names it', async () => {
    const place = ['--folder', folder()];
    const made = await done('keygen', ...place, ...SEALS);
    assert.equal(made.sealed, true);
    const genesis = await genesisNaming(made.publicKey);
    const bound = await done('init', ...place, '--genesis', genesis, ...OPENS);
    assert.deepEqual([bound.member, bound.mode], ['alice', 'active']);
    const facts = await done('key', 'inspect', ...place);
    assert.deepEqual(
      [facts.keyId, facts.chain, facts.sealed, facts.imported],
      [made.keyId, bound.chainDigest, true, false],
    );
    const again = await signer('keygen', ...place, ...SEALS);
    assert.match(again.notes, /signer\.key: it exists already/);
  });

  test('refuse a genesis that does not name the key, unless it joins later', async () => {
    const place = ['--folder', folder()];
    await done('keygen', ...place, '--no-seal');
    const stranger = await done('keygen', '--folder', folder(), '--no-seal');
    const genesis = await genesisNaming(stranger.publicKey);
    const refused = await signer('init', ...place, '--genesis', genesis);
    assert.deepEqual([refused.code, /does not name the key/.test(refused.notes)], [1, true]);
    assert.equal((await done('init', ...place, '--genesis', genesis, '--join')).member, null);
  });
});

describe('SIG-18 btcfed signer key', () => {
  test('export and import bring the same key to another folder, where it has no history and begins in quarantine', async () => {
    const from = ['--folder', folder()];
    const to = ['--folder', folder()];
    const { publicKey, keyId } = await done('keygen', ...from, ...SEALS);
    const file = join(base, 'moved.pem');
    const exporting = [...from, '--out', file, ...OPENS, '--new-passphrase-file', other];
    assert.equal((await done('key', 'export', ...exporting)).encrypted, true);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const again = await signer('key', 'export', ...exporting);
    assert.deepEqual(
      [again.code, /--out <file>' argument .* It exists already/.test(again.notes)],
      [64, true],
    );

    const imported = await done('key', 'import', file, ...to, '--passphrase-file', other, ...SEALS);
    assert.deepEqual([imported.publicKey, imported.sealed], [publicKey, true]);
    assert.deepEqual([(await done('key', 'inspect', ...to)).imported], [true]);
    const genesis = await genesisNaming(publicKey);
    assert.equal((await done('init', ...to, '--genesis', genesis, ...OPENS)).mode, 'quarantined');
    const shown = await done('state', 'show', ...to);
    assert.equal(shown.mode, 'quarantined', JSON.stringify(shown));
    assert.equal((await done('key', 'inspect', ...to)).keyId, keyId);
  });

  test('refuses a file that others may read, and a wrong passphrase, and leaves no folder half made', async () => {
    const from = ['--folder', folder()];
    await done('keygen', ...from, '--no-seal');
    const file = join(base, 'plain.jwk');
    const whole = await signer('key', 'export', ...from, '--out', file, '--format', 'jwk');
    assert.match(whole.notes, /--format jwk has no passphrase: say --plain/);
    await done('key', 'export', ...from, '--out', file, '--format', 'jwk', '--plain');
    const target = folder();
    const to = ['--folder', target, '--no-seal'];
    chmodSync(file, 0o644);
    assert.match((await signer('key', 'import', file, ...to)).notes, /others may read it: run chmod 600/);
    chmodSync(file, 0o600);
    const jwk = JSON.parse(readFileSync(file, 'utf8'));
    const pub = Buffer.from(jwk.priv, 'base64url');
    pub[pub.length - 1] = (pub[pub.length - 1] ?? 0) ^ 1;
    const forged = join(base, 'forged.jwk');
    writeFileSync(forged, JSON.stringify({ ...jwk, priv: pub.toString('base64url') }), { mode: 0o600 });
    assert.match((await signer('key', 'import', forged, ...to)).notes, /does not belong to its public key/);
    assert.equal(existsSync(target), false);
    assert.equal((await done('key', 'import', file, ...to)).imported, true);
  });
});
