import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const FILE_MODE = 0o600;
const UNREADABLE = 'its latch cannot be read';

/**
 * Remembers over restarts that the machine computed a signature wrongly: a key that signs on such a machine may be given
 * away by its signatures (signer.md 0.5). Only its operator lifts it.
 */
export class FaultLatch {
  readonly #path: string;
  #reason: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#reason = reasonIn(path);
  }

  /** What went wrong; undefined when nothing did. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Durable when it returns. It holds at once, even when the disk fails. */
  set(reason: string): void {
    this.#reason = reason;
    const file = openSync(this.#path, 'w', FILE_MODE);
    try {
      writeSync(file, `${reason}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolderOf(this.#path);
  }

  lift(): void {
    if (this.#reason === undefined) return;
    rmSync(this.#path, { force: true });
    syncFolderOf(this.#path);
    this.#reason = undefined;
  }
}

/** A latch that is there but cannot be read is one. */
function reasonIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || UNREADABLE;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : UNREADABLE;
  }
}

function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
