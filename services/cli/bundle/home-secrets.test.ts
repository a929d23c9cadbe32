import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { endOfFile, homeEntries } from './home-entries.ts';
import { homeSecrets } from './home-secrets.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-secrets-'));
after(() => rmSync(base, { recursive: true, force: true }));

function homeWith(files: Readonly<Record<string, string>>): string {
  const home = mkdtempSync(join(base, 'h-'));
  for (const folder of ['signer', 'logs', 'consensus']) mkdirSync(join(home, folder));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(home, path), text, { mode: 0o600 });
  return home;
}

function textsOf(home: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  return homeSecrets(home, homeEntries(home).entries, env).secrets.map(String);
}

describe('homeSecrets', () => {
  test('are those of the files of a home, but not of its logs and databases', () => {
    const home = homeWith({
      'conf.yaml': 'services:\n  nats_url: nats://u:of-conf@h\n',
      'signer/passphrase': 'of the signer\n',
      'logs/a.log': 'nats://u:of-a-log@h',
      'consensus/chain.db': 'password: of-a-database',
      'signer/signer.db': 'password: of-a-record',
    });
    assert.deepEqual(textsOf(home).toSorted(), ['of the signer', 'of-conf', 'of-conf']);
  });

  test('are those of the environment too: a URL, and a passphrase in a plain file', () => {
    const home = homeWith({});
    const file = join(base, 'elsewhere');
    writeFileSync(file, 'of the environment\n');
    const found = textsOf(home, { NATS_URL: 'nats://token-of-env@h', SIGNER_PASSPHRASE_FILE: file });
    assert.ok(found.includes('of the environment') && found.includes('token-of-env'));
    assert.deepEqual(textsOf(home, { SIGNER_PASSPHRASE_FILE: '/dev/null' }), []);
  });

  test('say which file could not be read', () => {
    const home = homeWith({ 'conf.yaml': 'a: b' });
    const { entries } = homeEntries(home);
    rmSync(join(home, 'conf.yaml'));
    assert.deepEqual(homeSecrets(home, entries, {}).unread, [join(home, 'conf.yaml')]);
  });
});

describe('homeEntries', () => {
  test('shows links and where they lead, and nothing behind them', () => {
    const home = homeWith({ 'conf.yaml': 'a: b' });
    symlinkSync('/etc', join(home, 'etc'));
    const { entries, isCut } = homeEntries(home);
    assert.equal(isCut, false);
    assert.deepEqual(
      entries.map(({ path, kind }) => [path, kind]),
      [
        ['conf.yaml', 'file'],
        ['consensus', 'folder'],
        ['etc', 'link'],
        ['logs', 'folder'],
        ['signer', 'folder'],
      ],
    );
    const [file] = entries;
    assert.deepEqual([file?.mode, file?.bytes, file?.owner], ['0600', 4, process.getuid?.()]);
    assert.equal(entries.find(({ path }) => path === 'etc')?.target, '/etc');
  });

  test('stops at a depth that no home has', () => {
    const home = homeWith({});
    mkdirSync(join(home, '1/2/3/4/5/6/7/8/9'), { recursive: true });
    const { entries, isCut } = homeEntries(home);
    assert.ok(isCut);
    assert.ok(!entries.some(({ path }) => path.endsWith('/9')));
  });

  test('gives the end of a plain file alone', () => {
    const home = homeWith({ 'conf.yaml': '0123456789' });
    const file = join(home, 'conf.yaml');
    assert.deepEqual(endOfFile(file, 4), { bytes: Buffer.from('6789'), size: 10 });
    symlinkSync(file, join(home, 'link'));
    assert.throws(() => endOfFile(join(home, 'link'), 4), {
      message: /link is a link, which is not followed$/,
    });
    assert.throws(() => endOfFile(home, 4), { message: /is no plain file$/ });
  });
});
