import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { toDigest } from '#libs/chain/ids.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { bindSigner, createSignerKey } from '../ceremony/init.ts';
import { sealKey } from '../ceremony/seal-key.ts';
import { passphraseFrom } from '../key/passphrase.ts';
import { openCustody } from './custody.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-sealed-'));
after(() => rmSync(base, { recursive: true, force: true }));

function secretFile(name: string, content: string): string {
  const file = join(base, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

const passphraseFile = secretFile('passphrase', 'a passphrase of words\n');
const otherFile = secretFile('other', 'another passphrase');

/** A bound key in a folder of its own, in the clear. */
async function boundKey() {
  const folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  const publicKey = new Uint8Array(await createSignerKey({ folder, scheme: 'slh-dsa-sha2-128f' }));
  const members = [{ name: 'm0', publicKey, weight: 1n }];
  const first = { members, root: genesisRoot(toDigest('9'.repeat(64))) };
  await bindSigner({ protocol: 'hotstuff', folder, chainDigest: toDigest('c'.repeat(64)), first });
  const text = () => readFileSync(join(folder, 'signer.key'), 'utf8');
  const write = (content: string) => writeFileSync(join(folder, 'signer.key'), content);
  const open = (file?: string) =>
    openCustody({ folder, protocol: 'hotstuff', backend: 'auto', passphraseFile: file });
  return { folder, publicKey, text, write, open };
}

/** Opens, tells the public key, and lets go again. */
async function opened({ open }: Awaited<ReturnType<typeof boundKey>>, file?: string) {
  const { key, ledger, isSealed } = await open(file);
  const { publicKey } = key;
  ledger.close();
  key.close();
  return { publicKey, isSealed };
}

describe('SIG-18 a sealed key', () => {
  test('is the same key: sealed, under another passphrase, and in the clear again', async () => {
    const key = await boundKey();
    const { secret_key: secret } = JSON.parse(key.text());
    assert.equal((await opened(key)).isSealed, false);
    await sealKey({ folder: key.folder, newPassphrase: passphraseFrom(passphraseFile) });
    assert.equal(key.text().includes(secret.slice(0, 64)), false);
    assert.deepEqual(await opened(key, passphraseFile), { publicKey: key.publicKey, isSealed: true });
    await sealKey({
      folder: key.folder,
      passphrase: passphraseFrom(passphraseFile),
      newPassphrase: passphraseFrom(otherFile),
    });
    await assert.rejects(key.open(passphraseFile), { detail: { code: 'CRYPTO_SEAL_BROKEN' } });
    assert.deepEqual(await opened(key, otherFile), { publicKey: key.publicKey, isSealed: true });
    await sealKey({ folder: key.folder, passphrase: passphraseFrom(otherFile) });
    assert.equal(JSON.parse(key.text()).secret_key, secret);
    assert.deepEqual(await opened(key), { publicKey: key.publicKey, isSealed: false });
  });

  test('does not open without its passphrase, and says where it is looked for', async () => {
    const key = await boundKey();
    await sealKey({ folder: key.folder, newPassphrase: passphraseFrom(passphraseFile) });
    await assert.rejects(key.open(), { message: /sealed: give its passphrase by SIGNER_PASSPHRASE_FILE/ });
    await assert.rejects(key.open(join(base, 'nowhere')), { message: /passphrase .*nowhere: it is missing/ });
    const long = secretFile('long', 'x'.repeat(2_000));
    await assert.rejects(key.open(long), { message: /passphrase .*long: it is longer than 1025 bytes/ });
    const shared = secretFile('shared', 'a passphrase of words');
    chmodSync(shared, 0o640);
    await assert.rejects(key.open(shared), {
      message: /passphrase: .*shared has mode 0640, others may read it: run chmod 600/,
    });
  });

  test('does not open when anything beside it was changed: scheme, chain, protocol, key', async () => {
    const key = await boundKey();
    await sealKey({ folder: key.folder, newPassphrase: passphraseFrom(passphraseFile) });
    const whole = JSON.parse(key.text());
    const changes = {
      chain_digest: 'd'.repeat(64),
      created: '2020-01-01T00:00:00.000Z',
      public_key: '00'.repeat(32),
    };
    for (const [field, value] of Object.entries(changes)) {
      key.write(JSON.stringify({ ...whole, [field]: value }));
      const unsealed = sealKey({ folder: key.folder, passphrase: passphraseFrom(passphraseFile) });
      await assert.rejects(unsealed, { detail: { code: 'CRYPTO_SEAL_BROKEN' } }, field);
      await assert.rejects(key.open(passphraseFile), /another (key|chain) than|does not open/, field);
    }
    key.write(JSON.stringify({ ...whole, secret_key: '00'.repeat(64) }));
    await assert.rejects(key.open(passphraseFile), { message: /expected one of secret_key and sealed_key/ });
  });

  test('nothing is changed when the new passphrase cannot be used', async () => {
    const key = await boundKey();
    const before = key.text();
    const detail = { code: 'CRYPTO_PASSPHRASE_REFUSED' };
    await assert.rejects(
      sealKey({ folder: key.folder, newPassphrase: passphraseFrom(secretFile('short', 'short')) }),
      {
        detail,
      },
    );
    assert.equal(key.text(), before);
  });

  test('is sealed and opened with a passphrase that comes through a pipe', async () => {
    const key = await boundKey();
    const script = `
      import { sealKey } from ${JSON.stringify(new URL('../ceremony/seal-key.ts', import.meta.url).pathname)};
      import { passphraseFrom } from ${JSON.stringify(new URL('../key/passphrase.ts', import.meta.url).pathname)};
      await sealKey({ folder: process.argv[1], newPassphrase: passphraseFrom('/dev/stdin') });`;
    const command = `echo 'a passphrase of words' | "$0" --input-type=module-typescript -e "$1" "$2"`;
    execFileSync('sh', ['-c', command, process.execPath, script, key.folder], { timeout: 300_000 });
    assert.equal((await opened(key, passphraseFile)).isSealed, true);
  });
});
