import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { openCustody } from './custody.ts';
import { bindSigner, createSignerKey } from './init.ts';

const CHAIN = toDigest('c'.repeat(64));
const OTHER_CHAIN = toDigest('d'.repeat(64));
const SCHEME = 'slh-dsa-sha2-128f';

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'btcfed-signer-')), 'signer');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const open = (protocol = 'hotstuff') => openCustody({ folder, protocol, backend: 'auto' });
const keyPath = () => join(folder, 'signer.key');
const ledgerPath = () => join(folder, 'signer.db');

async function made(): Promise<Uint8Array> {
  const publicKey = await createSignerKey({ folder, scheme: SCHEME });
  await bindSigner({ folder, chainDigest: CHAIN });
  return publicKey;
}

/** Opens custody and takes one slot. */
async function signedIn(view: bigint): Promise<void> {
  const { ledger, register, key } = await open();
  const digest = toDigest('a'.repeat(64));
  const decision = register.decide(
    { kind: 'prepare', view: toView(view), height: toHeight(1n), digest },
    toEpoch(0n),
  );
  assert.ok(decision.kind === 'sign');
  ledger.record(decision, 0n);
  ledger.close();
  key.close();
}

/** That the signer does not start, with this code and a sentence that says what to do. */
async function assertRefused(
  code: string,
  advice: RegExp,
  start: () => Promise<unknown> = open,
): Promise<void> {
  await assert.rejects(start, (error: Error & { detail?: { code: string } }) => {
    assert.equal(error.detail?.code, code, error.stack);
    assert.match(error.message, advice);
    return true;
  });
}

describe('a member is made', () => {
  test('key first, then bound to its genesis, and then it can sign', async () => {
    const publicKey = await made();
    const { key, chain, ledger, scheme } = await open();
    assert.deepEqual(Buffer.from(key.publicKey), Buffer.from(publicKey));
    assert.equal(chain, CHAIN);
    assert.equal(scheme.name, SCHEME);
    assert.deepEqual(ledger.content(), { mark: undefined, signed: [] });
    assert.equal(ledger.signatureCount(), 0n);
    ledger.close();
  });

  test('with files that are for its owner alone', async () => {
    await made();
    assert.equal((await stat(keyPath())).mode & 0o777, 0o600);
    assert.equal((await stat(ledgerPath())).mode & 0o777, 0o600);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.deepEqual((await readdir(folder)).sort(), ['signer.db', 'signer.key']);
  });

  test('and never over another one', async () => {
    await made();
    const before = await readFile(keyPath());
    await assertRefused('CUSTODY_KEY_EXISTS', /exists already/, () =>
      createSignerKey({ folder, scheme: SCHEME }),
    );
    await rm(keyPath());
    await assertRefused('CUSTODY_RECORD_EXISTS', /another folder/, () =>
      createSignerKey({ folder, scheme: SCHEME }),
    );
    await writeFile(keyPath(), before, { mode: 0o600 });
    await assertRefused('CUSTODY_KEY_BOUND', /one key signs for one chain/, () =>
      bindSigner({ folder, chainDigest: OTHER_CHAIN }),
    );
  });

  test('not with a scheme that there is not', async () => {
    await assertRefused('CRYPTO_UNKNOWN_SCHEME', /slh-dsa-sha2-128f/, () =>
      createSignerKey({ folder, scheme: 'rsa' }),
    );
  });

  test('and a crash between record and key file is mended by binding again to the same chain', async () => {
    await createSignerKey({ folder, scheme: SCHEME });
    const unbound = await readFile(keyPath());
    await bindSigner({ folder, chainDigest: CHAIN });
    await writeFile(keyPath(), unbound);
    await assertRefused('CUSTODY_KEY_UNBOUND', /finish "btcfed init"/);
    await assertRefused('CUSTODY_RECORD_FOREIGN', /another chain/, () =>
      bindSigner({ folder, chainDigest: OTHER_CHAIN }),
    );
    await bindSigner({ folder, chainDigest: CHAIN });
    (await open()).ledger.close();
  });

  test('but a key that has signed is not bound again', async () => {
    await createSignerKey({ folder, scheme: SCHEME });
    const unbound = await readFile(keyPath());
    await bindSigner({ folder, chainDigest: CHAIN });
    await signedIn(3n);
    await writeFile(keyPath(), unbound);
    await assertRefused('CUSTODY_RECORD_EXISTS', /has signed/, () =>
      bindSigner({ folder, chainDigest: CHAIN }),
    );
  });
});

describe('the signer does not start', () => {
  test('without a key', () => assertRefused('CUSTODY_KEY_MISSING', /btcfed init/));

  for (const mode of [0o640, 0o604, 0o620, 0o644]) {
    test(`with a key of mode ${mode.toString(8)}`, async () => {
      await made();
      await chmod(keyPath(), mode);
      await assertRefused('CUSTODY_KEY_EXPOSED', /chmod 600/);
    });
  }

  test('with a key behind a symbolic link', async () => {
    await made();
    const elsewhere = join(folder, '..', 'elsewhere.key');
    await writeFile(elsewhere, await readFile(keyPath()), { mode: 0o600 });
    await rm(keyPath());
    await symlink(elsewhere, keyPath());
    await assertRefused('CUSTODY_FILE_UNREADABLE', /no link/);
  });

  test('without the record of what it signed, and makes no new one', async () => {
    await made();
    await signedIn(5n);
    await rm(ledgerPath());
    await assertRefused('CUSTODY_RECORD_MISSING', /could sign twice.*Put back signer\.db.*retire the key/);
    await assert.rejects(stat(ledgerPath()));
  });

  test('with a record that is empty, cut short or overwritten', async () => {
    await made();
    await signedIn(5n);
    const whole = await readFile(ledgerPath());
    for (const damage of [
      () => truncate(ledgerPath(), 0),
      () => truncate(ledgerPath(), 5_000),
      () => writeFile(ledgerPath(), 'not a database at all'),
      () =>
        writeFile(
          ledgerPath(),
          Buffer.concat([whole.subarray(0, 4_096), Buffer.alloc(whole.length - 4_096, 7)]),
        ),
    ]) {
      await writeFile(ledgerPath(), whole);
      await damage();
      await assertRefused('CUSTODY_RECORD_CORRUPT', /signs nothing/);
    }
  });

  test('with a record that contradicts itself', async () => {
    await made();
    await signedIn(5n);
    for (const damage of ['UPDATE mark SET view = 4', 'UPDATE mark SET view = NULL', 'DELETE FROM mark']) {
      const whole = await readFile(ledgerPath());
      const database = new DatabaseSync(ledgerPath());
      database.exec(damage);
      database.close();
      await assertRefused('CUSTODY_RECORD_CORRUPT', /makes no sense/);
      await writeFile(ledgerPath(), whole);
    }
  });

  test('with the record of another key or chain, or for another protocol', async () => {
    await made();
    const foreign = await readFile(ledgerPath());
    await rm(folder, { recursive: true });
    await createSignerKey({ folder, scheme: SCHEME });
    await bindSigner({ folder, chainDigest: OTHER_CHAIN });
    await writeFile(ledgerPath(), foreign);
    await assertRefused('CUSTODY_RECORD_FOREIGN', /another key and chain/);
    await assertRefused('CUSTODY_RECORD_FOREIGN', /SIGNER_PROTOCOL says pbft/, () => open('pbft'));
  });

  test('while another process holds the record', async () => {
    await made();
    const { ledger } = await open();
    await assertRefused('DATABASE_LOCKED', /stop the other one/);
    ledger.close();
  });

  for (const [name, change] of [
    ['is not JSON', () => 'secret_key: 00'],
    ['is empty', () => ''],
    ['is too large', (text: string) => text + ' '.repeat(5_000)],
    ['has a field too many', (text: string) => text.replace('{', '{ "more": 1,')],
    ['lacks a field', (text: string) => text.replace(/"created": "[^"]*",/, '')],
    ['is of another version', (text: string) => text.replace('"version": 1', '"version": 2')],
    ['names an unknown scheme', (text: string) => text.replace(SCHEME, 'rsa')],
    ['names a scheme of another size', (text: string) => text.replace(SCHEME, 'slh-dsa-sha2-256f')],
    ['has half a secret', (text: string) => text.replace(/("secret_key": "[0-9a-f]{64})[0-9a-f]*/, '$1')],
    ['has the public key of another', (text: string) => text.replace(/("public_key": ")../, '$1ff')],
  ] as const) {
    test(`with a key file that ${name}, and quotes nothing of it`, async () => {
      await made();
      const text = await readFile(keyPath(), 'utf8');
      const secret = /"secret_key": "([0-9a-f]*)"/.exec(text)?.[1] ?? '';
      await writeFile(keyPath(), change(text));
      await assert.rejects(open(), (error: Error & { detail?: { code: string }; cause?: unknown }) => {
        assert.equal(error.detail?.code, 'CUSTODY_KEY_INVALID', error.stack);
        assert.ok(!`${error.stack} ${String(error.cause)}`.includes(secret.slice(0, 16)));
        return true;
      });
    });
  }

  test('with a secret that does not belong to its public key', async () => {
    await made();
    const text = await readFile(keyPath(), 'utf8');
    // The public part in both places alike, so that only a signature can tell.
    const publicKey = /"public_key": "([0-9a-f]*)"/.exec(text)?.[1] ?? '';
    const wrong = publicKey.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    await writeFile(keyPath(), text.replaceAll(publicKey, wrong));
    const database = new DatabaseSync(ledgerPath());
    database.prepare('UPDATE binding SET public_key = ?').run(Buffer.from(wrong, 'hex'));
    database.close();
    await assertRefused('CRYPTO_KEY_MISMATCH', /does not belong/);
  });
});

describe('the record', () => {
  test('survives a restart', async () => {
    await made();
    await signedIn(5n);
    const { ledger, register } = await open();
    assert.deepEqual(register.mark, { epoch: 0n, view: 5n, kind: 'prepare' });
    assert.equal(ledger.signatureCount(), 1n);
    ledger.close();
  });
});
