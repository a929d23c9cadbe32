import type { Logger } from '#libs/log/logger.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { errorClassOf } from '#libs/settings-files/configuration-error.ts';
import { SAVE_RETRY_MS, SAVE_SEEN_MS, SAVE_SOON_MS } from './limits.ts';
import type { SettingsFiles } from './ports.ts';
import type { ConfigurationState } from './state.ts';

export interface PeerSaverParts {
  readonly state: ConfigurationState;
  readonly files: SettingsFiles;
  /** Runs work in the critical section of the files. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Takes other peers into force. */
  readonly takePeers: (peers: readonly PeerEntry[]) => void;
  readonly log: Logger;
}

/**
 * Writes learned peers to peers.yaml some time after they came. While the file cannot be written the list in memory
 * goes on by itself, for as long as it takes (P2P-39).
 */
export class PeerSaver {
  readonly #parts: PeerSaverParts;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #unsavedCount = 0;
  #retryMs: number = SAVE_RETRY_MS.first;
  #complaint = '';

  constructor(parts: PeerSaverParts) {
    this.#parts = parts;
  }

  /** Changes that are in memory alone. */
  get unsavedCount(): number {
    return this.#unsavedCount;
  }

  /** Notes changes; `isNews` when somebody came, went or moved, and was not only seen again. */
  changed(count: number, isNews: boolean): void {
    this.#unsavedCount += count;
    this.#saveWithin(isNews ? SAVE_SOON_MS : SAVE_SEEN_MS);
  }

  /** Writes all entries that are not on disk yet. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#dueMs = Number.POSITIVE_INFINITY;
    if (this.#unsavedCount > 0) await this.#parts.alone(() => this.#save());
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  #saveWithin(ms: number): void {
    const dueMs = performance.now() + ms;
    if (dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => void this.flush(), ms);
    this.#timer.unref();
  }

  async #save(): Promise<void> {
    const { state, files, takePeers, log } = this.#parts;
    const count = this.#unsavedCount;
    try {
      const agreed = await files.savePeers(state.loaded, state.current.peers.peers);
      state.agreeOnPeers(agreed);
      // A person may have edited the file in this very moment.
      takePeers(agreed.list.peers);
      this.#unsavedCount -= count;
      this.#retryMs = SAVE_RETRY_MS.first;
      if (this.#complaint !== '') log.info('peers are on disk again');
      this.#complaint = '';
    } catch (error) {
      this.#complain(error);
      this.#saveWithin(this.#retryMs);
      this.#retryMs = Math.min(2 * this.#retryMs, SAVE_RETRY_MS.last);
    }
  }

  /** Logs once for each cause, not at each attempt. */
  #complain(error: unknown): void {
    const complaint = error instanceof Error ? error.message : String(error);
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    this.#parts.log.error('peers cannot be saved, the list in memory goes on', error, {
      class: errorClassOf(error),
      unsaved: this.#unsavedCount,
    });
  }
}
