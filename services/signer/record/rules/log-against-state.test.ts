import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDigest, toEpoch, toView } from '#libs/chain/ids.ts';
import { type CustodyState, virginState } from '#libs/custody/custody-state.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import type { AuditRow } from './audit-entry.ts';
import { loggedAndForgotten } from './log-against-state.ts';

const DIGEST = toDigest('a'.repeat(64));
const state: CustodyState = {
  ...virginState({ chain: DIGEST, protocol: 'hotstuff', epoch: toEpoch(1n) }),
  marks: new Map([[0n, { view: toView(7n), step: 3 }]]),
  signed: new Map([['1/0/7/commit', DIGEST]]),
  lock: { view: toView(7n), height: 3n, digest: DIGEST },
};
const commit: AuditRow = {
  ...{
    atMs: 0n,
    outcome: 'SIGNED',
    session: 1n,
    epoch: 1n,
    instance: 0n,
    view: 7n,
    kind: 'commit',
    digest: DIGEST,
  },
  ...{ sequence: 5n, hash: new Uint8Array(32) },
};
const NO_TABLE = { kinds: {} };
const fault = (
  change: Partial<CustodyState>,
  row: Partial<AuditRow> = {},
  table: Pick<VoteTable, 'kinds'> | undefined = HOTSTUFF_TABLE,
) =>
  loggedAndForgotten(
    { ...state, ...change },
    { signed: [{ ...commit, ...row }], mode: undefined, session: 0n },
    table,
  );

test('a log and a state that were written together agree', () => {
  assert.equal(fault({}), undefined);
});

test('a lock below a COMMIT that was signed is a lock that somebody lowered', () => {
  assert.match(fault({ lock: undefined }) ?? '', /a commit was signed in view 7/);
  assert.match(fault({ lock: { view: toView(6n), height: 3n, digest: DIGEST } }) ?? '', /a commit/);
  // Which kind locks says the table: none where it is not known, and none in a protocol without a lock.
  assert.equal(fault({ lock: undefined }, {}, ROUNDS_TABLE), undefined);
  assert.equal(fault({ lock: undefined }, {}, NO_TABLE), undefined);
});

test('what was signed in an epoch that is over, or an instance that is closed, is forgotten by right', () => {
  assert.equal(fault({ signed: new Map() }, { epoch: 0n }), undefined);
  assert.equal(fault({ signed: new Map(), openFrom: 1n }), undefined);
  assert.match(fault({ signed: new Map() }) ?? '', /a commit/);
});
