import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { assert } from '#libs/assert/assert.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { digestBytes, toDigest, toEpoch, toView } from '#libs/chain/ids.ts';
import type { SignedSlot } from '#libs/custody/custody-state.ts';
import { SLOT_ORDER, type Slot, type SlotKind } from '#libs/custody/slot.ts';
import { transaction, unsyncedTransaction } from '#libs/sqlite/database.ts';
import type { LedgerContent, SlotLedger } from '../ports.ts';

const KINDS: readonly SlotKind[] = ['proposal', 'prepare', 'pre-commit', 'commit', 'timeout'];

const markRow = z.object({
  epoch: z.bigint().nullable(),
  view: z.bigint().nullable(),
  step: z.bigint().nullable(),
  signature_count: z.bigint(),
});
const slotRow = z.object({
  epoch: z.bigint(),
  view: z.bigint(),
  step: z.bigint(),
  digest: z.instanceof(Uint8Array),
});
const signatureRow = z.object({ signature: z.instanceof(Uint8Array).nullable() });

/**
 * `signer.db` (SQLite, WAL): a record is on disk when it returns. A signature is not waited for: losing one in a power
 * cut costs a second signature of the same recorded statement, and waiting would cost every vote a disk sync.
 */
export class SqliteLedger implements SlotLedger {
  readonly #database: DatabaseSync;
  readonly #insertSlot: StatementSync;
  readonly #raiseMark: StatementSync;
  readonly #forget: StatementSync;
  readonly #storeSignature: StatementSync;
  readonly #readSignature: StatementSync;
  readonly #readMark: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insertSlot = database.prepare('INSERT INTO slot (epoch, view, step, digest) VALUES (?, ?, ?, ?)');
    this.#raiseMark = database.prepare(
      `UPDATE mark SET epoch = :epoch, view = :view, step = :step, signature_count = signature_count + 1
       WHERE id = 1 AND (epoch IS NULL OR (epoch, view, step) < (:epoch, :view, :step))`,
    );
    this.#forget = database.prepare(
      'DELETE FROM slot WHERE epoch < :epoch OR (epoch = :epoch AND view < :view)',
    );
    this.#storeSignature = database.prepare(
      'UPDATE slot SET signature = ? WHERE epoch = ? AND view = ? AND step = ? AND signature IS NULL',
    );
    this.#readSignature = database.prepare(
      'SELECT signature FROM slot WHERE epoch = ? AND view = ? AND step = ?',
    );
    this.#readMark = database.prepare('SELECT epoch, view, step, signature_count FROM mark');
    this.#readMark.setReadBigInts(true);
  }

  content(): LedgerContent {
    const { epoch, view, step } = this.#mark();
    const statement = this.#database.prepare('SELECT epoch, view, step, digest FROM slot');
    statement.setReadBigInts(true);
    const signed = z.array(slotRow).parse(statement.all()).map(signedSlotOf);
    const mark = epoch === null || view === null || step === null ? undefined : slotOf({ epoch, view, step });
    return { mark, signed };
  }

  signatureCount(): bigint {
    return this.#mark().signature_count;
  }

  record({ slot, digest }: SignedSlot, forgetBelowView: bigint): void {
    const { epoch, view } = slot;
    const step = SLOT_ORDER[slot.kind];
    transaction(this.#database, () => {
      this.#insertSlot.run(epoch, view, step, digestBytes(digest));
      const { changes } = this.#raiseMark.run({ epoch, view, step });
      assert(Number(changes) === 1, 'the mark on disk is not below the slot');
      this.#forget.run({ epoch, view: forgetBelowView });
    });
  }

  storeSignature({ epoch, view, kind }: Slot, signature: Uint8Array): void {
    unsyncedTransaction(this.#database, () => {
      this.#storeSignature.run(signature, epoch, view, SLOT_ORDER[kind]);
    });
  }

  signatureIn({ epoch, view, kind }: Slot): Uint8Array | undefined {
    const row = this.#readSignature.get(epoch, view, SLOT_ORDER[kind]);
    return row === undefined ? undefined : (signatureRow.parse(row).signature ?? undefined);
  }

  close(): void {
    this.#database.close();
  }

  #mark(): z.output<typeof markRow> {
    return markRow.parse(this.#readMark.get());
  }
}

function signedSlotOf(row: z.output<typeof slotRow>): SignedSlot {
  return { slot: slotOf(row), digest: toDigest(toHex(row.digest)) };
}

function slotOf({ epoch, view, step }: Omit<z.output<typeof slotRow>, 'digest'>): Slot {
  const kind = KINDS[Number(step)];
  assert(kind !== undefined, `no slot has step ${step}`);
  return { epoch: toEpoch(epoch), view: toView(view), kind };
}
