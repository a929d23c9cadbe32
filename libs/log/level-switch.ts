import type { LogLevel } from './log-level.ts';

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The level of a logger and of all its children; changes while they are in use (LOG-02). */
export class LevelSwitch {
  #level: LogLevel;
  #severity: number;

  constructor(level: LogLevel) {
    this.#level = level;
    this.#severity = SEVERITY[level];
  }

  get level(): LogLevel {
    return this.#level;
  }

  set(level: LogLevel): void {
    this.#level = level;
    this.#severity = SEVERITY[level];
  }

  passes(level: LogLevel): boolean {
    return SEVERITY[level] >= this.#severity;
  }
}
