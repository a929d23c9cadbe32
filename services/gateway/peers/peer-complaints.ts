import type { Logger } from '#libs/log/logger.ts';
import { Complaints } from '../core/complaints.ts';
import { LOGGED_CAUSES_MAX } from '../core/limits.ts';
import { codeOfComplaint } from './rules/operator-codes.ts';
import { shortKey } from './rules/short-key.ts';

/** The faults of all peers: counted, and each logged once per cause and peer. */
export class PeerComplaints {
  readonly #log: Logger;
  readonly #complaints = new Complaints(LOGGED_CAUSES_MAX);

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Faults since the start, by cause. */
  get counts(): ReadonlyMap<string, number> {
    return this.#complaints.counts;
  }

  note(cause: string, key: string): void {
    if (!this.#complaints.note(cause, key)) return;
    this.#log.warn(cause, { peer_key: shortKey(key), code: codeOfComplaint(cause) });
  }

  /** Logs how often each came since the start. */
  sumUp(): void {
    for (const [cause, count] of this.counts) this.#log.info('complaints since the start', { cause, count });
  }
}
