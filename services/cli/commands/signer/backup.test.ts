import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-backup-'));
after(() => rmSync(base, { recursive: true, force: true }));

const WORDS = 'a passphrase of words';
const passphrase = join(base, 'passphrase');
const wrong = join(base, 'wrong');
writeFileSync(passphrase, `${WORDS}\n`, { mode: 0o600 });
writeFileSync(wrong, 'another passphrase', { mode: 0o600 });
const signer = (...args: readonly string[]) => runCommandLine('signer', ...args);

async function sealedKey(): Promise<string> {
  const folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  const { code, notes } = await signer('keygen', '--folder', folder, '--new-passphrase-file', passphrase);
  assert.equal(code, 0, notes);
  return folder;
}

test('SIG-18 a passphrase is split among five people, and three of them bring it back', async () => {
  const [folder, other] = [await sealedKey(), await sealedKey()];
  const split = (place: string, out: string, opens = passphrase) =>
    signer(
      'backup',
      'split',
      '--folder',
      place,
      '--shares',
      '5',
      '--threshold',
      '3',
      '--out',
      join(base, out),
      ...['--passphrase-file', opens, '--json'],
    );
  const typo = await split(folder, 'typo', wrong);
  assert.match(typo.notes, /does not open: wrong passphrase/);
  const made = await split(folder, 'shares');
  assert.equal(made.code, 0, made.notes);
  const { files } = JSON.parse(made.out);
  assert.equal(files.length, 5);
  assert.equal(statSync(files[0]).mode & 0o777, 0o600);
  assert.equal(
    files.some((file: string) => readFileSync(file, 'utf8').includes(Buffer.from(WORDS).toString('hex'))),
    false,
  );
  assert.match((await split(folder, 'shares')).notes, /is not empty: shares of two splits/);

  const found = join(base, 'found');
  const combine = (place: string, ...shares: readonly string[]) =>
    signer('backup', 'combine', ...shares, '--folder', place, '--out', found);
  assert.match((await combine(folder, files[0], files[4])).notes, /2 shares, and 3 are needed/);
  assert.match(
    (await combine(other, files[0], files[2], files[4])).notes,
    /is a share of key \w+, and .* has key/,
  );
  const foreign = JSON.parse((await split(other, 'others')).out).files;
  assert.match(
    (await combine(folder, files[0], files[2], foreign[4])).notes,
    /others\/share-5.json is a share of key/,
  );
  assert.equal((await combine(folder, files[0], files[2], files[4])).code, 0);
  assert.equal(readFileSync(found, 'utf8'), WORDS);
  assert.equal(statSync(found).mode & 0o777, 0o600);
  assert.match(
    (await combine(folder, files[0], files[2], files[4])).notes,
    /--out <file>' argument '[^']*found' is invalid. It exists already/,
  );
});

test('a key that is not sealed has no passphrase to share out', async () => {
  const folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  await signer('keygen', '--folder', folder, '--no-seal');
  const options = ['--shares', '3', '--threshold', '2', '--out', join(base, 'none')];
  const { code, notes } = await signer('backup', 'split', '--folder', folder, ...options);
  assert.deepEqual([code, /is not sealed: seal it first/.test(notes)], [1, true]);
});
