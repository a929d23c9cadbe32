import type { Logger } from '#libs/log/logger.ts';
import type { Notice } from './core/notice.ts';

/** Logs notices about the settings: each when it comes up, and not again at every reading that finds it still. */
export class NoticeLog {
  readonly #log: Logger;
  #told: ReadonlySet<string> = new Set();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Logs the notices that the reading before this one did not have. */
  tell(notices: readonly Notice[]): void {
    for (const { message, fields } of notices.filter((notice) => !this.#told.has(idOf(notice)))) {
      this.#log.warn(message, fields);
    }
    this.#told = new Set(notices.map(idOf));
  }
}

function idOf({ message, fields }: Notice): string {
  return `${message} ${Object.values(fields).join(' ')}`;
}
