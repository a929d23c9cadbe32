import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { ERROR_TAIL_BYTES } from '../words/limits.ts';

export interface ProcessEnd {
  /** "exit code 1" or "signal SIGKILL". */
  readonly how: string;
  /** Undefined when a signal ended it, or it never started. */
  readonly code: number | undefined;
  /** The last sentence on stderr; empty without one. */
  readonly lastLine: string;
}

/** The file of a process for what it says beside its log. */
export interface ErrorFile {
  readonly file: string;
  /** The offset at which this process began to write: text before it is another's. */
  readonly startOffset: number;
}

/** The end of a process, with the last sentence that it wrote. */
export function endOf(child: ChildProcess, errorFile: ErrorFile): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, code: undefined, lastLine: '' }));
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve({ how, code: code ?? undefined, lastLine: lastSentence(tailOf(errorFile)) });
    });
  });
}

/**
 * The sentence that explains a crash. Node prints the error, its stack and its own version: only the first of these
 * explains it.
 */
export function lastSentence(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.findLast((line) => /\S/.test(line) && !/^(?:\s|Node\.js v|[}\])])/.test(line)) ?? '';
}

/** Empty when somebody removed the file meanwhile: that it ended must be told all the same. */
function tailOf({ file, startOffset }: ErrorFile): string {
  if (!existsSync(file)) return '';
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(startOffset, size - ERROR_TAIL_BYTES);
    const tail = Buffer.alloc(Math.max(0, size - from));
    return tail.toString('utf8', 0, readSync(descriptor, tail, 0, tail.length, from));
  } finally {
    closeSync(descriptor);
  }
}
