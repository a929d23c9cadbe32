import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '#libs/assert/assert.ts';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import { makeFolder } from '#libs/files/new-file.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import { destroyDrafts, destroyFile } from './adapters/destroy-file.ts';
import { type KeyHeader, type Passphrase, readKeyHeader } from './adapters/key-file.ts';
import { createLedger, type LedgerOwner, openLedger } from './adapters/ledger-files.ts';
import { MirrorFile } from './adapters/mirror-file.ts';
import { replaceFiles } from './adapters/rotation-files.ts';
import { auditOf } from './core/audit-of.ts';
import { CustodyError } from './core/errors.ts';
import { KEY_FILE_NAME, LEDGER_FILE_NAME } from './custody.ts';
import { createSignerKey } from './init.ts';
import { mirrorPath, type RecordPlace } from './open-record.ts';
import type { EpochFacts } from './ports.ts';
import { createTokenKey, type TokenKeyOptions } from './token-key-file.ts';

/** Holds the key that follows, until its epoch begins. */
const NEXT_FOLDER = 'next';

export interface PrepareOptions {
  readonly folder: string;
  /** Seals the new key; left out: it lies in the clear. */
  readonly passphrase?: Passphrase;
  /** Takes a key that was made in a token instead. */
  readonly token?: Pick<TokenKeyOptions, 'uri' | 'pin'> | undefined;
}

/**
 * Makes the key that shall follow the one in this folder. It signs nothing, and has no record, before an epoch begins whose
 * members know it in place of the other.
 * @returns its public key.
 * @throws CustodyError `CUSTODY_KEY_EXISTS` when one was prepared before.
 */
export async function prepareRotation({ folder, passphrase, token }: PrepareOptions): Promise<Uint8Array> {
  const current = join(folder, KEY_FILE_NAME);
  const { scheme, binding, publicKey } = await readKeyHeader(current);
  if (binding !== undefined) {
    const next = { folder: join(folder, NEXT_FOLDER), scheme, binding };
    if (token === undefined) return createSignerKey({ ...next, passphrase });
    return createTokenKey({ ...next, ...token, follows: publicKey });
  }
  const reason = 'it is not bound to a genesis yet, so there is nothing that another key could follow in';
  throw new CustodyError(`key file ${current}: ${reason}`, { code: 'CUSTODY_KEY_UNBOUND', path: current });
}

/** The key that was prepared, as its file says in the clear; undefined: none was. */
export async function preparedKey(folder: string): Promise<KeyHeader | undefined> {
  const path = join(folder, NEXT_FOLDER, KEY_FILE_NAME);
  return existsSync(path) ? readKeyHeader(path) : undefined;
}

/** Whether an epoch begins with the prepared key in place of this one. */
export async function isSucceeded(
  folder: string,
  publicKey: Uint8Array,
  set: ValidatorSet,
): Promise<boolean> {
  const next = await preparedKey(folder);
  if (next === undefined) return false;
  const isMember = (key: Uint8Array): boolean =>
    set.members.some((member) => equalBytes(member.publicKey, key));
  return isMember(next.publicKey) && !isMember(publicKey);
}

export interface Succession {
  /** The epoch that begins with the new key, as a verified handover says. */
  readonly epoch: EpochFacts;
  /** Of the consensus process that goes on. */
  readonly session: bigint;
}

/**
 * Makes the record of the prepared key, which begins with the epoch that knows it: from that moment on it is the key of
 * this signer, whatever happens before `finishRotation`. The record of the old key must be closed and retired.
 */
export async function beginRotation({ folder }: RecordPlace, { epoch, session }: Succession): Promise<void> {
  const { set, root } = epoch;
  const next = join(folder, NEXT_FOLDER);
  const header = await readKeyHeader(join(next, KEY_FILE_NAME));
  const first = { epoch: set.epoch, members: set.members, root };
  await createLedger(join(next, LEDGER_FILE_NAME), boundOwner(header), first, (ledger) => {
    const { view } = root;
    const state = { ...ledger.state(), session, viewFrom: view, proven: view };
    ledger.change(state, auditOf(state, 'EPOCH', 'rotated', root.digest));
  });
}

/**
 * Puts the new key and its record in place of the old, and destroys the old key; its record stays, as evidence. A crash at
 * any moment is mended by doing it again, which every start does. Where no rotation began it only destroys what a crash
 * left of key files that were being written.
 */
export async function finishRotation(place: RecordPlace): Promise<void> {
  const { folder } = place;
  const next = join(folder, NEXT_FOLDER);
  const [ledger, key] = [join(next, LEDGER_FILE_NAME), join(next, KEY_FILE_NAME)];
  for (const path of [key, join(folder, KEY_FILE_NAME)]) await destroyDrafts(path);
  if (!existsSync(ledger)) {
    // Without a key nothing is prepared: what a crash left of a rotation that was finished.
    if (!existsSync(key)) rmSync(next, { recursive: true, force: true });
    return;
  }
  const header = await readKeyHeader(existsSync(key) ? key : join(folder, KEY_FILE_NAME));
  const archive = join(folder, `before-${keyId(header.publicKey)}`);
  await makeFolder(archive, 0o700);
  const from = { folder, from: next, archive };
  if (existsSync(key)) await replaceFiles({ ...from, names: [KEY_FILE_NAME] });
  await destroyFile(join(archive, KEY_FILE_NAME));
  renewMirror(place, ledger, header);
  // The record last: as long as it lies there the rotation is not finished.
  await replaceFiles({
    ...from,
    names: ['-wal', '-shm', ''].map((suffix) => `${LEDGER_FILE_NAME}${suffix}`),
  });
  rmSync(next, { recursive: true, force: true });
}

function renewMirror(place: RecordPlace, path: string, header: KeyHeader): void {
  const { ledger, install } = openLedger(path, boundOwner(header));
  const { sequence } = ledger.auditEnd();
  ledger.close();
  MirrorFile.create(mirrorPath(place), install, sequence);
}

function boundOwner({ scheme, publicKey, binding }: KeyHeader): LedgerOwner {
  assert(binding !== undefined, 'a key is prepared for the chain of the one that it follows');
  return { scheme, publicKey, binding };
}
