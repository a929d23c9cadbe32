import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endOfFile, type HomeEntry } from './home-entries.ts';
import { BUNDLE_LIMITS } from './limits.ts';
import { type SecretFile, secretsIn } from './secrets-in.ts';

/** Environment variables that name a secret, or a file that is one. */
const URL_VARIABLES = ['NATS_URL'] as const;
const FILE_VARIABLES = ['SIGNER_PASSPHRASE_FILE'] as const;

/** Folders whose files are lines and databases: secrets that stand there by mistake are those of the other files. */
const NO_SECRET_FILES = /^(?:logs|consensus)\/|\.(?:db|db-wal|db-shm|mirror|sock)$/;

export interface HomeSecrets {
  readonly secrets: readonly Buffer[];
  /** Files that may hold secrets and cannot be read: nothing is known of theirs. */
  readonly unread: readonly string[];
}

/** The secrets of a home and of this environment, to be taken out of all that is told. They stay in memory. */
export function homeSecrets(
  home: string,
  entries: readonly HomeEntry[],
  env: Readonly<Record<string, string | undefined>>,
): HomeSecrets {
  const inHome = entries
    .filter(({ kind, path, bytes = 0 }) => {
      return kind === 'file' && !NO_SECRET_FILES.test(path) && bytes <= BUNDLE_LIMITS.secretFileBytesMax;
    })
    .map(({ path }) => join(home, path));
  const named = FILE_VARIABLES.flatMap((name) => env[name] ?? []).filter(isPlainFile);
  const read = [...inHome, ...named].map((path) => ({ path, text: textOf(path) }));
  const files = read.flatMap(({ path, text }): SecretFile[] =>
    text === undefined ? [] : [{ name: named.includes(path) ? 'passphrase' : basename(path), text }],
  );
  const urls = URL_VARIABLES.flatMap((name) => env[name] ?? []).map((text) => ({ name: 'url', text }));
  return {
    secrets: [...files, ...urls].flatMap(secretsIn),
    unread: read.flatMap(({ path, text }) => (text === undefined ? [path] : [])),
  };
}

/** A pipe gives its passphrase once, and to the node. */
function isPlainFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function textOf(path: string): string | undefined {
  try {
    return endOfFile(path, BUNDLE_LIMITS.secretFileBytesMax).bytes.toString('utf8');
  } catch {
    return undefined; // Another user's, or a link: the caller tells.
  }
}
