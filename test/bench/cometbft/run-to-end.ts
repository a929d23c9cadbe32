import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WORDS_BYTES_MAX = 16 * 1024 * 1024;

export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly msMax: number;
  readonly signal: AbortSignal;
}

/**
 * The standard output of a program that ended well.
 * @throws Error with the last line that it wrote to standard error; the reason of `signal`.
 */
export async function runToEnd({ command, args, env, msMax, signal }: ProgramRun): Promise<string> {
  try {
    const given = env === undefined ? {} : { env: { ...env } };
    const { stdout } = await run(command, [...args], {
      ...given,
      timeout: msMax,
      maxBuffer: WORDS_BYTES_MAX,
      signal,
    });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(lastWords(error), { cause: error });
  }
}

function lastWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr.split('\n').at(-1) || error.message;
}
