import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { toEpoch } from '#libs/chain/ids.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import { inEpoch } from '#libs/custody/epoch.ts';
import type { BegunEpoch } from '#libs/custody/handed-over.ts';
import { makeFolder } from '#libs/files/new-file.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import { destroyDrafts } from '../key/destroy-file.ts';
import { hollowKeyFile } from '../key/hollow-key.ts';
import { readKeyHeader } from '../key/key-file.ts';
import type { KeyHeader } from '../key/key-header.ts';
import { preparedKey } from '../key/prepared-key.ts';
import { AUDIT_KEY_NAME, KEY_FILE_NAME, LEDGER_FILE_NAME, NEXT_FOLDER } from '../words/file-names.ts';
import { createLedger } from './create-ledger.ts';
import { type LedgerOwner, openLedger } from './ledger-files.ts';
import { MirrorFile } from './mirror-file.ts';
import { mirrorPath, type RecordPlace } from './open-record.ts';
import { copySecret, replaceFiles } from './rotation-files.ts';
import { auditOf } from './rules/audit-of.ts';

/** Whether an epoch begins with the prepared key in place of this one. */
export async function isSucceeded(
  folder: string,
  publicKey: Uint8Array,
  set: ValidatorSet,
): Promise<boolean> {
  const next = await preparedKey(folder);
  return next !== undefined && follows(set, { next: next.publicKey, before: publicKey });
}

/** Whether these members know the one key, and not the other. */
export function follows(
  { members }: ValidatorSet,
  { next, before }: { readonly next: Uint8Array; readonly before: Uint8Array },
): boolean {
  const isMember = (key: Uint8Array): boolean => members.some(({ publicKey }) => equalBytes(publicKey, key));
  return isMember(next) && !isMember(before);
}

export interface Succession {
  /** The epoch that begins with the new key, according to a verified handover. */
  readonly epoch: BegunEpoch;
  /** The session of the consensus process, which continues. */
  readonly session: bigint;
  /** The least number of members, as the record before knew it. */
  readonly membersMin?: number | undefined;
}

/**
 * Makes the record of the prepared key, which begins with the epoch that knows it: from that moment on it is the key
 * of this signer, even if a crash comes before `finishRotation`. The record of the old key must be closed and
 * retired.
 */
export async function beginRotation(
  { folder }: RecordPlace,
  { epoch: begun, session, membersMin }: Succession,
): Promise<void> {
  const { set, root, table } = begun;
  const { epoch } = set;
  const next = join(folder, NEXT_FOLDER);
  const header = await readKeyHeader(join(next, KEY_FILE_NAME));
  const first = { epoch, members: set.members, root, protocol: table.protocol, membersMin };
  await createLedger(join(next, LEDGER_FILE_NAME), boundOwner(header), first, (ledger) => {
    const before = { ...ledger.state(), epoch: toEpoch(epoch - 1n) };
    const state = { ...inEpoch(before, { epoch, root, table }), session };
    ledger.change(state, auditOf(state, 'EPOCH', 'rotated', root.digest));
  });
}

/**
 * Puts the new key and its record in place of the old, and destroys the secret of the old; its record stays, as
 * evidence. Repeating the call fixes a crash at any moment, and every start repeats it. Where no rotation began, the
 * call only destroys drafts of key files that a crash left.
 */
export async function finishRotation(place: RecordPlace): Promise<void> {
  const { folder } = place;
  const next = join(folder, NEXT_FOLDER);
  const [ledger, key] = [join(next, LEDGER_FILE_NAME), join(next, KEY_FILE_NAME)];
  for (const path of [key, join(folder, KEY_FILE_NAME)]) await destroyDrafts(path);
  if (!existsSync(ledger)) {
    // Without a key no rotation is prepared: these files are remains of a finished one.
    if (!existsSync(key)) rmSync(next, { recursive: true, force: true });
    return;
  }
  const header = await readKeyHeader(existsSync(key) ? key : join(folder, KEY_FILE_NAME));
  const archive = join(folder, `before-${keyId(header.publicKey)}`);
  await makeFolder(archive, 0o700);
  // The copy of the audit key lets the old record be checked and exported as before.
  const auditKey = join(folder, AUDIT_KEY_NAME);
  if (existsSync(auditKey)) await copySecret(auditKey, join(archive, AUDIT_KEY_NAME));
  const from = { folder, from: next, archive };
  if (existsSync(key)) await replaceFiles({ ...from, names: [KEY_FILE_NAME] });
  await hollowKeyFile(join(archive, KEY_FILE_NAME));
  await renewMirror(place, ledger, header);
  // The record last: as long as it lies there the rotation is not finished.
  await replaceFiles({
    ...from,
    names: ['-wal', '-shm', ''].map((suffix) => `${LEDGER_FILE_NAME}${suffix}`),
  });
  rmSync(next, { recursive: true, force: true });
}

async function renewMirror(place: RecordPlace, path: string, header: KeyHeader): Promise<void> {
  const { ledger, install } = await openLedger(path, boundOwner(header), place.tables);
  const { sequence } = ledger.auditEnd();
  ledger.close();
  await MirrorFile.create(mirrorPath(place), install, sequence);
}

function boundOwner({ scheme, publicKey, binding }: KeyHeader): LedgerOwner {
  assert(binding !== undefined, 'a key is prepared for the chain of the one that it follows');
  return { scheme, publicKey, binding };
}
