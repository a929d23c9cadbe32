import { type FSWatcher, watch } from 'node:fs';
import type { Logger } from '#libs/log/logger.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ReloadTrigger } from '../core/reload-report.ts';
import { QUIET_MS, RESTLESS_MS_MAX } from './limits.ts';

export interface FileWatcherOptions {
  readonly folder: string;
  /** Files of the folder that matter. */
  readonly names: readonly string[];
  /** Called when they have been quiet for a moment, and on SIGHUP. Never rejects. */
  readonly onTrigger: (trigger: ReloadTrigger) => Promise<unknown>;
  readonly log: Logger;
}

/**
 * Notices edits of files and SIGHUP. It watches the folder, not the files, because an editor that writes a new file
 * and renames it would leave a watch on the old one. Where the system has no watch left, SIGHUP still works.
 */
export class FileWatcher implements Lifecycle {
  readonly #options: FileWatcherOptions;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restlessSinceMs: number | undefined;

  constructor(options: FileWatcherOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    process.on('SIGHUP', this.#onHangUp);
    const { folder, names } = this.#options;
    try {
      this.#watcher = watch(folder, (_, name) => {
        if (name === null || names.includes(name)) this.#settle();
      });
      this.#watcher.on('error', (error) => this.#giveUp(error));
    } catch (error) {
      this.#giveUp(error);
    }
    // A change between the first reading and this watch would never be noticed.
    this.#settle();
  }

  async stop(): Promise<void> {
    process.off('SIGHUP', this.#onHangUp);
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }

  readonly #onHangUp = (): void => {
    void this.#options.onTrigger('SIGHUP');
  };

  /** Waits until the file is quiet: an editor that writes in place shows half a file in between. */
  #settle(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#restlessSinceMs ??= now;
    const patienceMs = Math.max(0, this.#restlessSinceMs + RESTLESS_MS_MAX - now);
    this.#timer = setTimeout(
      () => {
        this.#restlessSinceMs = undefined;
        void this.#options.onTrigger('file changed');
      },
      Math.min(QUIET_MS, patienceMs),
    );
  }

  #giveUp(error: unknown): void {
    this.#watcher?.close();
    this.#options.log.error('files are not watched, send SIGHUP after an edit', error);
  }
}
