import { type Digest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { CertificateShelf, RecordCodec } from '../hosting/description.ts';
import { RecordFields } from '../hosting/record-fields.ts';
import type { VoteStatement } from '../vote/statement.ts';
import type { VoteTable } from '../vote/vote-table.ts';
import { votingKinds } from '../vote/voting-kinds.ts';
import type { LeftView, RoundsRecord } from './record.ts';
import { leaveStatement, roundPosition, roundStatement } from './statements.ts';

const ROUNDS_RECORD_VERSION = 1;

/** The safety record of a protocol of locked rounds on disk. Its leave follows from `left`, so that alone is written. */
export function roundsRecords(table: VoteTable): RecordCodec<RoundsRecord> {
  return {
    epochOf: ({ epoch }) => epoch,
    reached: roundPosition,
    blocks: blocksIn,
    write: writeRound,
    read: (text, shelf) =>
      RecordFields.all(JSON.parse(text), 'the record', (fields) => readRound(table, fields, shelf)),
  };
}

function writeRound(record: RoundsRecord, shelf: CertificateShelf): string {
  const { epoch, height, view, signed, left, entered, prepared, decided } = record;
  const stored = {
    ...{ version: ROUNDS_RECORD_VERSION, epoch, height, view },
    signed: Object.fromEntries(
      signed.flatMap(({ kind, block }) => (block === undefined ? [] : [[kind, block.digest]])),
    ),
    left: left && { view: left.view, prepared: left.prepared && shelf.put(left.prepared) },
    entered: entered && shelf.putLeave(entered),
    prepared: prepared && shelf.put(prepared),
    decided: decided && shelf.put(decided),
  };
  return JSON.stringify(stored, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}

function readRound(table: VoteTable, fields: RecordFields, shelf: CertificateShelf): RoundsRecord {
  fields.version(ROUNDS_RECORD_VERSION);
  const epoch = toEpoch(fields.number('epoch'));
  const place = { height: toHeight(fields.number('height')), view: toView(fields.number('view')) };
  const certificate = (name: string) => shelf.get(fields.digest(name));
  const left = fields.optional('left', (name) => fields.object(name, (given) => readLeft(given, shelf)));
  return {
    ...{ epoch, ...place, left },
    signed: [
      ...fields.object('signed', (given) => readVotes(table, place, given)),
      ...(left?.view === place.view ? [leaveStatement(table, { ...place, prepared: left.prepared })] : []),
    ],
    entered: fields.optional('entered', (name) => shelf.getLeave(fields.digest(name))),
    prepared: fields.optional('prepared', certificate),
    decided: fields.optional('decided', certificate),
  };
}

function readLeft(fields: RecordFields, shelf: CertificateShelf): LeftView {
  const view = toView(fields.number('view'));
  return { view, prepared: fields.optional('prepared', (name) => shelf.get(fields.digest(name))) };
}

/** The statements about blocks, in the order of a view. */
function readVotes(
  table: VoteTable,
  { height, view }: Pick<RoundsRecord, 'height' | 'view'>,
  fields: RecordFields,
): readonly VoteStatement[] {
  return [table.proposal, ...votingKinds(table)].flatMap((kind) => {
    const digest = fields.optional(kind, (name) => fields.digest(name));
    return digest === undefined ? [] : [roundStatement(kind, view, { height, digest })];
  });
}

/** The blocks that the record refers to. */
function blocksIn({ signed, left, entered, prepared, decided }: RoundsRecord): readonly Digest[] {
  const said = signed.map(({ block }) => block);
  return [...said, left?.prepared, entered?.high, prepared, decided]
    .map((named) => named?.digest)
    .filter((named) => named !== undefined);
}
