import { toHex } from '#libs/bytes/hex.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { AuditHead } from '#libs/protocol/audit-head.ts';
import { AUDIT_HEAD_LOG_ROWS, AUDIT_HEAD_LOG_TICKS, AUDIT_HEAD_TICK_MS } from '../words/limits.ts';

export interface AuditHeadLogOptions {
  /** The signed end of the synced part of the log. */
  readonly head: () => AuditHead;
  readonly log: Logger;
}

/**
 * Logs the signed head of the audit log in the log of the process, and so in journald and every place that journald
 * sends it: nobody on this host can take back an entry that left it (services/signer/README.md R11). An end is logged
 * after many rows at once, else after a minute if there are new rows.
 */
export class AuditHeadLog {
  readonly #options: AuditHeadLogOptions;
  readonly #timer: NodeJS.Timeout;
  #said = 0n;
  #ticks = 0;

  /** Logs the end at once: the state of the log when this process began. */
  constructor(options: AuditHeadLogOptions) {
    this.#options = options;
    this.#say(options.head());
    this.#timer = setInterval(() => this.#tick(), AUDIT_HEAD_TICK_MS);
    this.#timer.unref();
  }

  /** Logs the end when this process stops. */
  stop(): void {
    clearInterval(this.#timer);
    const head = this.#options.head();
    if (head.sequence > this.#said) this.#say(head);
  }

  #tick(): void {
    this.#ticks += 1;
    const head = this.#options.head();
    const isDue = this.#ticks >= AUDIT_HEAD_LOG_TICKS || head.sequence >= this.#said + AUDIT_HEAD_LOG_ROWS;
    if (isDue && head.sequence > this.#said) this.#say(head);
  }

  #say(head: AuditHead): void {
    this.#said = head.sequence;
    this.#ticks = 0;
    this.#options.log.info('head of the audit log', {
      rows: head.sequence,
      hash: toHex(head.hash),
      audit_key: toHex(head.publicKey),
      signature: toHex(head.signature),
    });
  }
}
