import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { equalBytes } from '#libs/bytes/bytes.ts';
import { readPrivateKey } from '#libs/key-files/private-path.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';

/** Paths of certificate, key and authority, PEM. */
export interface TlsPaths {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Their content. The key is a secret. */
export interface TlsMaterial {
  readonly ca: Buffer;
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/**
 * Three files are not replaced at once, and files read halfway through do not match. So they are read when the
 * folder has been quiet for this long, and read again when they did not match.
 */
const QUIET_MS = 300;
const RETRY_MS = 5_000;

/** @throws FileExposedError for a key that others may read, and the error of Node for a file that cannot be read. */
export function readTls({ ca, certificate, key }: TlsPaths): TlsMaterial {
  return { ca: readFileSync(ca), certificate: readFileSync(certificate), key: readTlsKey(key) };
}

/** A key of TLS may belong to root, and to the group of the service that uses it. */
export function readTlsKey(path: string): Buffer {
  return readPrivateKey(path, 'group-of-root');
}

/**
 * Watches the files for as long as it lives, and hands on new content: renewed by `btcfed pki rotate`, by an
 * operator, or by cert-manager, which swaps a link in the folder. Content that `renew` refuses is logged, and
 * tried again when the files change or after five seconds.
 */
export function tlsRenewal(paths: TlsPaths, renew: (tls: TlsMaterial) => void, log: Logger): Lifecycle {
  return new Renewal(paths, renew, log);
}

class Renewal implements Lifecycle {
  readonly #paths: TlsPaths;
  readonly #renew: (tls: TlsMaterial) => void;
  readonly #log: Logger;
  readonly #watchers: FSWatcher[] = [];
  #inForce: TlsMaterial | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(paths: TlsPaths, renew: (tls: TlsMaterial) => void, log: Logger) {
    this.#paths = paths;
    this.#renew = renew;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#inForce = readTls(this.#paths);
    for (const folder of new Set(Object.values(this.#paths).map(dirname))) {
      const watcher = watch(folder, { persistent: false }, () => this.#lookIn(QUIET_MS));
      watcher.on('error', (error) =>
        this.#log.warn('certificates are no longer watched', { folder, reason: reasonOf(error) }),
      );
      this.#watchers.push(watcher);
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #lookIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), delayMs);
    this.#timer.unref();
  }

  #look(): void {
    try {
      const found = readTls(this.#paths);
      if (this.#inForce !== undefined && isSame(found, this.#inForce)) return;
      this.#renew(found);
      this.#inForce = found;
      this.#log.info('certificate renewed', { path: this.#paths.certificate });
    } catch (error) {
      this.#log.warn('certificate cannot be renewed, the old one stays', {
        path: this.#paths.certificate,
        reason: reasonOf(error),
      });
      this.#lookIn(RETRY_MS);
    }
  }
}

function isSame(a: TlsMaterial, b: TlsMaterial): boolean {
  return equalBytes(a.ca, b.ca) && equalBytes(a.certificate, b.certificate) && equalBytes(a.key, b.key);
}

/** The errors of OpenSSL and of the file system hold no key. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
