import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  type Digest,
  toCertifiedKeyDigest,
  toDigest,
  toEpoch,
  toView,
  ZERO_DIGEST,
} from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { SignDecision } from '#libs/custody/decision.ts';
import { REPEATABLE_SLOTS_MAX } from '#libs/custody/limits.ts';
import { recoveredState, withNonce } from '#libs/custody/recovery.ts';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CHAIN, CONTEXT, CustodyWorld, SET } from '#test/support/signer/custody-world.ts';
import { LOG_PAGES_MAX } from '../words/limits.ts';
import { createLedger, type FirstEpoch } from './create-ledger.ts';
import { type LedgerOwner, openLedger } from './ledger-files.ts';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import { auditOf, auditOfDecision } from './rules/audit-of.ts';
import type { CustodyLedger } from './rules/custody-ledger.ts';

/** Of the log, with its head. */
const PAGE_BYTES = 4_096 + 24;
const KEY = new Uint8Array(32).fill(1);
const CERTIFIED = toCertifiedKeyDigest('ab'.repeat(32));
const owner: LedgerOwner = {
  scheme: 'slh-dsa-sha2-128f',
  publicKey: KEY,
  binding: { chain: CHAIN, protocol: 'hotstuff' },
};
const first: FirstEpoch = {
  members: [1, 2, 3, 4].map((fill) => ({
    name: `m${fill}`,
    publicKey: new Uint8Array(32).fill(fill),
    weight: BigInt(fill),
  })),
  root: genesisRoot(GENESIS.digest),
};

describe('the record on disk', () => {
  let path = '';
  let ledger: CustodyLedger;
  const reopen = async (): Promise<CustodyState> => {
    ledger.close();
    ({ ledger } = await openLedger(path, owner));
    return ledger.state();
  };
  /** Decides with facts that continue from the state on disk, and records. */
  const world = (): CustodyWorld => new CustodyWorld(ledger.state());
  const record = (from: CustodyWorld, request: Parameters<CustodyWorld['ask']>[0]): SignDecision => {
    const decision = from.ask(request);
    assert.ok(decision.kind === 'sign');
    ledger.record(decision, auditOfDecision(decision, 0n));
    return decision;
  };

  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'btcfed-ledger-')), 'signer.db');
    await createLedger(path, owner, first);
    ({ ledger } = await openLedger(path, owner));
  });
  afterEach(async () => {
    ledger.close();
    await rm(join(path, '..'), { recursive: true, force: true });
  });

  describe('F-02: votes that no person has seen', () => {
    const [A, B] = [toDigest('a'.repeat(64)), toDigest('b'.repeat(64))];
    const give = (digest: Digest): void => {
      const state = ledger.state();
      ledger.voteAutomatically(state, digest, auditOf(state, 'MEMBERSHIP_VOTE', '', digest));
    };

    test('F-02: are one change an epoch, over restarts, and another one breaks on the disk', async () => {
      assert.equal(ledger.automatic.given(0n), undefined);
      give(A);
      give(A);
      await reopen();
      assert.equal(ledger.automatic.given(0n), A);
      const { sequence } = ledger.auditEnd();
      assert.throws(() => give(B), /UNIQUE|constraint/i);
      assert.deepEqual([ledger.automatic.given(0n), ledger.auditEnd().sequence], [A, sequence]);
      assert.equal(ledger.automatic.given(1n), undefined);
    });

    test('F-02: end for the epoch in which the history of another record is taken over', () => {
      const { set, root } = { set: validatorSet(toEpoch(0n), first.members), root: first.root };
      const state = ledger.state();
      ledger.adopt(state, { facts: { set, root }, signatureCount: 0n }, auditOf(state, 'IMPORTED', ''));
      assert.equal(ledger.automatic.given(0n), ZERO_DIGEST);
    });

    test('F-02: need to know how few members there may be, and who was one in an earlier epoch', async () => {
      assert.equal(ledger.automatic.membersMin, undefined, 'of a record that was made before');
      ledger.close();
      await rm(path);
      await createLedger(path, owner, { ...first, membersMin: 64 });
      ({ ledger } = await openLedger(path, owner));
      assert.equal(ledger.automatic.membersMin, 64);
      const key = new Uint8Array(32).fill(2);
      const before = { name: 'm2', publicKey: key, weight: 2n };
      assert.deepEqual(ledger.automatic.earlierMember(key, 1n), before);
      assert.equal(ledger.automatic.earlierMember(key, 0n), undefined, 'the epoch in force is none before');
      assert.equal(ledger.automatic.earlierMember(new Uint8Array(32).fill(9), 1n), undefined);
    });
  });

  test('begins with members, root and an empty past', async () => {
    const { set, root } = await openedAgain();
    assert.deepEqual([set.members.length, set.totalWeight, set.members[3]?.name], [4, 10n, 'm4']);
    assert.deepEqual(root, genesisRoot(GENESIS.digest));
    assert.equal(ledger.state().marks.size, 0);
    assert.deepEqual(
      ledger.auditRows(0n, 10).map(({ outcome }) => outcome),
      ['BOUND'],
    );

    async function openedAgain() {
      ledger.close();
      const opened = await openLedger(path, owner);
      ledger = opened.ledger;
      return opened;
    }
  });

  test('holds marks, lock, highest certificate, session and what is proved, over a restart', async () => {
    const one = world();
    const next = withNewSession(one.custodian.state);
    ledger.change(next, auditOf(next, 'SESSION', ''));
    one.custodian.replace(next);
    const block = one.voteThrough(1, GENESIS, 'prepare');
    assert.deepEqual(await reopen(), next, 'what is not recorded is not there');
    const again = world();
    again.proposed(block);
    for (const phase of ['prepare', 'pre-commit'] as const) again.certified(phase, block);
    for (const kind of ['prepare', 'pre-commit', 'commit'] as const) record(again, again.about(kind, block));
    const stored = await reopen();
    assert.deepEqual(stored, again.custodian.state);
    assert.deepEqual([stored.lock?.view, stored.high.get(0n)?.view, stored.session], [1n, 1n, 1n]);
    assert.equal(ledger.signatureCount(), 3n);
  });

  test('stays in quarantine', async () => {
    const quarantined = withMode(ledger.state(), 'quarantined');
    ledger.change(quarantined, auditOf(quarantined, 'QUARANTINE', 'a reason'));
    assert.equal((await reopen()).mode, 'quarantined');
  });

  test('refuses by itself to take a slot again, or one below the mark, and changes nothing', async () => {
    const one = world();
    const decision = record(one, one.timeout(5));
    const before = [ledger.state(), ledger.auditEnd()];
    const entry = auditOfDecision(decision, 0n);
    assert.throws(() => ledger.record(decision, entry), /UNIQUE/);
    const other = { ...decision, slot: { ...decision.slot, view: toView(4n) } };
    assert.throws(() => ledger.record(other, entry), /not below the slot/);
    assert.deepEqual([ledger.state(), ledger.auditEnd()], before);
    record(one, one.timeout(6));
    assert.deepEqual(await reopen(), one.custodian.state);
  });

  for (const [name, fall] of [
    ['a session', { session: -1n }],
    ['what is proved', { proven: toView(0n) }],
    ['a lock', { lock: undefined }],
    ['an epoch', { epoch: toEpoch(0n) }],
  ] as const satisfies readonly (readonly [string, Partial<CustodyState>])[]) {
    test(`never lets ${name} fall`, () => {
      const lock = { view: toView(3n), height: 1n, digest: toDigest('a'.repeat(64)) };
      const high = { ...ledger.state(), proven: toView(4n), epoch: toEpoch(1n), lock };
      ledger.change(high, auditOf(high, 'EPOCH', ''));
      const lower = { ...high, ...fall };
      assert.throws(() => ledger.change(lower, auditOf(lower, 'EPOCH', '')), /never falls/);
      assert.deepEqual(ledger.state(), high);
    });
  }

  test('keeps a signature once, and never changes it', async () => {
    const one = world();
    const { slot } = record(one, one.timeout(5));
    assert.equal(ledger.signatureIn(slot), undefined);
    ledger.storeSignature(slot, { signature: new Uint8Array([1]) });
    ledger.storeSignature(slot, { signature: new Uint8Array([2]), key: CERTIFIED });
    await reopen();
    assert.deepEqual(ledger.signatureIn(slot), { signature: new Uint8Array([1]) });
  });

  test('keeps the key of a signature with it, also when the history of another record is taken over', async () => {
    const one = world();
    const [by, own] = [record(one, one.timeout(5)), record(one, one.timeout(6))];
    const signed = { signature: new Uint8Array([1]), key: CERTIFIED };
    ledger.storeSignature(by.slot, signed);
    ledger.storeSignature(by.slot, { signature: new Uint8Array([1]) });
    ledger.storeSignature(own.slot, { signature: new Uint8Array([2]) });
    await reopen();
    assert.deepEqual(ledger.signatureIn(by.slot), signed);
    assert.deepEqual(ledger.signatureIn(own.slot), { signature: new Uint8Array([2]) });
    const state = ledger.state();
    const facts = { set: validatorSet(toEpoch(0n), first.members), root: first.root };
    ledger.adopt(state, { facts, signatureCount: 2n }, auditOf(state, 'IMPORTED', ''));
    assert.deepEqual(ledger.signatureIn(by.slot), signed);
    assert.deepEqual(ledger.signatureIn(own.slot), { signature: new Uint8Array([2]) });
  });

  test('takes over a record from before signatures had keys and epochs protocols: all is by its own key, under that of its binding', async () => {
    const one = world();
    const [kept, promised] = [record(one, one.timeout(5)), record(one, one.timeout(6))];
    ledger.storeSignature(kept.slot, { signature: new Uint8Array([1]) });
    const before = ledger.state();
    ledger.close();
    const old = new DatabaseSync(path);
    old.exec('ALTER TABLE slot DROP COLUMN key; ALTER TABLE root DROP COLUMN protocol');
    old.exec(`PRAGMA user_version = ${LEDGER_SCHEMA.length - 2}`);
    const columns = old.prepare("SELECT name FROM pragma_table_info('slot')").all();
    assert.ok(!columns.some(({ name }) => name === 'key'));
    old.close();
    ({ ledger } = await openLedger(path, owner));
    assert.deepEqual(ledger.state(), before);
    assert.equal(ledger.state().protocol, 'hotstuff');
    assert.deepEqual(ledger.signatureIn(kept.slot), { signature: new Uint8Array([1]) });
    assert.equal(ledger.signatureIn(promised.slot), undefined);
    ledger.storeSignature(promised.slot, { signature: new Uint8Array([3]), key: CERTIFIED });
    assert.deepEqual(ledger.signatureIn(promised.slot), { signature: new Uint8Array([3]), key: CERTIFIED });
  });

  test('refuses on the disk a key that is no digest, and one without a signature', async () => {
    const one = world();
    const { slot } = record(one, one.timeout(5));
    ledger.close();
    const database = new DatabaseSync(path);
    const edit = (columns: string) => database.exec(`UPDATE slot SET ${columns} WHERE view = ${slot.view}`);
    assert.throws(() => edit("key = x'00', signature = x'01'"), /constraint/i);
    assert.throws(() => edit('key = zeroblob(32)'), /constraint/i);
    edit("key = zeroblob(32), signature = x'01'");
    database.close();
    ({ ledger } = await openLedger(path, owner));
    assert.equal(ledger.signatureIn(slot)?.key, '0'.repeat(64));
  });

  test('keeps the nonce of a quarantine, and then the state that the key came back with', async () => {
    const quarantined = withNonce(withMode(ledger.state(), 'quarantined'), toDigest('e'.repeat(64)));
    ledger.change(quarantined, auditOf(quarantined, 'QUARANTINE', 'test'));
    assert.deepEqual(await reopen(), quarantined);
    const decided = { view: toView(5n), height: 1n, digest: toDigest('a'.repeat(64)) };
    const recovered = recoveredState(CONTEXT, quarantined, decided);
    const { set, root } = { set: SET, root: genesisRoot(GENESIS.digest) };
    ledger.adopt(recovered, { facts: { set, root }, signatureCount: 0n }, auditOf(recovered, 'IMPORTED', ''));
    assert.deepEqual(await reopen(), recovered);
  });

  test('lets the proven view fall where another height is open, and nowhere else', async () => {
    const entry = auditOf(ledger.state(), 'SESSION', '');
    const first = { ...ledger.state(), openFrom: 1n, proven: toView(20n) };
    ledger.change(first, entry);
    const next = { ...first, openFrom: 2n, proven: toView(1n) };
    ledger.change(next, entry);
    assert.deepEqual(await reopen(), next);
    for (const fallen of [
      { ...next, proven: toView(0n) },
      { ...first, proven: toView(30n) },
    ]) {
      assert.throws(() => ledger.change(fallen, entry), /never falls/);
    }
  });

  test('forgets the oldest slots as custody does, never the mark, and counts them all', async () => {
    const one = world();
    const views = REPEATABLE_SLOTS_MAX + 5;
    for (let view = 1; view <= views; view++) {
      one.custodian.facts.left({ instance: 0n, view: toView(BigInt(view)) });
      record(one, one.timeout(view));
    }
    assert.deepEqual(await reopen(), one.custodian.state, 'also after a crash before it was tidied up');
    assert.equal(ledger.state().signed.size, REPEATABLE_SLOTS_MAX);
    assert.equal(ledger.signatureCount(), BigInt(views));
    ledger.tidy();
    assert.deepEqual(await reopen(), one.custodian.state);
    assert.equal(ledger.signatureCount(), BigInt(views));
    ledger.close();
    const database = new DatabaseSync(path);
    const rows = database.prepare('SELECT count(*) AS count, min(view) AS first FROM slot').get();
    database.close();
    assert.deepEqual({ ...rows }, { count: REPEATABLE_SLOTS_MAX, first: views - REPEATABLE_SLOTS_MAX + 1 });
    ({ ledger } = await openLedger(path, owner));
  });

  test('folds its log in when it is tidied up, before SQLite does it between a signature and its answer', () => {
    const one = world();
    const signature = new Uint8Array(17_088).fill(1);
    const sizes: number[] = [];
    let untouched = 0;
    for (let view = 1; view <= 200; view++) {
      one.custodian.facts.left({ instance: 0n, view: toView(BigInt(view)) });
      const before = statSync(path).size;
      const { slot } = record(one, one.timeout(view));
      ledger.storeSignature(slot, { signature });
      untouched += Number(statSync(path).size === before);
      ledger.tidy();
      if (statSync(path).size > before) sizes.push(view);
    }
    assert.equal(untouched, 200, 'only tidying up writes the database');
    assert.ok(sizes.length >= 3 && sizes.length < 20, `folded in at ${sizes}`);
    const pages = statSync(`${path}-wal`).size / PAGE_BYTES;
    assert.ok(pages < LOG_PAGES_MAX + 100, `the log had ${pages} pages`);
  });

  test('has an audit row for each decision and each note, chained', () => {
    const one = world();
    record(one, one.timeout(5));
    const refused = one.ask(one.timeout(4));
    ledger.note(auditOfDecision(refused, 0n));
    const rows = ledger.auditRows(1n, 10);
    assert.deepEqual(
      rows.map(({ outcome, view }) => [outcome, view]),
      [
        ['SIGNED', 5n],
        ['STALE_SLOT', 4n],
      ],
    );
    assert.deepEqual(
      rows.map(({ sequence }) => sequence),
      [2n, 3n],
    );
    assert.deepEqual(ledger.auditEnd().hash, rows[1]?.hash);
    const digest: Digest | undefined = rows[0]?.digest;
    assert.match(digest ?? '', /^[0-9a-f]{64}$/);
  });

  test('takes no slot and notes no vote without its audit row', async () => {
    ledger.close();
    const database = new DatabaseSync(path);
    database.exec(
      "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no audit'); END",
    );
    database.close();
    ({ ledger } = await openLedger(path, owner));
    const before = [ledger.state(), ledger.signatureCount(), ledger.auditEnd()];
    const one = world();
    const decision = one.ask(one.timeout(5));
    assert.ok(decision.kind === 'sign');
    const entry = auditOfDecision(decision, 0n);
    assert.throws(() => ledger.record(decision, entry), /no audit/);
    assert.throws(() => ledger.note(entry), /no audit/);
    assert.equal(ledger.signatureIn(decision.slot), undefined);
    await reopen();
    assert.deepEqual([ledger.state(), ledger.signatureCount(), ledger.auditEnd()], before);
  });

  test('is never made over another one', async () => {
    await assert.rejects(createLedger(path, owner, first), {
      detail: { code: 'CUSTODY_RECORD_EXISTS', path },
    });
  });
});
