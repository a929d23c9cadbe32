import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';

export const absolutePath = z.string().refine(isAbsolute, 'expected an absolute path');
const hostAndPort = z.string().regex(/^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i, 'expected host:port');

function pathsOf(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

/** Paths of PEM files, by comma; two while one is renewed. */
export const clientCertificates = z
  .string()
  .default('')
  .transform(pathsOf)
  .pipe(z.array(absolutePath).max(2));

/** Every setting of the signer beside the ones that all services have. Unknown `SIGNER_*` names are an error. */
export const signerConfig = z.strictObject({
  /** Where consensus calls, by mutual TLS. Port 0 takes a free one. */
  SIGNER_LISTEN: hostAndPort.default('127.0.0.1:7102'),
  /** Holds signer.key and signer.db. */
  SIGNER_FOLDER: absolutePath,
  /** The member's own certification authority: a client certificate of any other is refused. */
  SIGNER_TLS_CA: absolutePath,
  SIGNER_TLS_CERT: absolutePath,
  SIGNER_TLS_KEY: absolutePath,
  /** Common name of the one client certificate that may ask for signatures. */
  SIGNER_CLIENT_NAME: z.string().min(1).max(64).default('consensus'),
  /** Certificates (PEM files, by comma) whose keys may ask; two while one is renewed. Left out: the name decides. */
  SIGNER_CLIENT_CERTS: clientCertificates,
  /**
   * The client matrix (JSON): the operations that each client may ask for. With it, the name and certificates above
   * are ignored.
   */
  SIGNER_CLIENTS_FILE: absolutePath.optional(),
  /** The mirror of the record, best on another disk; signer.mirror in the folder when left out. */
  SIGNER_MIRROR_FILE: absolutePath.optional(),
  /** Protocol of the genesis, which the key was bound under; the record says that of the present epoch. */
  SIGNER_PROTOCOL: z.string().min(1).max(32).default(DEFAULT_PROTOCOL),
  /** The implementation that signs: OpenSSL, JavaScript, or OpenSSL where there is one. */
  SIGNER_BACKEND: z.enum(['auto', 'native', 'portable']).default('auto'),
  /** `deterministic`: each signature is computed twice and compared, by the portable implementation alone. */
  SIGNER_SIGNING: z.enum(['hedged', 'deterministic']).default('hedged'),
  /**
   * Where the passphrase of a sealed key is read from, once: a file of mode 0600, a credential of systemd
   * (%d/passphrase), or an open descriptor (/dev/fd/3). The passphrase itself is never in an argument or a variable.
   */
  SIGNER_PASSPHRASE_FILE: absolutePath.optional(),
  /**
   * Unix socket for the operator, in a folder that nobody else may enter: `btcfed signer unlock` and its like. With it a
   * sealed key without SIGNER_PASSPHRASE_FILE waits to be unlocked; without it the signer then does not start.
   */
  SIGNER_ADMIN_SOCKET: absolutePath.optional(),
  /**
   * Niceness of this process. Every decision waits for its signatures, and beside other work of niceness 0 a signer above
   * it waits for a core each time: so it is 0 unless a person wants the other work to come first.
   */
  SIGNER_NICENESS: z.coerce.number().int().min(0).max(19).default(0),
});

export type SignerConfig = z.output<typeof signerConfig>;
