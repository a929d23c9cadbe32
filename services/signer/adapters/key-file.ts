import { constants, type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { type Digest, toDigest } from '#libs/chain/ids.ts';
import { SCHEME_SIZES, type SchemeName, schemeNames } from '#libs/crypto/parameter-sets.ts';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { CustodyError, type CustodyFault } from '../core/errors.ts';
import { KEY_FILE_BYTES_MAX } from '../limits.ts';

/** The chain and protocol that a key signs for, and since when it has a record of what it signed. */
export interface KeyBinding {
  readonly chain: Digest;
  readonly protocol: string;
}

/** The consensus key as it lies on disk. Who reads it clears `secretKey` as soon as it is loaded. */
export interface KeyFile {
  readonly scheme: SchemeName;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
  /** Time of creation, ISO 8601. */
  readonly created: string;
  /**
   * Undefined until the key is bound to its genesis. Once it is there, a record exists: a missing one was lost,
   * and the signer does not start.
   */
  readonly binding: KeyBinding | undefined;
}

const FORMAT_VERSION = 1;
const FILE_MODE = 0o600;
const OTHERS_MAY = 0o077;

const bytes = z
  .string()
  .transform((text, context) => fromHex(text) ?? fail(context, 'expected lower-case hex'));

const keyFileSchema = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  scheme: z.enum(schemeNames()),
  public_key: bytes,
  secret_key: bytes,
  created: z.iso.datetime(),
  chain_digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform(toDigest)
    .nullable(),
  protocol: z.string().min(1).nullable(),
});

/**
 * Reads a key file that is well-formed, of its owner alone, and of a public key that belongs to its secret.
 * @throws CustodyError `CUSTODY_KEY_MISSING`, `CUSTODY_FILE_UNREADABLE`, `CUSTODY_KEY_EXPOSED` or `CUSTODY_KEY_INVALID`; never with a part of
 * the key in it.
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const raw = await readPrivateFile(path);
  try {
    return parsedKeyFile(path, raw);
  } finally {
    raw.fill(0);
  }
}

/** Writes the file with mode 0600, whole or not at all. */
export async function writeKeyFile(path: string, key: KeyFile): Promise<void> {
  const text = JSON.stringify(
    {
      version: FORMAT_VERSION,
      scheme: key.scheme,
      public_key: toHex(key.publicKey),
      secret_key: toHex(key.secretKey),
      created: key.created,
      chain_digest: key.binding?.chain ?? null,
      protocol: key.binding?.protocol ?? null,
    },
    null,
    2,
  );
  await writeFileAtomic(path, Buffer.from(`${text}\n`, 'utf8'), FILE_MODE);
}

async function readPrivateFile(path: string): Promise<Buffer> {
  const file = await opened(path);
  try {
    const { mode, size } = await file.stat();
    if ((mode & OTHERS_MAY) !== 0) {
      throw refused(
        'CUSTODY_KEY_EXPOSED',
        path,
        `others may read it: run chmod 600 ${path}, and if somebody may have read it, make a new key`,
      );
    }
    if (size > KEY_FILE_BYTES_MAX) throw refused('CUSTODY_KEY_INVALID', path, 'it is too large for a key');
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isMissing) {
      const reason = 'it is missing: the member needs its key, put back or made by "btcfed init"';
      throw refused('CUSTODY_KEY_MISSING', path, reason, cause);
    }
    const reason = 'it cannot be opened: it must be a plain file, no link, that this user may read';
    throw refused('CUSTODY_FILE_UNREADABLE', path, reason, cause);
  }
}

function parsedKeyFile(path: string, raw: Buffer): KeyFile {
  const parsed = keyFileSchema.safeParse(jsonOf(path, raw));
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || issue.code))];
    throw refused('CUSTODY_KEY_INVALID', path, `bad ${fields.join(', ')}`);
  }
  const {
    scheme,
    public_key: publicKey,
    secret_key: secretKey,
    created,
    chain_digest,
    protocol,
  } = parsed.data;
  const sizes = SCHEME_SIZES[scheme];
  if (publicKey.length !== sizes.publicKey) throw refused('CUSTODY_KEY_INVALID', path, 'bad public_key');
  if (secretKey.length !== sizes.secretKey) throw refused('CUSTODY_KEY_INVALID', path, 'bad secret_key');
  if (toHex(secretKey.subarray(sizes.secretKey / 2)) !== toHex(publicKey)) {
    throw refused('CUSTODY_KEY_INVALID', path, 'public_key and secret_key belong to different keys');
  }
  if ((chain_digest === null) !== (protocol === null)) {
    throw refused('CUSTODY_KEY_INVALID', path, 'chain_digest and protocol come together');
  }
  const binding = chain_digest === null || protocol === null ? undefined : { chain: chain_digest, protocol };
  return { scheme, publicKey, secretKey, created, binding };
}

/** The cause is left out on purpose: a JSON error quotes what it could not read. */
function jsonOf(path: string, raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw refused('CUSTODY_KEY_INVALID', path, 'it is not JSON');
  }
}

function refused(code: CustodyFault, path: string, reason: string, cause?: unknown): CustodyError {
  return new CustodyError(`key file ${path}: ${reason}`, { code, path }, { cause });
}

function fail(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
