import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '#libs/chain/ids.ts';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { provideAuditKey } from '../key/audit-key.ts';
import { readKeyFacts } from '../key/key-facts.ts';
import { createLedger, type FirstEpoch } from '../record/create-ledger.ts';
import { openLedger } from '../record/ledger-files.ts';
import { MirrorFile } from '../record/mirror-file.ts';
import { mirrorPath, type RecordPlace } from '../record/open-record.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { CustodyError, type CustodyFault } from '../words/errors.ts';
import { AUDIT_KEY_NAME, KEY_FILE_NAME, LEDGER_FILE_NAME } from '../words/file-names.ts';

export interface BoundGenesis {
  readonly chainDigest: Digest;
  readonly first: FirstEpoch;
}

const LOST = 'the record was lost, and made anew from the genesis';

/**
 * Makes the lost record of a bound key anew: in quarantine, and knowing nothing but the genesis that the key was bound
 * with. The key signs nothing until it is recovered, or another key follows it (libs/custody/README.md 3.5).
 * @throws CustodyError `CUSTODY_RECORD_EXISTS` when anything is left of the old one, `CUSTODY_RECORD_FOREIGN`
 * for another genesis, `CUSTODY_KEY_UNBOUND`.
 */
export async function remakeRecord(place: RecordPlace, { chainDigest, first }: BoundGenesis): Promise<void> {
  const { folder } = place;
  const path = join(folder, LEDGER_FILE_NAME);
  const owner = await readKeyFacts(join(folder, KEY_FILE_NAME));
  refuseRemains(path);
  if (owner.binding.chain !== chainDigest) {
    const reason = `the key is bound to chain ${owner.binding.chain}, and this genesis is that of ${chainDigest}`;
    throw refused('CUSTODY_RECORD_FOREIGN', path, reason);
  }
  await provideAuditKey(join(folder, AUDIT_KEY_NAME));
  await createLedger(path, owner, first, (ledger) => {
    // A session, so that no imported history takes the record for that of a key that never signed.
    const state = withMode(withNewSession(ledger.state()), 'quarantined');
    ledger.change(state, auditOf(state, 'QUARANTINE', LOST));
  });
  const { ledger, install } = await openLedger(path, owner);
  const { sequence } = ledger.auditEnd();
  ledger.close();
  await MirrorFile.create(mirrorPath(place), install, sequence);
}

/** A log that SQLite finds beside the new file would be taken for its own. */
function refuseRemains(path: string): void {
  const left = ['', '-wal', '-shm'].map((suffix) => path + suffix).find((each) => existsSync(each));
  if (left === undefined) return;
  const reason =
    'it is there: if it opens, use it ("signer state verify"); if it is damaged, move it away with its -wal, and keep it as evidence';
  throw refused('CUSTODY_RECORD_EXISTS', left, reason);
}

function refused(code: CustodyFault, path: string, reason: string): CustodyError {
  return new CustodyError(`signer record ${path}: ${reason}`, { code, path });
}
