import type { DatabaseSync } from 'node:sqlite';
import { assert } from '#libs/assert/assert.ts';
import { type Height, toHeight } from '#libs/chain/ids.ts';
import { bigintOf } from './columns.ts';

/** The height up to which facts of blocks were sent. */
export class EventCursor {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  read(): Height {
    const row = this.#db.prepare('SELECT event_cursor FROM chain').get();
    assert(row !== undefined, 'the row of the chain is missing');
    return toHeight(bigintOf(row, 'event_cursor'));
  }

  move(height: Height): void {
    this.#db.prepare('UPDATE chain SET event_cursor = ?').run(height);
  }
}
