import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { toDigest } from '#libs/chain/ids.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { runCommandLine } from '#test/support/command-line.ts';
import { openCustody } from './custody.ts';
import { bindSigner, createSignerKey, sealKey } from './init.ts';
import { createTokenKey } from './token-key-file.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-token-'));
after(() => rmSync(base, { recursive: true, force: true }));

const SCHEME = 'slh-dsa-sha2-128f';
const URI = 'pkcs11:token=btcfed;object=consensus';
const pin = async () => Buffer.from('1234');

/** A signer whose key file says that its key is in a token, which this machine has not. */
async function signerWithToken() {
  const folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  const publicKey = new Uint8Array(await createSignerKey({ folder, scheme: SCHEME }));
  const path = join(folder, 'signer.key');
  const { secret_key: _, ...facts } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...facts, token_key: URI }));
  const members = [{ name: 'm0', publicKey, weight: 1n }];
  const first = { members, root: genesisRoot(toDigest('9'.repeat(64))) };
  await bindSigner({ folder, chainDigest: toDigest('c'.repeat(64)), first });
  const write = (change: Readonly<Record<string, unknown>>) =>
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
  const open = (mayBeLocked: boolean) =>
    openCustody({ folder, protocol: 'hotstuff', backend: 'auto', mayBeLocked });
  return { folder, open, write };
}

/** Where a machine has a provider, the sentence is about the token that is not there. */
const REFUSED = /has no provider for pkcs11: URIs|the token does not give the key/;

describe('SIG-18 a key in a token', () => {
  test('is bound without its PIN, and its signer waits locked for the PIN and says what is missing', async () => {
    const { folder, open } = await signerWithToken();
    const { key, ledger, isSealed } = await open(true);
    assert.deepEqual([key.isLocked, isSealed], [true, true]);
    await assert.rejects(key.unlock(pin), { message: REFUSED });
    assert.equal(key.isLocked, true);
    ledger.close();
    assert.equal(readFileSync(join(folder, 'signer.key'), 'utf8').includes('secret_key'), false);
  });

  test('cannot be sealed, exported or shared out, and its URI holds no PIN', async () => {
    const { folder, open, write } = await signerWithToken();
    const detail = { code: 'CUSTODY_KEY_IN_TOKEN', path: join(folder, 'signer.key') };
    await assert.rejects(sealKey({ folder, newPassphrase: async () => Buffer.from('twelve letters') }), {
      detail,
    });
    const exported = await runCommandLine(
      'signer',
      'key',
      'export',
      '--folder',
      folder,
      '--out',
      join(base, 'k'),
      '--plain',
    );
    assert.match(exported.notes, /its key is in a token, which alone keeps it/);
    assert.equal(existsSync(join(base, 'k')), false);
    write({ token_key: `${URI}?pin-value=1234` });
    await assert.rejects(open(true), { message: /bad token_key/ });
  });

  test('is not taken where the token does not sign, and nothing is written then', async () => {
    const folder = join(base, 'none');
    await assert.rejects(createTokenKey({ folder, scheme: SCHEME, uri: URI, pin }), { message: REFUSED });
    const withPin = createTokenKey({ folder, scheme: SCHEME, uri: `${URI}?pin-value=1`, pin });
    await assert.rejects(withPin, { message: /by a pkcs11: URI without a PIN/ });
    assert.equal(existsSync(folder), false);
  });
});
