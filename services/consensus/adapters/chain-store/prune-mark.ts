import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import { bigintOf } from './columns.ts';

/** The height up to which certificates were looked at, and dropped where they may go. */
export class PruneMark {
  readonly #read: StatementSync;
  readonly #move: StatementSync;

  constructor(db: DatabaseSync) {
    this.#read = db.prepare('SELECT certificates_pruned_to AS height FROM chain');
    this.#read.setReadBigInts(true);
    this.#move = db.prepare('UPDATE chain SET certificates_pruned_to = ?');
  }

  read(): Height {
    const row = this.#read.get();
    assert(row !== undefined, 'the row of the chain is missing');
    return toHeight(bigintOf(row, 'height'));
  }

  move(height: Height): void {
    this.#move.run(height);
  }
}
