import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { LOG_LIMITS } from './limits.ts';
import { blockFor, type LineSink, lossNotice, systemCode, type WriteSome, writeWhole } from './line-sink.ts';

const STDOUT = 1;

const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
const FLAGS = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY;

/**
 * Lines to standard output. A reader that lags gets a moment; then lines are dropped and counted until it reads
 * again, and a line before the next one says how many are missing.
 */
export function consoleSink(write: WriteSome = toStandardOutput()): LineSink {
  let lostCount = 0;
  return {
    write(line) {
      // A reader that did not read a moment ago gets no second one for each line.
      const retriesMax = lostCount === 0 ? LOG_LIMITS.consoleRetriesMax : 0;
      try {
        if (lostCount > 0) writeWhole(patiently(write, retriesMax), lossNotice(lostCount));
        lostCount = 0;
        writeWhole(patiently(write, retriesMax), Buffer.from(line, 'utf8'));
      } catch {
        lostCount += 1;
      }
    },
  };
}

function patiently(write: WriteSome, retriesMax: number): WriteSome {
  let retries = 0;
  return (data) => {
    for (;;) {
      try {
        return write(data);
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN' || retries++ >= retriesMax) throw error;
        blockFor(LOG_LIMITS.consoleRetryMs);
      }
    }
  };
}

/**
 * Writes without ever blocking: a terminal that was stopped with Ctrl-S must not stop a member. Terminals and pipes
 * are opened once more for that, so that they stay unchanged for other processes; a socket is set by Node itself. A
 * file never blocks, so its descriptor is used: a second one would have a position of its own, and other output of
 * the process and its parents would overwrite these lines.
 */
function toStandardOutput(): WriteSome {
  const descriptor = fstatSync(STDOUT).isFile() ? STDOUT : withoutBlocking();
  return (data) => writeSync(descriptor, data);
}

function withoutBlocking(): number {
  try {
    return openSync('/proc/self/fd/1', FLAGS);
  } catch {
    void process.stdout;
    return STDOUT;
  }
}
