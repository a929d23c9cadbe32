import type { DatabaseSync } from 'node:sqlite';
import { digestBytes } from '#libs/chain/ids.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { slotNamed } from '#libs/protocol/vote/slot.ts';

/**
 * Writes marks, certificates and slots of a merged state, inside the transaction of the caller. Signatures that
 * this record has stay; newly adopted slots have none until they are asked for.
 */
export function adoptRows(database: DatabaseSync, { marks, high, signed, openFrom }: CustodyState): void {
  const raiseMark = database.prepare(
    `INSERT INTO mark (instance, view, step) VALUES (:instance, :view, :step)
     ON CONFLICT (instance) DO UPDATE SET view = :view, step = :step WHERE (view, step) < (:view, :step)`,
  );
  for (const [instance, { view, step }] of marks) raiseMark.run({ instance, view, step });
  const raiseHigh = database.prepare(
    `INSERT INTO high (instance, view, height, digest) VALUES (:instance, :view, :height, :digest)
     ON CONFLICT (instance) DO UPDATE SET view = :view, height = :height, digest = :digest WHERE view < :view`,
  );
  for (const [instance, { view, height, digest }] of high) {
    raiseHigh.run({ instance, view, height, digest: digestBytes(digest) });
  }
  for (const table of ['mark', 'high']) {
    database.prepare(`DELETE FROM ${table} WHERE instance < ?`).run(openFrom);
  }
  replaceSlots(database, signed);
}

/** All slots in the order of the state, each with its signature where there was one. */
function replaceSlots(database: DatabaseSync, signed: CustodyState['signed']): void {
  database.exec('CREATE TEMP TABLE kept AS SELECT * FROM slot; DELETE FROM slot');
  const insert = database.prepare(
    `INSERT INTO slot (sequence, epoch, instance, view, kind, digest, signature, key)
     SELECT :sequence, :epoch, :instance, :view, :kind, :digest, signature, key
     FROM (SELECT 1) LEFT JOIN kept ON epoch = :epoch AND instance = :instance AND view = :view AND kind = :kind
       AND digest = :digest`,
  );
  let sequence = 0;
  for (const [name, digest] of signed) {
    sequence += 1;
    insert.run({ sequence, ...slotNamed(name), digest: digestBytes(digest) });
  }
  database.exec('DROP TABLE kept');
}
