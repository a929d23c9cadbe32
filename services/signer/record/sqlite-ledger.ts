import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { SignDecision } from '#libs/custody/decision.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { Slot } from '#libs/protocol/vote/slot.ts';
import { transaction, unsyncedTransaction } from '#libs/sqlite/database.ts';
import { WriteAheadLog } from '#libs/sqlite/write-ahead-log.ts';
import { adoptRows } from './adopted-rows.ts';
import { AuditTable } from './audit-table.ts';
import { AutomaticTable } from './automatic-table.ts';
import { CustodyTables } from './custody-tables.ts';
import { custodyStateIn, putEpoch, signatureCountIn } from './ledger-rows.ts';
import type { AuditEnd, AuditEntry, AuditRow } from './rules/audit-entry.ts';
import type { AdoptedFacts, CustodyLedger, EpochBasis } from './rules/custody-ledger.ts';

/**
 * `signer.db` (SQLite, WAL): a record is on disk when its write returns. A signature is not waited for: losing one in
 * a power cut costs a second signature of the same recorded statement, and waiting would cost every vote a disk sync.
 */
export class SqliteLedger implements CustodyLedger {
  readonly #database: DatabaseSync;
  readonly #audit: AuditTable;
  readonly #custody: CustodyTables;
  readonly #log: WriteAheadLog;
  readonly #logPagesMax: number;
  readonly automatic: AutomaticTable;
  /** The rows of the tables, so that only changes are written. */
  #stored: CustodyState;
  /** End of the audit log as of the newest transaction that was synced. */
  #durable: AuditEnd;

  constructor(database: DatabaseSync, logPagesMax: number) {
    this.#database = database;
    this.#logPagesMax = logPagesMax;
    this.#audit = new AuditTable(database);
    this.#custody = new CustodyTables(database);
    this.#log = new WriteAheadLog(database);
    this.automatic = new AutomaticTable(database);
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
    const end = transaction(this.#database, () => {
      this.#custody.putSlot(slot, digest);
      this.#custody.raise(slot.instance, this.#stored, nextState);
      this.#custody.change(nextState, 1);
      return this.#audit.add(entry);
    });
    this.#took(nextState, end);
  }

  tidy(): void {
    unsyncedTransaction(this.#database, () => this.#custody.forgetSlots());
    if (this.#log.pages >= this.#logPagesMax) this.#log.foldIn();
  }

  change(next: CustodyState, entry: AuditEntry): void {
    const end = transaction(this.#database, () => {
      this.#custody.change(next, 0);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  voteAutomatically(next: CustodyState, digest: Digest, entry: AuditEntry): void {
    const end = transaction(this.#database, () => {
      this.automatic.give(next.epoch, digest);
      this.#custody.change(next, 0);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  advance(next: CustodyState, begun: EpochBasis, entry: AuditEntry): void {
    const end = transaction(this.#database, () => {
      this.#custody.forgetViews();
      putEpoch(this.#database, begun, next.protocol);
      this.#custody.change(next, 0);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  adopt(next: CustodyState, { facts, signatureCount }: AdoptedFacts, entry: AuditEntry): void {
    const more = signatureCount - this.signatureCount();
    const end = transaction(this.#database, () => {
      if (next.epoch > this.#stored.epoch) {
        this.#custody.forgetViews();
        putEpoch(this.#database, facts, next.protocol);
      }
      adoptRows(this.#database, next);
      this.automatic.spend(next.epoch);
      this.#custody.change(next, more > 0n ? more : 0n);
      return this.#audit.add(entry);
    });
    this.#took(next, end);
  }

  note(entry: AuditEntry): void {
    this.#audit.took(unsyncedTransaction(this.#database, () => this.#audit.add(entry)));
  }

  storeSignature(slot: Slot, signed: KeySignature): void {
    unsyncedTransaction(this.#database, () => this.#custody.storeSignature(slot, signed));
  }

  signatureIn(slot: Slot): KeySignature | undefined {
    return this.#custody.signatureIn(slot);
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
}
