import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { Backend } from '#libs/crypto/signature-scheme.ts';
import { withMode } from '#libs/custody/session.ts';
import { makeFolder } from '#libs/files/new-file.ts';
import { provideAuditKey } from '../key/audit-key.ts';
import { type Passphrase, readKeyFile } from '../key/key-file.ts';
import type { KeyBinding } from '../key/key-header.ts';
import { rememberedPassphrase } from '../key/passphrase.ts';
import { createKeyFile, writeKeyFile } from '../key/write-key-file.ts';
import { createLedger, type FirstEpoch } from '../record/create-ledger.ts';
import { type LedgerOwner, openLedger } from '../record/ledger-files.ts';
import { MirrorFile } from '../record/mirror-file.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import type { CustodyLedger } from '../record/rules/custody-ledger.ts';
import { CustodyError } from '../words/errors.ts';
import { AUDIT_KEY_NAME, KEY_FILE_NAME, LEDGER_FILE_NAME, MIRROR_FILE_NAME } from '../words/file-names.ts';

export interface CreateSignerKeyOptions {
  /** Made with mode 0700 when it is not there. */
  readonly folder: string;
  readonly scheme: string;
  readonly backend?: Backend | 'auto';
  /** Seals the key from its first moment on; left out: it lies in the clear. */
  readonly passphrase?: Passphrase;
  /** The binding of a key that follows another, whose own record is made when it does. */
  readonly binding?: KeyBinding;
}

export interface BindSignerOptions {
  readonly folder: string;
  /** Digest of the genesis that names this key. */
  readonly chainDigest: Digest;
  /** Id of the protocol that the genesis names. */
  readonly protocol: string;
  /** The first epoch according to the genesis: the signer believes no other source about it. */
  readonly first: FirstEpoch;
  /** The passphrase, asked for when the key is sealed. */
  readonly passphrase?: Passphrase;
}

const FOLDER_MODE = 0o700;

/**
 * First step of a member's life: makes its consensus key, which the genesis will name. It cannot sign before it is
 * bound to that genesis.
 * @returns the public key.
 * @throws CustodyError `CUSTODY_KEY_EXISTS` or `CUSTODY_RECORD_EXISTS`: nothing is ever written over.
 */
export async function createSignerKey({
  folder,
  scheme,
  backend = 'auto',
  passphrase,
  binding,
}: CreateSignerKeyOptions): Promise<Uint8Array> {
  const chosen = schemeByName(scheme, { backend });
  const path = await placeForKey(folder);
  const { publicKey, secretKey } = await chosen.generate();
  try {
    const created = new Date().toISOString();
    const key = { scheme: chosen.name, publicKey, secretKey, created, binding, isImported: false };
    await createKeyFile(path, key, passphrase);
  } finally {
    secretKey.fill(0);
  }
  return publicKey;
}

/**
 * Makes the folder of a key, and finds the path of its file.
 * @throws CustodyError `CUSTODY_KEY_EXISTS` or `CUSTODY_RECORD_EXISTS`: nothing is ever written over.
 */
export async function placeForKey(folder: string): Promise<string> {
  const path = join(folder, KEY_FILE_NAME);
  const ledgerPath = join(folder, LEDGER_FILE_NAME);
  if (existsSync(path)) {
    throw new CustodyError(`key file ${path}: it exists already`, { code: 'CUSTODY_KEY_EXISTS', path });
  }
  if (existsSync(ledgerPath)) {
    const detail = { code: 'CUSTODY_RECORD_EXISTS', path: ledgerPath } as const;
    throw new CustodyError(
      `signer record ${ledgerPath}: it is of an earlier key; take another folder`,
      detail,
    );
  }
  await makeFolder(folder, FOLDER_MODE);
  return path;
}

/**
 * Second step: makes the empty record of this key on this chain, and then writes into the key file that the
 * record exists. From then on a missing record is a lost record, and never made anew. After a crash between the
 * two, asking again for the same chain completes the step.
 * @throws CustodyError `CUSTODY_KEY_BOUND` when it is bound already, `CUSTODY_RECORD_FOREIGN` when there is a
 * record of something else, `CUSTODY_RECORD_EXISTS` when there is one in which this key has signed.
 */
export async function bindSigner({
  folder,
  chainDigest,
  protocol,
  first,
  passphrase,
}: BindSignerOptions): Promise<void> {
  const path = join(folder, KEY_FILE_NAME);
  const known = rememberedPassphrase(passphrase);
  const file = await readKeyFile(path, known.passphrase);
  try {
    if (file.binding !== undefined) {
      const reason = `it is bound to chain ${file.binding.chain} already: one key signs for one chain`;
      throw new CustodyError(`key file ${path}: ${reason}`, { code: 'CUSTODY_KEY_BOUND', path });
    }
    const bound = { ...file, binding: { chain: chainDigest, protocol } };
    await provideAuditKey(join(folder, AUDIT_KEY_NAME));
    await provideLedger(folder, bound, { first, isImported: file.isImported });
    await writeKeyFile(path, bound, file.isSealed ? known.passphrase : undefined);
  } finally {
    file.secretKey.fill(0);
    known.forget();
  }
}

const NO_HISTORY = 'the key was made elsewhere, and what it signed there is not known here';

/** A key that was imported begins in quarantine (libs/custody/README.md 3.5, services/signer/README.md R8): it has no history. */
async function provideLedger(
  folder: string,
  owner: LedgerOwner,
  { first, isImported }: { readonly first: FirstEpoch; readonly isImported: boolean },
): Promise<void> {
  const path = join(folder, LEDGER_FILE_NAME);
  const distrust = (ledger: CustodyLedger): void => {
    const state = withMode(ledger.state(), 'quarantined');
    ledger.change(state, auditOf(state, 'QUARANTINE', NO_HISTORY));
  };
  if (!existsSync(path)) await createLedger(path, owner, first, isImported ? distrust : undefined);
  const { ledger, install } = await openLedger(path, owner);
  const hasSigned = ledger.signatureCount() > 0n;
  const { sequence } = ledger.auditEnd();
  ledger.close();
  if (hasSigned) {
    const reason = 'this key has signed in it, so its key file was put back from an earlier copy';
    throw new CustodyError(`signer record ${path}: ${reason}`, { code: 'CUSTODY_RECORD_EXISTS', path });
  }
  await MirrorFile.create(join(folder, MIRROR_FILE_NAME), install, sequence);
}
