import { join } from 'node:path';
import type { VoteTables } from '#libs/protocol/vote/vote-table.ts';
import { type KeyFacts, readKeyFacts } from '../key/key-facts.ts';
import { KEY_FILE_NAME, LEDGER_FILE_NAME, MIRROR_FILE_NAME } from '../words/file-names.ts';
import { openLedger } from './ledger-files.ts';
import { MirrorFile } from './mirror-file.ts';
import { mirroredLedger } from './mirrored-ledger.ts';
import type { CustodyLedger, EpochBasis } from './rules/custody-ledger.ts';

/** The places of a stopped signer's files. */
export interface RecordPlace {
  readonly folder: string;
  /** Path of the mirror of the record; in the folder when left out. */
  readonly mirror?: string | undefined;
  /** The protocols that the key can sign for; those that a chain can run when left out. */
  readonly tables?: VoteTables | undefined;
}

/** The record of a stopped signer, opened for this process alone and checked from end to end. */
export interface OpenRecord {
  readonly owner: KeyFacts;
  readonly ledger: CustodyLedger;
  readonly facts: EpochBasis;
  /** The identity of this record, 16 bytes. */
  readonly install: Uint8Array;
  /** The mirror's objection to the record; undefined when there is none. */
  readonly fault: string | undefined;
}

/**
 * Opens the record without its key. Nothing is written to it here.
 * @throws CustodyError as `openLedger` and `readKeyFacts`, or DatabaseError while the signer runs.
 */
export async function openRecord(place: RecordPlace): Promise<OpenRecord> {
  const { folder } = place;
  const owner = await readKeyFacts(join(folder, KEY_FILE_NAME));
  const {
    ledger: plain,
    install,
    set,
    root,
  } = await openLedger(join(folder, LEDGER_FILE_NAME), owner, place.tables);
  const mirror = MirrorFile.open(mirrorPath(place), install, plain.auditEnd().sequence);
  const opened = { owner, install, facts: { set, root } };
  if ('fault' in mirror) return { ...opened, ledger: plain, fault: mirror.fault };
  return { ...opened, ledger: mirroredLedger(plain, mirror), fault: undefined };
}

export function mirrorPath({ folder, mirror }: RecordPlace): string {
  return mirror ?? join(folder, MIRROR_FILE_NAME);
}
