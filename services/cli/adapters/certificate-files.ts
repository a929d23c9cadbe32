import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { readTlsKey } from '#libs/grpc/tls-files.ts';
import { FileExposedError, readPrivateKey } from '#libs/key-files/private-path.ts';
import { type CertificateDescription, describeCertificate } from '#libs/pki/describe.ts';
import { type Authority, belongTogether, type CertifiedKey } from '#libs/pki/pki.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';

const FOLDER_MODE = 0o700;
const KEY_MODE = 0o600;
const DAY_MS = 86_400_000;
const CERTIFICATE_MODE = 0o644;

/** Names of the two files of an authority in its folder. */
const AUTHORITY = 'ca';

/** Where a certificate and its key lie: `<path>.pem` and `<path>.key`. */
export function certificateFiles(path: string): { readonly certificate: string; readonly key: string } {
  return { certificate: `${path}.pem`, key: `${path}.key` };
}

/** @throws CliError when there is one already: another authority would make all its certificates worthless. */
export async function writeNewAuthority(folder: string, authority: Authority): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  const path = join(folder, AUTHORITY);
  await writeNewPair(path, authority);
  return certificateFiles(path).certificate;
}

export function readAuthority(folder: string): Authority {
  const pair = readPair(join(folder, AUTHORITY), readPrivateKey);
  const { certificate } = certificateFiles(join(folder, AUTHORITY));
  const { isAuthority } = describedFile(certificate);
  if (!isAuthority) throw invalidInput(`${folder}: ca.pem is no certificate of an authority`);
  return pair;
}

/** @throws CliError for a certificate that would outlive its authority: it would be worthless from then on. */
export function checkLife(folder: string, days: number): void {
  const { notAfter } = describedFile(certificateFiles(join(folder, AUTHORITY)).certificate);
  const daysLeft = Math.floor((notAfter.getTime() - Date.now()) / DAY_MS);
  if (days <= daysLeft) return;
  const end = notAfter.toISOString().slice(0, 10);
  const cure =
    daysLeft < 1
      ? 'make a new one with "btcfed pki init"'
      : `give --days ${daysLeft} or less, or make a new one`;
  throw invalidInput(`the authority in ${folder} ends on ${end}, before ${days} days from now: ${cure}`);
}

/** @throws CliError when either file exists: it may be in use. */
export async function writeNewPair(path: string, pair: CertifiedKey): Promise<void> {
  const files = certificateFiles(path);
  const taken = [files.key, files.certificate].find((file) => existsSync(file));
  if (taken !== undefined) throw invalidInput(`${taken} exists: it is never written over; take another name`);
  await writePair(path, pair);
}

/** The key first: a certificate beside an older key is noticed, and the older pair is complete until then. */
export async function writePair(path: string, { certificate, key }: CertifiedKey): Promise<void> {
  const files = certificateFiles(path);
  try {
    await writeFileAtomic(files.key, key, KEY_MODE);
    await writeFileAtomic(files.certificate, certificate, CERTIFICATE_MODE);
  } catch (cause) {
    throw invalidInput(`${path} cannot be written: ${fileReason(cause)}`, cause);
  }
}

/** @throws CliError when a file is missing or the two do not belong together. */
export function readPair(path: string, readKey: (file: string) => Buffer = readTlsKey): CertifiedKey {
  const files = certificateFiles(path);
  const pair = { certificate: readText(files.certificate), key: readText(files.key, readKey) };
  describedFile(files.certificate);
  if (!isWhole(pair)) throw invalidInput(`${files.key} is not the key of ${files.certificate}`);
  return pair;
}

/** @throws CliError naming the file. */
export function describedFile(file: string): CertificateDescription {
  const described = describeCertificate(readText(file));
  if (described === undefined) throw invalidInput(`${file} is no PEM certificate`);
  return described;
}

function isWhole(pair: CertifiedKey): boolean {
  try {
    return belongTogether(pair);
  } catch {
    return false; // A key that cannot be read belongs to nothing.
  }
}

function readText(file: string, read: (file: string) => Buffer = readFileSync): string {
  try {
    return read(file).toString('utf8');
  } catch (cause) {
    if (cause instanceof FileExposedError) throw cause;
    throw invalidInput(`${file} cannot be read: ${fileReason(cause)}`, cause);
  }
}
