import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '#libs/files/atomic-file.ts';

const FILE_MODE = 0o600;
/** Writes are on disk at once: Node refuses to sync descriptors under --permission. */
const SYNCED = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC;
const UNREADABLE = 'its latch cannot be read';

/**
 * Remembers over restarts that the machine computed a signature wrongly: wrong signatures may give the key away
 * (services/signer/README.md R4). Only the operator lifts the latch.
 */
export class FaultLatch {
  readonly #path: string;
  #reason: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#reason = reasonIn(path);
  }

  /** The fault of the machine; undefined when there was none. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Durable when it resolves. The latch holds at once, even when the disk fails. */
  async set(reason: string): Promise<void> {
    this.#reason = reason;
    const file = openSync(this.#path, SYNCED, FILE_MODE);
    try {
      writeSync(file, `${reason}\n`);
    } finally {
      closeSync(file);
    }
    await syncFolder(dirname(this.#path));
  }

  async lift(): Promise<void> {
    if (this.#reason === undefined) return;
    rmSync(this.#path, { force: true });
    await syncFolder(dirname(this.#path));
    this.#reason = undefined;
  }
}

/** A latch file that exists but cannot be read counts as set. */
function reasonIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || UNREADABLE;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : UNREADABLE;
  }
}
