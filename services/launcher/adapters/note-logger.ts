import type { LogFields, Logger } from '#libs/log/logger.ts';
import type { Terminal } from '../words/terminal.ts';

/** A log of the few things that happen before the services have theirs: each a line for the person at the terminal. */
export function noteLogger(terminal: Pick<Terminal, 'note'>): Logger {
  const say = (message: string, fields: LogFields = {}): void => {
    const facts = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
    terminal.note(facts.length === 0 ? message : `${message}: ${facts.join(', ')}`);
  };
  const logger: Logger = {
    debug: () => {},
    info: say,
    warn: say,
    error: (message, cause, fields) => say(message, { ...fields, reason: String(cause) }),
    isWritten: (level) => level !== 'debug',
    child: () => logger,
  };
  return logger;
}
