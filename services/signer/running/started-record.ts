import { existsSync } from 'node:fs';
import { ZERO_DIGEST } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyContext } from '#libs/custody/custody-context.ts';
import { withMode } from '#libs/custody/session.ts';
import type { OpenedLedger } from '../record/ledger-files.ts';
import { MirrorFile } from '../record/mirror-file.ts';
import { mirroredLedger } from '../record/mirrored-ledger.ts';
import { mirrorPath, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import type { CustodyLedger } from '../record/rules/custody-ledger.ts';
import { isAsImported } from '../record/rules/is-as-imported.ts';
import { CustodyError } from '../words/errors.ts';

/** A record that this process signs by, or that is in quarantine. */
export interface StartedRecord {
  readonly ledger: CustodyLedger;
  readonly custodian: Custodian;
  /** Why nothing is signed although everything can be read; undefined while the key signs. */
  readonly quarantine: string | undefined;
}

/**
 * Compares the record with its mirror, and notes the start, or the quarantine of a record that is behind
 * (libs/custody/README.md G4).
 * @throws CustodyError `CUSTODY_RECORD_UNFINISHED`.
 */
export function startedRecord(
  { ledger: plain, install }: OpenedLedger,
  context: CustodyContext,
  place: RecordPlace,
): StartedRecord {
  const path = mirrorPath(place);
  const mirror = MirrorFile.open(path, install, plain.auditEnd().sequence);
  const state = plain.state();
  if ('fault' in mirror) {
    requireFinishedImport(plain, path);
    const quarantined = withMode(state, 'quarantined');
    plain.change(quarantined, auditOf(quarantined, 'QUARANTINE', mirror.fault));
    return { ledger: plain, custodian: new Custodian(context, quarantined), quarantine: mirror.fault };
  }
  const ledger = mirroredLedger(plain, mirror);
  ledger.change(state, auditOf(state, 'STARTED', '', ZERO_DIGEST));
  const isActive = state.mode === 'active';
  const quarantine = isActive ? undefined : `the record says so since an earlier start (${state.mode})`;
  return { ledger, custodian: new Custodian(context, state), quarantine };
}

/** A crash in the middle of an import is no loss: the file still exists, and another import finishes the first. */
function requireFinishedImport(ledger: CustodyLedger, mirror: string): void {
  if (existsSync(mirror) || !isAsImported(ledger)) return;
  const reason = 'the import of its history was interrupted: do it again ("btcfed signer state import")';
  throw new CustodyError(`signer record of ${mirror}: ${reason}`, {
    code: 'CUSTODY_RECORD_UNFINISHED',
    path: mirror,
  });
}
