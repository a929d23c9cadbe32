import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { keyId } from '#libs/crypto/key-id.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { MemoryToken } from '#test/support/signer/keys/memory-token.ts';
import { TEST_CHAIN } from '#test/support/signer/signer-home.ts';
import { SignerPeers } from '#test/support/signer/signer-peers.ts';
import { openCore } from '../running/open-core.ts';
import { bindSigner } from './init.ts';
import { sealKey } from './seal-key.ts';
import { createTokenKey } from './token-key-file.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-token-'));
after(() => rmSync(base, { recursive: true, force: true }));

const SCHEME = 'slh-dsa-sha2-128f';
const URI = 'pkcs11:token=btcfed;object=consensus';

/** A signer with its key in a token, bound to a chain with three others. */
async function signerWithToken(token: MemoryToken) {
  const folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  token.put(URI, generateKeyPairSync(SCHEME).privateKey);
  const pin = async () => Buffer.from(token.pin);
  const publicKey = await createTokenKey({ folder, scheme: SCHEME, uri: URI, pin });
  const others = await SignerPeers.create(SCHEME, TEST_CHAIN);
  await bindSigner({
    protocol: 'hotstuff',
    folder,
    chainDigest: TEST_CHAIN,
    first: others.firstEpoch(new Uint8Array(publicKey)),
  });
  token.restart();
  const pinFile = join(folder, '..', 'pin');
  writeFileSync(pinFile, `${token.pin}\n`, { mode: 0o600 });
  const serving: boolean[] = [];
  const open = (passphraseFile?: string, mayBeLocked = true) =>
    openCore({
      ...{ folder, protocol: 'hotstuff', backend: 'auto', passphraseFile, mayBeLocked },
      ...{ log: memoryLogger(), onServing: (isServing) => void serving.push(isServing) },
    });
  return { folder, others, open, pinFile, serving };
}

type Core = Awaited<ReturnType<Awaited<ReturnType<typeof signerWithToken>>['open']>>;
const unlock = ({ admin }: Core, pin: string) => admin.unlock({ passphrase: Buffer.from(pin) });

describe('SIG-18 a key in a token', () => {
  test('signs once it has its PIN: at the start, or when its operator unlocks it', async () => {
    using token = new MemoryToken();
    const { others, open, pinFile, folder } = await signerWithToken(token);
    const attended = await open();
    assert.equal(attended.isServing, false);
    await unlock(attended, token.pin);
    const { session } = await attended.api.openSession();
    const { signature } = await attended.api.sign(await others.prepare(1, 0, session));
    assert.equal(signature.length, 17_088);
    await attended.close();
    token.restart();
    const unattended = await open(pinFile);
    assert.equal(unattended.isServing, true);
    const { session: next } = await unattended.api.openSession();
    const again = await unattended.api.sign(await others.prepare(1, 0, next));
    assert.deepEqual(Buffer.from(again.signature), Buffer.from(signature));
    await unattended.close();
    assert.equal(readFileSync(join(folder, 'signer.key'), 'utf8').includes('secret_key'), false);
  });

  test('is refused a wrong PIN, also after it was locked, when the token asks for none any more', async () => {
    using token = new MemoryToken();
    const { open } = await signerWithToken(token);
    const core = await open();
    await assert.rejects(unlock(core, '111111'), { message: /wrong or locked PIN.*Each wrong PIN counts/ });
    await unlock(core, token.pin);
    await core.admin.lock();
    await assert.rejects(unlock(core, '111111'), { message: /^this is not the PIN of the token/ });
    assert.deepEqual([core.isServing, token.tried.length], [false, 3]);
    await unlock(core, token.pin);
    assert.equal(core.isServing, true);
    await core.close();
  });

  test('is not asked for with no PIN at all: the token would count that', async () => {
    using token = new MemoryToken();
    const { open, pinFile } = await signerWithToken(token);
    const before = token.tried.length;
    await assert.rejects(open(undefined, false), {
      message: /its key is in a token: give its PIN by SIGNER_PASSPHRASE_FILE/,
    });
    writeFileSync(pinFile, '');
    await assert.rejects(open(pinFile), { message: 'the PIN of the token is empty' });
    const core = await open();
    await assert.rejects(unlock(core, ''), { message: /its key is in a token: give its PIN/ });
    await core.close();
    assert.equal(token.tried.length, before);
  });

  test('stops signing when the token is pulled out, says so, and signs what it promised once it is back', async () => {
    using token = new MemoryToken();
    const { others, open, pinFile, serving } = await signerWithToken(token);
    const core = await open(pinFile);
    const { session } = await core.api.openSession();
    token.isThere = false;
    const vote = await others.prepare(1, 0, session);
    const rows = async (): Promise<bigint> => (await core.admin.getCustody()).auditHead?.sequence ?? 0n;
    const before = await rows();
    await assert.rejects(core.api.sign(vote), {
      message: /^the key is locked: the token does not sign \(error:40800030:.*btcfed signer unlock/,
      detail: { code: 'SIGNER_LOCKED' },
    });
    assert.deepEqual([core.isServing, serving.at(-1)], [false, false]);
    // One row for the vote, one for the lock.
    const { locked } = await core.admin.getCustody();
    assert.deepEqual([locked, await rows()], [true, before + 2n]);
    await assert.rejects(unlock(core, token.pin), { message: /the token does not give the key/ });
    token.isThere = true;
    await unlock(core, token.pin);
    assert.deepEqual([core.isServing, serving.at(-1)], [true, true]);
    assert.equal((await core.api.sign(vote)).signature.length, 17_088);
    await core.close();
  });

  test('is taken from no token that has another key under its name', async () => {
    using token = new MemoryToken();
    const { open, pinFile } = await signerWithToken(token);
    const { privateKey, publicKey } = generateKeyPairSync(SCHEME);
    token.put(URI, privateKey);
    const found = keyId(publicKey.export({ format: 'raw-public' }));
    await assert.rejects(open(pinFile), {
      message: new RegExp(`the token has key ${found} under ${URI}, and the record is of .*by its id=`),
    });
  });

  test('cannot be sealed, exported or shared out, and its URI holds no PIN', async () => {
    using token = new MemoryToken();
    const { folder, open } = await signerWithToken(token);
    const path = join(folder, 'signer.key');
    const detail = { code: 'CUSTODY_KEY_IN_TOKEN', path };
    await assert.rejects(sealKey({ folder, newPassphrase: async () => Buffer.from('twelve letters') }), {
      detail,
    });
    const out = join(base, 'k');
    const exporting = ['--folder', folder, '--out', out, '--plain'];
    const exported = await runCommandLine('signer', 'key', 'export', ...exporting);
    assert.match(exported.notes, /its key is in a token, which alone keeps it/);
    assert.equal(existsSync(out), false);
    const text = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...text, token_key: `${URI}?pin-value=1234` }));
    await assert.rejects(open(), { message: /bad token_key: a PIN never stands in the name of a key/ });
  });

  test('is not taken where the token does not sign, and nothing is written then', async () => {
    using token = new MemoryToken();
    const folder = join(base, 'none');
    const pin = async () => Buffer.from(token.pin);
    await assert.rejects(createTokenKey({ folder, scheme: SCHEME, uri: URI, pin }), {
      message: /the token does not give the key/,
    });
    const withPin = createTokenKey({ folder, scheme: SCHEME, uri: `${URI}?pin-value=1`, pin });
    await assert.rejects(withPin, { message: /a PIN never stands in the name of a key/ });
    assert.equal(existsSync(folder), false);
  });
});
