/** A line of a lower level than the one that is set is not written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
