import { statSync } from 'node:fs';
import type { Logger } from '#libs/log/logger.ts';
import type { StatementWords } from '#libs/protocols/statement-words.ts';
import { readClientFile } from './client-file.ts';
import { type ClientMatrix, narrowed } from './client-matrix.ts';
import { usualGrants } from './usual-grants.ts';

/** The source of the matrix that is in force. */
export interface ClientSource {
  /** The matrix in force. Cheap: it is asked for at each call. */
  matrix(): ClientMatrix;
  /** The matrix, read anew if it may have changed: called for an unknown key, at most once a second. */
  again(): ClientMatrix;
}

/** How often a file is looked at. */
const LOOK_MS = 1_000;

export interface NamedClient {
  readonly commonName: string;
  readonly protocol: string;
  /** The protocols whose statements it may have signed. */
  readonly words: StatementWords;
  /** Pins of its certificates as they are on disk now; none: any key of the authority. */
  readonly readPins: () => readonly string[];
}

/** The one client of a member, by the name and the files of its certificates: a renewed certificate counts at once. */
export function namedClient({ commonName, protocol, words, readPins }: NamedClient): ClientSource {
  const grants = usualGrants(protocol, words);
  const read = (): ClientMatrix => {
    const pins = readPins();
    return [{ name: commonName, commonName, grants, pins: pins.length === 0 ? undefined : pins }];
  };
  let matrix = read();
  return {
    matrix: () => matrix,
    again() {
      matrix = read();
      return matrix;
    },
  };
}

export interface ClientFileOptions {
  readonly path: string;
  /** The protocols whose statements can be allowed. */
  readonly words: StatementWords;
  readonly log: Logger;
  readonly nowMs: () => number;
}

/**
 * The matrix in a file. While the signer runs, an edit takes permissions away within a second, and gives none
 * before the next start: write access to the file does not give the key. A file that cannot be read changes
 * nothing and is logged.
 * @throws CustodyError for a file that cannot be used now.
 */
export function clientFile({ path, words, log, nowMs }: ClientFileOptions): ClientSource {
  const read = (): ClientMatrix => readClientFile(path, words);
  let matrix = read();
  let seen = stampOf(path);
  let lookedMs = nowMs();
  const look = (): ClientMatrix => {
    const now = nowMs();
    if (now - lookedMs < LOOK_MS) return matrix;
    lookedMs = now;
    const stamp = stampOf(path);
    if (stamp === seen) return matrix;
    seen = stamp;
    matrix = reread({ path, read, log }, matrix);
    return matrix;
  };
  return { matrix: look, again: look };
}

interface Rereading extends Pick<ClientFileOptions, 'path' | 'log'> {
  readonly read: () => ClientMatrix;
}

function reread({ path, read, log }: Rereading, inForce: ClientMatrix): ClientMatrix {
  try {
    const { matrix, wider } = narrowed(inForce, read());
    if (wider.length > 0) {
      log.warn('the client matrix allows more than before: that needs a restart', {
        path,
        wider: wider.join(', '),
      });
    }
    log.info('client matrix read again', { path, clients: matrix.length });
    return matrix;
  } catch (error) {
    log.error('the client matrix cannot be used, the old one stays in force', error, { path });
    return inForce;
  }
}

/** Changes with every replacement of the file. */
function stampOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? 'gone' : `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
}
