import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { onRecordedDisk } from '#test/support/disk/recorded-disk.ts';
import { type Outcome, runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-secrets-'));
after(() => rmSync(base, { recursive: true, force: true }));

const WORDS = 'a passphrase of words';
const passphrase = join(base, 'passphrase');
writeFileSync(passphrase, WORDS, { mode: 0o600 });

/** The names and contents that a power cut right after the command leaves of `folder`. */
async function afterPowerCut(folder: string, ...args: readonly string[]): Promise<Map<string, string>> {
  mkdirSync(folder);
  let outcome: Outcome | undefined;
  const { images, failure } = await onRecordedDisk(folder, { fault: 'kill', at: -1 }, async () => {
    outcome = await runCommandLine(...args);
  });
  assert.deepEqual([failure, outcome?.code], [undefined, 0], outcome?.notes);
  const names = readdirSync(images.synced, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const left = new Map(
    names.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]),
  );
  for (const image of Object.values(images)) rmSync(image, { recursive: true });
  return left;
}

describe('SIG-18 a command that wrote a secret has it on disk when it says so', () => {
  test('crypto keygen', async () => {
    const folder = join(base, 'keygen');
    const out = ['--out', join(folder, 'key.pem'), '--scheme', 'slh-dsa-sha2-128f'];
    const left = await afterPowerCut(folder, 'crypto', 'keygen', ...out);
    assert.match(left.get('key.pem') ?? '', /^-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n$/);
  });

  test('signer backup split and combine', async () => {
    const key = ['--folder', join(base, 'signer')];
    const made = await runCommandLine('signer', 'keygen', ...key, '--new-passphrase-file', passphrase);
    assert.equal(made.code, 0, made.notes);
    const split = join(base, 'split');
    const shares = join(split, 'shares');
    const plan = ['--shares', '3', '--threshold', '2', '--out', shares, '--passphrase-file', passphrase];
    const left = await afterPowerCut(split, 'signer', 'backup', 'split', ...key, ...plan);
    assert.deepEqual([...left.keys()].sort(), ['share-1.json', 'share-2.json', 'share-3.json']);
    for (const [name, text] of left) assert.equal(text, readFileSync(join(shares, name), 'utf8'));

    const combined = join(base, 'combined');
    const two = [join(shares, 'share-1.json'), join(shares, 'share-3.json')];
    const out = ['--out', join(combined, 'passphrase')];
    const found = await afterPowerCut(combined, 'signer', 'backup', 'combine', ...two, ...key, ...out);
    assert.deepEqual([...found], [['passphrase', WORDS]]);
  });
});
