import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { toDigest, toView } from '#libs/chain/ids.ts';
import { lastView } from '#libs/custody/custody-state.ts';
import { withMode } from '#libs/custody/session.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { readAuditKey } from '../key/audit-key.ts';
import { auditOf, auditOfDecision } from '../record/rules/audit-of.ts';
import { openCustody } from '../running/custody.ts';
import { exportHistory } from './export-history.ts';
import { importHistory } from './import-history.ts';
import { bindSigner, createSignerKey } from './init.ts';
import { quarantine } from './quarantine.ts';
import { recordFacts } from './record-facts.ts';

const CHAIN = toDigest('c'.repeat(64));
const GENESIS = toDigest('9'.repeat(64));
const RIVAL = toDigest('8'.repeat(64));

let base = '';
/** A folder as `btcfed init` leaves it: copied for each test, because making keys takes time. */
let origin = '';
before(async () => {
  base = await mkdtemp(join(tmpdir(), 'btcfed-move-'));
  origin = join(base, 'origin');
  await bound(origin, await createSignerKey({ folder: origin, scheme: 'slh-dsa-sha2-128f' }));
});
after(() => rm(base, { recursive: true, force: true }));

async function bound(folder: string, publicKey: Uint8Array, chainDigest = CHAIN): Promise<void> {
  const keys = [publicKey, ...[1, 2, 3].map((fill) => new Uint8Array(32).fill(fill))];
  const members = keys.map((key, index) => ({ name: `m${index}`, publicKey: key, weight: 1n }));
  await bindSigner({
    protocol: 'hotstuff',
    folder,
    chainDigest,
    first: { members, root: genesisRoot(GENESIS) },
  });
}

let source = '';
/** Where the key moved to: signer.key and nothing else. */
let target = '';
let file = '';
beforeEach(async () => {
  const folder = await mkdtemp(join(base, 't-'));
  source = join(folder, 'source');
  target = join(folder, 'target');
  file = join(folder, 'history.json');
  await mkdir(source, { mode: 0o700 });
  await mkdir(target, { mode: 0o700 });
  for (const name of await readdir(origin)) await copyFile(join(origin, name), join(source, name));
  await copyFile(join(origin, 'signer.key'), join(target, 'signer.key'));
});

const open = (folder: string) => openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });
const auditKeyOf = (folder: string) => readAuditKey(join(folder, 'audit.key')).publicKey;
const stateOf = async (folder: string) => (await recordFacts({ folder })).state;

/** Asks for a timeout, as the signer would. @returns the outcome. */
async function ask(folder: string, view: bigint, highDigest = GENESIS): Promise<string> {
  const { ledger, custodian, key } = await open(folder);
  const { chain, epoch, session } = custodian.state;
  if (highDigest !== GENESIS) {
    custodian.facts.certified({
      kind: 'prepare',
      instance: 0n,
      view: toView(1n),
      height: 1n,
      digest: highDigest,
    });
  }
  const highView = toView(highDigest === GENESIS ? 0n : 1n);
  const decision = custodian.decide({
    ...{ chain, epoch, session, header: undefined, justifyView: undefined },
    statement: timeoutStatement(toView(view), { view: highView, digest: highDigest }),
  });
  if (decision.kind === 'sign') ledger.record(decision, auditOfDecision(decision, session));
  ledger.close();
  key.close();
  return decision.kind === 'refuse' ? decision.reason : decision.kind;
}

async function assertRefused(code: string, advice: RegExp, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: Error & { detail?: { code: string } }) => {
    assert.equal(error.detail?.code, code, error.stack);
    assert.match(error.message, advice);
    return true;
  });
}

describe('a key moves to another host with all that it signed (services/signer/README.md R7)', () => {
  test('the old one signs no more, over restarts, and the new one goes on where it ended', async () => {
    assert.equal(await ask(source, 5n), 'sign');
    const { auditKey } = await exportHistory({ folder: source }, file);
    assert.deepEqual(auditKey, auditKeyOf(source));
    assert.equal(await ask(source, 6n), 'QUARANTINED');
    assert.equal((await stateOf(source)).mode, 'retired');

    const imported = await importHistory({ folder: target }, file, auditKey);
    assert.deepEqual([imported.mode, imported.isNew], ['active', true]);
    assert.equal(await ask(target, 4n), 'STALE_SLOT');
    assert.equal(await ask(target, 5n), 'repeat');
    assert.equal(await ask(target, 5n, RIVAL), 'CONFLICTING_SLOT');
    assert.equal(await ask(target, 6n), 'sign');
    const { signatureCount, members } = await recordFacts({ folder: target });
    assert.deepEqual([signatureCount, members], [2n, 4]);
  });

  test('both leave an audit row, and the new audit log is one of its own', async () => {
    await ask(source, 5n);
    await exportHistory({ folder: source }, file);
    await importHistory({ folder: target }, file, auditKeyOf(source));
    for (const [folder, outcomes] of [
      [source, ['BOUND', 'STARTED', 'SIGNED', 'RETIRED']],
      [target, ['BOUND', 'IMPORTED', 'STARTED']],
    ] as const) {
      const { ledger, key } = await open(folder);
      const rows = ledger.auditRows(0n, 10).map(({ outcome }) => outcome);
      assert.deepEqual(rows.slice(0, outcomes.length), outcomes);
      ledger.close();
      key.close();
    }
    assert.notDeepEqual(auditKeyOf(target), auditKeyOf(source));
  });

  test('a retired signer gives the same history again, and is not overwritten by accident', async () => {
    await ask(source, 5n);
    const first = await exportHistory({ folder: source }, file);
    await assertRefused('CUSTODY_FILE_EXISTS', /only copy/, exportHistory({ folder: source }, file));
    const again = await exportHistory({ folder: source }, `${file}.2`);
    assert.equal(again.stateHash, first.stateHash);
  });

  test('an export that cannot be written retires all the same: nobody can know who read it', async () => {
    await assert.rejects(exportHistory({ folder: source }, join(file, 'nowhere')));
    assert.equal((await stateOf(source)).mode, 'retired');
  });

  test('and comes back the same way, but never by the file that it left with', async () => {
    await ask(source, 5n);
    await exportHistory({ folder: source }, file);
    const own = await importHistory({ folder: source }, file);
    assert.equal(own.mode, 'retired');
    await importHistory({ folder: target }, file, auditKeyOf(source));
    assert.equal(await ask(target, 7n), 'sign');
    await exportHistory({ folder: target }, `${file}.back`);
    const back = await importHistory({ folder: source }, `${file}.back`, auditKeyOf(target));
    assert.deepEqual([back.mode, back.isNew], ['active', false]);
    assert.equal(lastView(await stateOf(source)), 7n);
    assert.equal(await ask(source, 7n), 'repeat');
    await exportHistory({ folder: source }, `${file}.3`);
    const late = await importHistory({ folder: source }, `${file}.back`, auditKeyOf(target));
    assert.equal(late.mode, 'retired');
  });

  test('an imported key, whose unused record begins in quarantine, signs once its past is there', async () => {
    await ask(source, 5n);
    await exportHistory({ folder: source }, file);
    for (const name of await readdir(origin)) await copyFile(join(origin, name), join(target, name));
    await quarantine({ folder: target }, 'imported');
    assert.equal(await ask(target, 6n), 'QUARANTINED');
    const { mode } = await importHistory({ folder: target }, file, auditKeyOf(source));
    assert.equal(mode, 'active');
    assert.deepEqual([await ask(target, 5n), await ask(target, 6n)], ['repeat', 'sign']);
  });

  test('an import only raises', async () => {
    await ask(source, 5n);
    await exportHistory({ folder: source }, file);
    await importHistory({ folder: target }, file, auditKeyOf(source));
    await ask(target, 8n);
    const { mode, raised } = await importHistory({ folder: target }, file, auditKeyOf(source));
    assert.deepEqual([mode, raised], ['active', []]);
    assert.equal(await ask(target, 7n), 'STALE_SLOT');
    assert.equal(await ask(target, 8n), 'repeat');
  });
});

describe('no history is handed on', () => {
  test('of a key in quarantine, which stays there', async () => {
    const { ledger, custodian, key } = await open(source);
    const next = withMode(custodian.state, 'quarantined');
    ledger.change(next, auditOf(next, 'QUARANTINE', 'test'));
    ledger.close();
    key.close();
    await assertRefused('CUSTODY_NOT_ACTIVE', /quarantine/, exportHistory({ folder: source }, file));
    assert.equal((await stateOf(source)).mode, 'quarantined');
  });

  test('of a record that is an older copy', async () => {
    const older = await readFile(join(source, 'signer.db'));
    await ask(source, 5n);
    await writeFile(join(source, 'signer.db'), older);
    await assertRefused('CUSTODY_RECORD_OLDER', /older copy/, exportHistory({ folder: source }, file));
    assert.equal((await stateOf(source)).mode, 'active');
  });

  test('while the signer runs', async () => {
    const { ledger, key } = await open(source);
    await assertRefused('DATABASE_LOCKED', /stop the other one/, exportHistory({ folder: source }, file));
    ledger.close();
    key.close();
  });
});

describe('no history is taken over', () => {
  beforeEach(async () => {
    await ask(source, 5n);
    await exportHistory({ folder: source }, file);
  });
  const take = (folder = target, auditKey = auditKeyOf(source)) => importHistory({ folder }, file, auditKey);

  test('without an audit key to check it by, or with another', async () => {
    await assertRefused('CUSTODY_HISTORY_UNTRUSTED', /--audit-key/, importHistory({ folder: target }, file));
    const other = new Uint8Array(32).fill(7);
    await assertRefused('CUSTODY_HISTORY_UNTRUSTED', /expected 0707/, take(target, other));
  });

  test('of another key or chain', async () => {
    const folder = join(target, '..', 'foreign');
    await bound(
      folder,
      await createSignerKey({ folder, scheme: 'slh-dsa-sha2-128f' }),
      toDigest('d'.repeat(64)),
    );
    await assertRefused('CUSTODY_HISTORY_FOREIGN', /another key and chain/, take(folder));
  });

  test('that contradicts the record, and says where', async () => {
    await rm(join(source, 'signer.db'));
    for (const name of ['signer.db', 'signer.mirror']) await copyFile(join(origin, name), join(source, name));
    assert.equal(await ask(source, 5n, RIVAL), 'sign');
    const before = await stateOf(source);
    await assertRefused(
      'CUSTODY_HISTORY_CONFLICT',
      /0\/0\/5\/timeout holds .* here and .* there/,
      take(source),
    );
    assert.deepEqual(await stateOf(source), before);
    const { ledger, key } = await open(source);
    assert.ok(ledger.auditRows(0n, 10).some(({ outcome }) => outcome === 'IMPORT_REFUSED'));
    ledger.close();
    key.close();
  });

  test('into a folder whose record was lost, for what it signed since is in no history', async () => {
    await take();
    await rm(join(target, 'signer.db'));
    await assertRefused('CUSTODY_RECORD_OLDER', /is gone/, take());
  });

  test('into a record that is an older copy', async () => {
    await take();
    const older = await readFile(join(target, 'signer.db'));
    await ask(target, 8n);
    await writeFile(join(target, 'signer.db'), older);
    await assertRefused('CUSTODY_RECORD_OLDER', /older copy/, take());
  });

  test('but a crash before the mirror is made is mended by asking again', async () => {
    await take();
    await rm(join(target, 'signer.mirror'));
    assert.equal((await take()).mode, 'active');
    assert.equal(await ask(target, 6n), 'sign');
    await rm(join(target, 'signer.mirror'));
    await assertRefused('CUSTODY_RECORD_OLDER', /is missing/, take());
  });

  for (const [name, change, reason] of [
    ['is not JSON', () => '{', /not JSON/],
    [
      'has a mark lowered',
      (text: string) => text.replace('"view": "5"', '"view": "4"'),
      /signature|above its mark/,
    ],
    [
      'has another session',
      (text: string) => text.replace(/"session": "\d+"/, '"session": "77"'),
      /signature/,
    ],
    ['has a field too many', (text: string) => text.replace('{', '{ "more": 1,'), /more/],
    ['lacks its slots', (text: string) => text.replace(/"slots": \[[^\]]*\]/, '"slots": []'), /mark without/],
    ['is of another version', (text: string) => text.replace('"version": 1', '"version": 2'), /version/],
    [
      'has a number beyond 63 bits',
      (text: string) => text.replace('"proven": "0"', '"proven": "9223372036854775808"'),
      /proven/,
    ],
    ['names a member twice', (text: string) => text.replace('02'.repeat(32), '01'.repeat(32)), /members/],
    ['is endless', (text: string) => text + ' '.repeat(2 ** 20), /longer than/],
  ] as const) {
    test(`that ${name}`, async () => {
      await writeFile(file, change(await readFile(file, 'utf8')));
      await assertRefused('CUSTODY_HISTORY_INVALID', reason, take());
      assert.deepEqual(await readdir(target), ['signer.key']);
    });
  }
});
