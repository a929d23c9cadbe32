import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { toDigest, toView } from '#libs/chain/ids.ts';
import { lastView } from '#libs/custody/custody-state.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { bindSigner, createSignerKey } from '../ceremony/init.ts';
import { auditOfDecision } from '../record/rules/audit-of.ts';
import { openCustody } from './custody.ts';

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

const GENESIS = toDigest('9'.repeat(64));

/** Binds the key to a genesis that names it and three others. */
async function bind(publicKey: Uint8Array, chainDigest = CHAIN): Promise<void> {
  const keys = [publicKey, ...[1, 2, 3].map((fill) => new Uint8Array(32).fill(fill))];
  const members = keys.map((key, index) => ({ name: `m${index}`, publicKey: key, weight: 1n }));
  await bindSigner({
    protocol: 'hotstuff',
    folder,
    chainDigest,
    first: { members, root: genesisRoot(GENESIS) },
  });
}

const create = () => createSignerKey({ folder, scheme: SCHEME });

async function made(): Promise<Uint8Array> {
  const publicKey = await create();
  await bind(publicKey);
  return publicKey;
}

/** Opens custody and takes one slot. */
async function signedIn(view: bigint): Promise<void> {
  const { ledger, custodian, key } = await open();
  const { chain, epoch, session } = custodian.state;
  const decision = custodian.decide({
    ...{ chain, epoch, session, header: undefined, justifyView: undefined },
    statement: timeoutStatement(toView(view), { view: toView(0n), digest: GENESIS }),
  });
  assert.ok(decision.kind === 'sign');
  ledger.record(decision, auditOfDecision(decision, session));
  ledger.close();
  key.close();
}

/** Asserts that the signer does not start, with this code and a sentence of advice. */
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
    const { key, custodian, ledger, scheme, quarantine } = await open();
    assert.deepEqual(Buffer.from(key.publicKey), Buffer.from(publicKey));
    assert.equal(custodian.state.chain, CHAIN);
    assert.equal(custodian.context.set.members.length, 4);
    assert.equal(quarantine, undefined);
    assert.equal(scheme.name, SCHEME);
    assert.deepEqual([custodian.state.marks.size, custodian.state.mode], [0, 'active']);
    assert.equal(ledger.signatureCount(), 0n);
    ledger.close();
  });

  test('with files that are for its owner alone', async () => {
    await made();
    assert.equal((await stat(keyPath())).mode & 0o777, 0o600);
    for (const name of ['signer.db', 'signer.mirror', 'audit.key']) {
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
    }
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.deepEqual((await readdir(folder)).sort(), [
      'audit.key',
      'signer.db',
      'signer.key',
      'signer.mirror',
    ]);
  });

  test('and never over another one', async () => {
    const publicKey = await made();
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
      bind(publicKey, OTHER_CHAIN),
    );
  });

  test('nor over one that is made at the same time: a public key that was told has its secret', async () => {
    const told = await Promise.allSettled([create(), create()]);
    const [made, ...more] = told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    assert.ok(made !== undefined && more.length === 0);
    const [refused] = told.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.equal(refused?.detail?.code, 'CUSTODY_KEY_EXISTS');
    assert.equal(JSON.parse(await readFile(keyPath(), 'utf8')).public_key, Buffer.from(made).toString('hex'));
    assert.deepEqual(await readdir(folder), ['signer.key']);
  });

  test('also to a genesis that does not name its key: it may join later, and signs nothing before', async () => {
    await create();
    await bind(new Uint8Array(32));
    const { custodian, ledger } = await open();
    assert.equal(custodian.context.me, undefined);
    ledger.close();
  });

  test('not with a scheme that there is not', async () => {
    await assertRefused('CRYPTO_UNKNOWN_SCHEME', /slh-dsa-sha2-128f/, () =>
      createSignerKey({ folder, scheme: 'rsa' }),
    );
  });

  test('and a crash between record and key file is mended by binding again to the same chain', async () => {
    const publicKey = await create();
    const unbound = await readFile(keyPath());
    await bind(publicKey);
    await writeFile(keyPath(), unbound);
    await assertRefused('CUSTODY_KEY_UNBOUND', /finish "btcfed init"/);
    await assertRefused('CUSTODY_RECORD_FOREIGN', /another chain/, () => bind(publicKey, OTHER_CHAIN));
    await bind(publicKey);
    (await open()).ledger.close();
  });

  test('but a key that has signed is not bound again', async () => {
    const publicKey = await create();
    const unbound = await readFile(keyPath());
    await bind(publicKey);
    await signedIn(3n);
    await writeFile(keyPath(), unbound);
    await assertRefused('CUSTODY_RECORD_EXISTS', /has signed/, () => bind(publicKey));
  });
});

/** Another one, whichever it is: keys are drawn by chance. */
const otherDigit = (digit: string): string => (digit === '0' ? '1' : '0');

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
    for (const damage of ['UPDATE mark SET view = 4', 'DELETE FROM custody', 'DELETE FROM mark']) {
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
    await bind(await create(), OTHER_CHAIN);
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
    ['has the public key of another', (text: string) => text.replace(/(?<="public_key": ")./, otherDigit)],
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
    const wrong = publicKey.replace(/.$/, otherDigit);
    await writeFile(keyPath(), text.replaceAll(publicKey, wrong));
    const database = new DatabaseSync(ledgerPath());
    database.prepare('UPDATE binding SET public_key = ?').run(Buffer.from(wrong, 'hex'));
    database.prepare('UPDATE member SET public_key = ? WHERE position = 0').run(Buffer.from(wrong, 'hex'));
    database.close();
    await assertRefused('CRYPTO_KEY_MISMATCH', /does not belong/);
  });
});

describe('the record', () => {
  test('survives a restart', async () => {
    await made();
    await signedIn(5n);
    const { ledger, custodian } = await open();
    assert.equal(lastView(custodian.state), 5n);
    assert.equal(ledger.signatureCount(), 1n);
    assert.deepEqual(ledger.state(), custodian.state);
    ledger.close();
  });

  test('with a row of its audit log changed, taken out or put in does not open', async () => {
    await made();
    await signedIn(5n);
    const whole = await readFile(ledgerPath());
    for (const damage of [
      'UPDATE audit SET view = 6 WHERE sequence = 3',
      'UPDATE audit SET at_ms = at_ms + 1 WHERE sequence = 1',
      'DELETE FROM audit WHERE sequence = 2',
      'DELETE FROM audit WHERE sequence = 1',
      'INSERT INTO audit SELECT 4, at_ms, outcome, session, epoch, instance, view, kind, digest, hash FROM audit WHERE sequence = 3',
    ]) {
      const database = new DatabaseSync(ledgerPath());
      database.exec(`DROP TRIGGER audit_is_not_changed; ${damage}`);
      database.close();
      await assertRefused('CUSTODY_AUDIT_BROKEN', /does not follow/);
      await writeFile(ledgerPath(), whole);
    }
  });

  test('does not let a row of its audit log be changed by this program either', async () => {
    await made();
    const database = new DatabaseSync(ledgerPath());
    assert.throws(() => database.exec('UPDATE audit SET view = 6'), /audit rows do not change/);
    database.close();
  });
});

describe('a key is in quarantine, signs nothing and stays there (libs/custody/README.md 3.5)', () => {
  const assertQuarantined = async (reason: RegExp): Promise<void> => {
    for (const expected of [reason, /since an earlier start|missing|damaged|another record|older copy/]) {
      const { ledger, custodian, quarantine } = await open();
      assert.equal(custodian.state.mode, 'quarantined');
      assert.match(quarantine ?? '', expected);
      assert.equal(ledger.auditRows(0n, 100).at(-1)?.outcome === 'QUARANTINE' || expected !== reason, true);
      ledger.close();
    }
  };

  test('when the record is an older copy than its mirror knows', async () => {
    await made();
    await signedIn(3n);
    const older = await readFile(ledgerPath());
    await signedIn(4n);
    await writeFile(ledgerPath(), older);
    await assertQuarantined(/older copy/);
  });

  test('when the mirror is gone, damaged, or of another record', async () => {
    await made();
    await signedIn(3n);
    const mirror = join(folder, 'signer.mirror');
    const [text, record] = [await readFile(mirror, 'utf8'), await readFile(ledgerPath())];
    const install = /"install":"([0-9a-f]*)"/.exec(text)?.[1] ?? '';
    for (const [damage, reason] of [
      [() => rm(mirror), /is missing/],
      [() => writeFile(mirror, 'nonsense'), /is damaged/],
      [() => writeFile(mirror, text.replace(install, 'f'.repeat(32))), /another record/],
    ] as const) {
      await writeFile(ledgerPath(), record);
      await writeFile(mirror, text);
      await damage();
      await assertQuarantined(reason);
    }
  });

  test('and a mirror that is behind, as after a power cut, is no reason', async () => {
    await made();
    const mirror = join(folder, 'signer.mirror');
    const older = await readFile(mirror);
    await signedIn(3n);
    await writeFile(mirror, older);
    const { quarantine, ledger } = await open();
    assert.equal(quarantine, undefined);
    ledger.close();
  });
});
