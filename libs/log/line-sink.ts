import { openSync, writeSync } from 'node:fs';

/** Takes finished log lines. Never throws and never waits longer than a moment. */
export interface LineSink {
  write(line: string): void;
}

type Write = (data: Buffer) => number;

/** A reader that lags gets this long before a line is dropped: service before log. */
const RETRY_COUNT_MAX = 5;
const RETRY_PAUSE_MS = 2;

/** Lines to standard output. */
export function stdoutSink(): LineSink {
  return countingSink((data) => writeSync(1, data));
}

/** Lines to the end of a file, made with mode 0640 where it is missing. */
export function fileSink(path: string): LineSink {
  const fd = openSync(path, 'a', 0o640);
  return countingSink((data) => writeSync(fd, data));
}

/**
 * Writes with `write`. A line that cannot be written (disk full, reader gone) is dropped and counted, and the next
 * line that passes is preceded by one that says how many are missing.
 */
export function countingSink(write: Write): LineSink {
  let lostCount = 0;
  return {
    write(line) {
      const notice = lostCount === 0 ? '' : lossNotice(lostCount);
      lostCount = writeWhole(write, Buffer.from(notice + line, 'utf8')) ? 0 : lostCount + 1;
    },
  };
}

function lossNotice(lostCount: number): string {
  const time = new Date().toISOString();
  return `\n${JSON.stringify({ level: 'warn', time, message: 'log lines lost', lostCount })}\n`;
}

function writeWhole(write: Write, data: Buffer): boolean {
  let rest = data;
  for (let retries = 0; rest.length > 0; ) {
    try {
      rest = rest.subarray(write(rest));
    } catch (error) {
      if (!isBusy(error) || retries++ === RETRY_COUNT_MAX) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_PAUSE_MS);
    }
  }
  return true;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
