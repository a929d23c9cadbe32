import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { type Digest, digestBytes } from '#libs/chain/ids.ts';
import type { CustodyState, Remembered } from '#libs/custody/custody-state.ts';
import { REPEATABLE_SLOTS_MAX } from '#libs/custody/limits.ts';
import type { KeySignature } from '#libs/protocol/signed.ts';
import type { Slot } from '#libs/protocol/vote/slot.ts';
import { signatureOf } from './signature-row.ts';

/**
 * The tables of what custody remembers: slots with their signatures, marks, highest certificates, and the row of the rest. Writes inside
 * the transaction of the caller. Its statements refuse to let anything fall, whatever they are told.
 */
export class CustodyTables {
  readonly #database: DatabaseSync;
  readonly #insertSlot: StatementSync;
  readonly #forgetSlots: StatementSync;
  readonly #raiseMark: StatementSync;
  readonly #raiseHigh: StatementSync;
  readonly #change: StatementSync;
  readonly #storeSignature: StatementSync;
  readonly #readSignature: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
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
       WHERE id = 1 AND session <= :session AND (epoch < :epoch OR (epoch = :epoch AND (open_from, proven) <= (:openFrom, :proven)
         AND view_from <= :viewFrom AND coalesce(lock_view, 0) <= coalesce(:lockView, 0)))`,
    );
    const where = 'WHERE epoch = ? AND instance = ? AND view = ? AND kind = ?';
    this.#storeSignature = database.prepare(
      `UPDATE slot SET signature = ?, key = ? ${where} AND signature IS NULL`,
    );
    this.#readSignature = database.prepare(`SELECT signature, key FROM slot ${where}`);
  }

  /** Writes a slot that is signed for the first time. @throws for a slot that is there. */
  putSlot({ epoch, instance, view, kind }: Slot, digest: Digest): void {
    this.#insertSlot.run(epoch, instance, view, kind, digestBytes(digest));
  }

  /** Drops the slots that custody has forgotten, with their signatures. */
  forgetSlots(): void {
    this.#forgetSlots.run(REPEATABLE_SLOTS_MAX);
  }

  /** Raises the mark of this instance and the highest certificates to those of `next`. @throws when the mark does not rise. */
  raise(instance: bigint, stored: CustodyState, next: CustodyState): void {
    const mark = next.marks.get(instance);
    assert(mark !== undefined, 'what is signed has a mark');
    const { changes } = this.#raiseMark.run({ instance, view: mark.view, step: mark.step });
    assert(Number(changes) === 1, 'the mark on disk is not below the slot');
    this.#raiseHighs(stored, next);
  }

  /** Another epoch begins: marks and certificates of the one before say nothing of it. */
  forgetViews(): void {
    for (const table of ['mark', 'high']) this.#database.prepare(`DELETE FROM ${table}`).run();
  }

  storeSignature({ epoch, instance, view, kind }: Slot, { signature, key }: KeySignature): void {
    this.#storeSignature.run(
      signature,
      key === undefined ? null : digestBytes(key),
      epoch,
      instance,
      view,
      kind,
    );
  }

  signatureIn({ epoch, instance, view, kind }: Slot): KeySignature | undefined {
    return signatureOf(this.#readSignature.get(epoch, instance, view, kind));
  }

  /** Writes the row of all the rest, with so many more signatures. @throws when something in it would fall. */
  change(next: CustodyState, signatures: number | bigint): void {
    const { mode, epoch, session, openFrom, viewFrom, proven, lock, nonce, isRecovered } = next;
    const { changes } = this.#change.run({
      ...{ mode, epoch, session, openFrom, viewFrom, proven, signatures },
      ...lockColumns(lock),
      nonce: nonce === undefined ? null : digestBytes(nonce),
      recovered: isRecovered ? 1 : 0,
    });
    assert(Number(changes) === 1, 'what custody remembers never falls');
  }

  #raiseHighs(stored: CustodyState, { high, openFrom }: CustodyState): void {
    for (const [instance, { view, height, digest }] of high) {
      if (stored.high.get(instance)?.view === view) continue;
      this.#raiseHigh.run({ instance, view, height, digest: digestBytes(digest) });
    }
    if (openFrom === stored.openFrom) return;
    for (const table of ['mark', 'high']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE instance < ?`).run(openFrom);
    }
  }
}

function lockColumns(lock: Remembered | undefined) {
  if (lock === undefined) return { lockView: null, lockHeight: null, lockDigest: null };
  return { lockView: lock.view, lockHeight: lock.height, lockDigest: digestBytes(lock.digest) };
}
