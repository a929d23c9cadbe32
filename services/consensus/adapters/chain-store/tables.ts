import type { DatabaseSync } from 'node:sqlite';
import { BlockTable } from './block-table.ts';
import { CertificateTable } from './certificate-table.ts';
import { EvidenceTable } from './evidence-table.ts';
import { FinalTable } from './final-table.ts';
import { PruneMark } from './prune-mark.ts';
import { RecordTable } from './record-table.ts';
import { SnapshotTable } from './snapshot-table.ts';
import { StateTable } from './state-table.ts';

/** The open database, and one object for each of its tables. */
export interface Tables {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly blocks: BlockTable;
  readonly final: FinalTable;
  readonly certificates: CertificateTable;
  readonly record: RecordTable;
  readonly evidence: EvidenceTable;
  readonly state: StateTable;
  readonly snapshot: SnapshotTable;
  readonly pruned: PruneMark;
}

export function tablesOf(db: DatabaseSync, path: string): Tables {
  const certificates = new CertificateTable(db);
  return {
    db,
    path,
    blocks: new BlockTable(db),
    final: new FinalTable(db),
    certificates,
    record: new RecordTable(db, path, certificates),
    // Time of day, for people.
    evidence: new EvidenceTable(db, () => Date.now()),
    state: new StateTable(db),
    snapshot: new SnapshotTable(db),
    pruned: new PruneMark(db),
  };
}
