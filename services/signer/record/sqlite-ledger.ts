import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import type { CustodyState, Remembered } from '#libs/custody/custody-state.ts';
import type { SignDecision } from '#libs/custody/decision.ts';
import { REPEATABLE_SLOTS_MAX } from '#libs/custody/limits.ts';
import type { Slot } from '#libs/custody/slot.ts';
import { transaction, unsyncedTransaction } from '#libs/sqlite/database.ts';
import { adoptRows } from './adopted-rows.ts';
import { AuditTable } from './audit-table.ts';
import { AutomaticTable } from './automatic-table.ts';
import { custodyStateIn, putEpoch, signatureCountIn, signatureOf } from './ledger-rows.ts';
import type { AuditEnd, AuditEntry, AuditRow } from './rules/audit-entry.ts';
import type { AdoptedFacts, CustodyLedger, EpochBasis } from './rules/custody-ledger.ts';

/**
 * `signer.db` (SQLite, WAL): a record is on disk when its write returns. A signature is not waited for: losing one in
 * a power cut costs a second signature of the same recorded statement, and waiting would cost every vote a disk sync.
 */
export class SqliteLedger implements CustodyLedger {
  readonly #database: DatabaseSync;
  readonly #audit: AuditTable;
  readonly automatic: AutomaticTable;
  readonly #insertSlot: StatementSync;
  readonly #forgetSlots: StatementSync;
  readonly #raiseMark: StatementSync;
  readonly #raiseHigh: StatementSync;
  readonly #change: StatementSync;
  readonly #storeSignature: StatementSync;
  readonly #readSignature: StatementSync;
  /** The rows of the tables, so that only changes are written. */
  #stored: CustodyState;
  /** End of the audit log as of the newest transaction that was synced. */
  #durable: AuditEnd;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#audit = new AuditTable(database);
    this.automatic = new AutomaticTable(database);
    this.#insertSlot = database.prepare(
      `INSERT INTO slot (sequence, epoch, instance, view, kind, digest)
       SELECT coalesce(max(sequence), 0) + 1, ?, ?, ?, ?, ? FROM slot`,
    );
    this.#forgetSlots = database.prepare(
      'DELETE FROM slot WHERE sequence <= (SELECT max(sequence) FROM slot) - ?',
    );
    this.#raiseMark = database.prepare(
      `INSERT INTO mark (instance, view, step) VALUES (:instance, :view, :step)
       ON CONFLICT (instance) DO UPDATE SET view = :view, step = :step WHERE (view, step) < (:view, :step)`,
    );
    this.#raiseHigh = database.prepare(
      `INSERT INTO high (instance, view, height, digest) VALUES (:instance, :view, :height, :digest)
       ON CONFLICT (instance) DO UPDATE SET view = :view, height = :height, digest = :digest WHERE view < :view`,
    );
    this.#change = database.prepare(
      `UPDATE custody SET mode = :mode, epoch = :epoch, session = :session, open_from = :openFrom,
         view_from = :viewFrom, proven = :proven, lock_view = :lockView, lock_height = :lockHeight,
         lock_digest = :lockDigest, nonce = :nonce, recovered = :recovered, signature_count = signature_count + :signatures
       WHERE id = 1 AND session <= :session AND (epoch < :epoch OR (epoch = :epoch AND open_from <= :openFrom
         AND view_from <= :viewFrom AND proven <= :proven AND coalesce(lock_view, 0) <= coalesce(:lockView, 0)))`,
    );
    const where = 'WHERE epoch = ? AND instance = ? AND view = ? AND kind = ?';
    this.#storeSignature = database.prepare(`UPDATE slot SET signature = ? ${where} AND signature IS NULL`);
    this.#readSignature = database.prepare(`SELECT signature FROM slot ${where}`);
    this.#stored = custodyStateIn(database);
    this.#durable = this.#audit.end;
  }

  state(): CustodyState {
    return this.#stored;
  }

  signatureCount(): bigint {
    return signatureCountIn(this.#database);
  }

  record({ slot, digest, nextState }: SignDecision, entry: AuditEntry): void {
    const { epoch, instance, view, kind } = slot;
    const end = transaction(this.#database, () => {
      this.#insertSlot.run(epoch, instance, view, kind, digestBytes(digest));
      this.#forgetSlots.run(REPEATABLE_SLOTS_MAX);
      const mark = nextState.marks.get(instance);
      assert(mark !== undefined, 'what is signed has a mark');
      const { changes } = this.#raiseMark.run({ instance, view: mark.view, step: mark.step });
      assert(Number(changes) === 1, 'the mark on disk is not below the slot');
      this.#raiseHighs(nextState);
      this.#write(nextState, 1);
      return this.#audit.add(entry);
    });
    this.#took(nextState, end);
  }

  change(next: CustodyState, entry: AuditEntry): void {
    const end = transaction(this.#database, () => {
      this.#write(next, 0);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  voteAutomatically(next: CustodyState, digest: Digest, entry: AuditEntry): void {
    const end = transaction(this.#database, () => {
      this.automatic.give(next.epoch, digest);
      this.#write(next, 0);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  advance(next: CustodyState, { set, root }: EpochBasis, entry: AuditEntry): void {
    const end = transaction(this.#database, () => {
      for (const table of ['mark', 'high']) this.#database.prepare(`DELETE FROM ${table}`).run();
      putEpoch(this.#database, set, root);
      this.#write(next, 0);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  adopt(next: CustodyState, { facts, signatureCount }: AdoptedFacts, entry: AuditEntry): void {
    const more = signatureCount - this.signatureCount();
    const end = transaction(this.#database, () => {
      if (next.epoch > this.#stored.epoch) {
        for (const table of ['mark', 'high']) this.#database.prepare(`DELETE FROM ${table}`).run();
        putEpoch(this.#database, facts.set, facts.root);
      }
      adoptRows(this.#database, next);
      this.automatic.spend(next.epoch);
      this.#write(next, more > 0n ? more : 0n);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  note(entry: AuditEntry): void {
    this.#audit.took(unsyncedTransaction(this.#database, () => this.#audit.add(entry)));
  }

  storeSignature({ epoch, instance, view, kind }: Slot, signature: Uint8Array): void {
    unsyncedTransaction(this.#database, () => {
      this.#storeSignature.run(signature, epoch, instance, view, kind);
    });
  }

  signatureIn({ epoch, instance, view, kind }: Slot): Uint8Array | undefined {
    return signatureOf(this.#readSignature.get(epoch, instance, view, kind));
  }

  startCount(): bigint {
    return this.#audit.starts;
  }

  auditEnd(): AuditEnd {
    return this.#audit.end;
  }

  auditStart(): AuditEnd {
    return this.#audit.start;
  }

  durableAuditEnd(): AuditEnd {
    return this.#durable;
  }

  auditRows(sequence: bigint, limit: number): readonly AuditRow[] {
    return this.#audit.rows(sequence, limit);
  }

  close(): void {
    this.#database.close();
  }

  #took(state: CustodyState, end: AuditEnd): void {
    this.#stored = state;
    this.#audit.took(end);
    this.#durable = end;
  }

  #raiseHighs({ high, openFrom }: CustodyState): void {
    for (const [instance, { view, height, digest }] of high) {
      if (this.#stored.high.get(instance)?.view === view) continue;
      this.#raiseHigh.run({ instance, view, height, digest: digestBytes(digest) });
    }
    if (openFrom === this.#stored.openFrom) return;
    for (const table of ['mark', 'high']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE instance < ?`).run(openFrom);
    }
  }

  #write(next: CustodyState, signatures: number | bigint): void {
    const { mode, epoch, session, openFrom, viewFrom, proven, lock, nonce, isRecovered } = next;
    const { changes } = this.#change.run({
      ...{ mode, epoch, session, openFrom, viewFrom, proven, signatures },
      ...lockColumns(lock),
      nonce: nonce === undefined ? null : digestBytes(nonce),
      recovered: isRecovered ? 1 : 0,
    });
    assert(Number(changes) === 1, 'what custody remembers never falls');
  }
}

function lockColumns(lock: Remembered | undefined) {
  if (lock === undefined) return { lockView: null, lockHeight: null, lockDigest: null };
  return { lockView: lock.view, lockHeight: lock.height, lockDigest: digestBytes(lock.digest) };
}
