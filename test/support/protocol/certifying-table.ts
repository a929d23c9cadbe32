import assert from 'node:assert/strict';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

const { prepare = assert.fail(), timeout = assert.fail() } = HOTSTUFF_TABLE.kinds;

/** HotStuff's votes, but a PREPARE vote and a timeout may be signed by a certified key: the other kinds may not. */
export const CERTIFYING_TABLE: VoteTable = {
  ...HOTSTUFF_TABLE,
  kinds: {
    ...HOTSTUFF_TABLE.kinds,
    prepare: { ...prepare, byCertifiedKey: true },
    timeout: { ...timeout, byCertifiedKey: true },
  },
};
