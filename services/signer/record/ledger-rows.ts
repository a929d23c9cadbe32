import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { assert } from '#libs/assert/assert.ts';
import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, digestBytes, toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { type CustodyState, type Remembered, virginState } from '#libs/custody/custody-state.ts';
import { REPEATABLE_SLOTS_MAX } from '#libs/custody/limits.ts';
import { stateFault } from '#libs/custody/state-fault.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import { type ValidatorFacts, type ValidatorSet, validatorSet } from '#libs/protocol/validator-set.ts';
import { slotName } from '#libs/protocol/vote/slot.ts';
import type { EpochBasis } from './rules/custody-ledger.ts';

const digest = z.instanceof(Uint8Array).transform((bytes): Digest => toDigest(toHex(bytes)));
const view = z.bigint().transform(toView);

const custodyRow = z.object({
  mode: z.enum(['active', 'quarantined', 'retired']),
  epoch: z.bigint().transform(toEpoch),
  session: z.bigint(),
  open_from: z.bigint(),
  view_from: view,
  proven: view,
  lock_view: view.nullable(),
  lock_height: z.bigint().nullable(),
  lock_digest: digest.nullable(),
  signature_count: z.bigint(),
  nonce: digest.nullable(),
  recovered: z.bigint(),
});
const bindingRow = z.object({ chain: digest, protocol: z.string() });
const markRow = z.object({ instance: z.bigint(), view, step: z.bigint() });
const highRow = z.object({ instance: z.bigint(), view, height: z.bigint(), digest });
const slotRow = z.object({
  epoch: z.bigint().transform(toEpoch),
  instance: z.bigint(),
  view,
  kind: z.string(),
  digest,
});
const memberRow = z.object({ name: z.string(), public_key: z.instanceof(Uint8Array), weight: z.string() });
const rootRow = z.object({ view, height: z.bigint().transform(toHeight), digest });
const protocolRow = z.object({ protocol: z.string().nullable() });
const installRow = z.object({ install: z.instanceof(Uint8Array) });

/** A crash may have left older ones, which custody has forgotten. */
const NEWEST_SLOTS = `SELECT epoch, instance, view, kind, digest FROM slot ORDER BY sequence DESC LIMIT ${REPEATABLE_SLOTS_MAX}`;

/** Rows of a query, numbers as bigints. */
function rowsOf<Row>(
  database: DatabaseSync,
  sql: string,
  row: z.ZodType<Row>,
  ...args: bigint[]
): readonly Row[] {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return z.array(row).parse(statement.all(...args));
}

function oneOf<Row>(database: DatabaseSync, sql: string, row: z.ZodType<Row>, ...args: bigint[]): Row {
  const [found, ...more] = rowsOf(database, sql, row, ...args);
  assert(found !== undefined && more.length === 0, `expected one row: ${sql}`);
  return found;
}

/** All facts that custody remembers. Throws when the tables contradict each other. */
export function custodyStateIn(database: DatabaseSync): CustodyState {
  const { chain, protocol } = oneOf(database, 'SELECT chain, protocol FROM binding', bindingRow);
  const row = oneOf(database, 'SELECT * FROM custody', custodyRow);
  const ofEpoch = 'SELECT protocol FROM root WHERE epoch = ?';
  const { protocol: epochProtocol } = oneOf(database, ofEpoch, protocolRow, row.epoch);
  const marks = rowsOf(database, 'SELECT instance, view, step FROM mark', markRow);
  const slots = rowsOf(database, NEWEST_SLOTS, slotRow);
  const highs = rowsOf(database, 'SELECT instance, view, height, digest FROM high', highRow);
  const state: CustodyState = {
    ...virginState({ chain, protocol: epochProtocol ?? protocol, epoch: row.epoch }),
    mode: row.mode,
    session: row.session,
    openFrom: row.open_from,
    viewFrom: row.view_from,
    proven: row.proven,
    lock: lockOf(row),
    nonce: row.nonce ?? undefined,
    isRecovered: row.recovered === 1n,
    marks: new Map(marks.map((mark) => [mark.instance, { view: mark.view, step: Number(mark.step) }])),
    high: new Map(highs.map(({ instance, ...high }) => [instance, high])),
    signed: new Map(slots.toReversed().map((slot) => [slotName(slot), slot.digest])),
  };
  const fault = stateFault(state);
  assert(fault === undefined, fault ?? '');
  return state;
}

function lockOf(row: z.output<typeof custodyRow>): Remembered | undefined {
  const { lock_view: lockView, lock_height: height, lock_digest: lockDigest } = row;
  if (lockView === null || height === null || lockDigest === null) {
    assert(lockView === null && height === null && lockDigest === null, 'half a lock');
    return undefined;
  }
  return { view: lockView, height, digest: lockDigest };
}

export function signatureCountIn(database: DatabaseSync): bigint {
  return oneOf(database, 'SELECT * FROM custody', custodyRow).signature_count;
}

/** The validator set of an epoch, and the block that the epoch starts from. */
export function epochIn(
  database: DatabaseSync,
  epoch: CustodyState['epoch'],
): { readonly set: ValidatorSet; readonly root: EpochRoot } {
  const members = rowsOf(
    database,
    'SELECT name, public_key, weight FROM member WHERE epoch = ? ORDER BY position',
    memberRow,
    epoch,
  );
  const facts = members.map(
    ({ name, public_key: publicKey, weight }): ValidatorFacts => ({
      name,
      publicKey,
      weight: BigInt(weight),
    }),
  );
  const root = oneOf(database, 'SELECT view, height, digest FROM root WHERE epoch = ?', rootRow, epoch);
  return { set: validatorSet(epoch, facts), root };
}

/** The identity of this record, for ever: a copy has the same. */
export function installIn(database: DatabaseSync): Uint8Array {
  return oneOf(database, 'SELECT install FROM custody', installRow).install;
}

/** Writes the members of an epoch, the block that it starts from, and its protocol. */
export function putEpoch(
  database: DatabaseSync,
  { set: { epoch, members }, root }: EpochBasis,
  protocol: string,
): void {
  const addMember = database.prepare(
    'INSERT INTO member (epoch, position, name, public_key, weight) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { index, name, publicKey, weight } of members) {
    addMember.run(epoch, index, name, publicKey, weight.toString());
  }
  database
    .prepare('INSERT INTO root (epoch, view, height, digest, protocol) VALUES (?, ?, ?, ?, ?)')
    .run(epoch, root.view, root.height, digestBytes(root.digest), protocol);
}
