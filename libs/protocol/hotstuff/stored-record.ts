import { type Digest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { CertificateShelf, RecordCodec } from '../hosting/description.ts';
import { RecordFields } from '../hosting/record-fields.ts';
import type { BlockRef } from '../vote/statement.ts';
import type { SafetyRecord } from './record.ts';
import { type Phase, viewPosition } from './statements.ts';

const VERSION = 1;

/** HotStuff's safety record on disk. */
export const hotStuffRecords: RecordCodec<SafetyRecord> = {
  epochOf: ({ epoch }) => epoch,
  reached: ({ view }) => viewPosition(view),
  blocks: blocksNamedBy,
  write: writeRecord,
  read: (text, shelf) =>
    RecordFields.all(JSON.parse(text), 'the record', (fields) => readRecord(fields, shelf)),
};

function writeRecord(record: SafetyRecord, shelf: CertificateShelf): string {
  const { epoch, view, voted, timedOut, proposed, high, locked, commit, timeoutCertificate } = record;
  const stored = {
    version: VERSION,
    epoch,
    view,
    voted,
    timedOut: timedOut && { view: timedOut.view, high: shelf.put(timedOut.high) },
    proposed,
    high: shelf.put(high),
    locked: locked && shelf.put(locked),
    commit: shelf.put(commit),
    timeoutCertificate: timeoutCertificate && shelf.putLeave(timeoutCertificate),
  };
  return JSON.stringify(stored, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}

function readRecord(fields: RecordFields, shelf: CertificateShelf): SafetyRecord {
  fields.version(VERSION);
  const certificate = (name: string) => shelf.get(fields.digest(name));
  return {
    epoch: toEpoch(fields.number('epoch')),
    view: toView(fields.number('view')),
    voted: fields.object('voted', readVotes),
    timedOut: fields.optional('timedOut', (name) =>
      fields.object(name, (given) => ({
        view: toView(given.number('view')),
        high: shelf.get(given.digest('high')),
      })),
    ),
    proposed: fields.optional('proposed', (name) =>
      fields.object(name, (given) => ({ ...readBlockRef(given), view: toView(given.number('view')) })),
    ),
    high: certificate('high'),
    locked: fields.optional('locked', certificate),
    commit: certificate('commit'),
    timeoutCertificate: fields.optional('timeoutCertificate', (name) => shelf.getLeave(fields.digest(name))),
  };
}

function readVotes(fields: RecordFields): SafetyRecord['voted'] {
  const vote = (phase: Phase) =>
    fields.optional(phase, (name) => ({ [phase]: fields.object(name, readBlockRef) }));
  return { ...vote('prepare'), ...vote('pre-commit'), ...vote('commit') };
}

function readBlockRef(fields: RecordFields): BlockRef {
  return { height: toHeight(fields.number('height')), digest: fields.digest('digest') };
}

/** The blocks that a record refers to. */
function blocksNamedBy({ voted, timedOut, proposed, high, locked, commit }: SafetyRecord): Digest[] {
  const votes = Object.values(voted);
  return [...votes, timedOut?.high, proposed, high, locked, commit]
    .map((named) => named?.digest)
    .filter((named) => named !== undefined);
}
