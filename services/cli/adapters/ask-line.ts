import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';

/** Asks the person at a terminal for a line. */
export type AskLine = (question: string) => Promise<string>;

/**
 * Reads one line from a terminal, shown as it is typed.
 * @throws CliError `CLI_INTERRUPTED` for Ctrl-C, `CLI_INVALID_INPUT` for an end of input.
 */
export async function askLine(input: Readable, output: Writable, question: string): Promise<string> {
  const reader = createInterface({ input, output, terminal: 'isTTY' in input && input.isTTY === true });
  const ended = new Promise<never>((_, reject) => {
    reader.once('SIGINT', () =>
      reject(new CliError('stopped on request', { code: 'CLI_INTERRUPTED', signal: 'SIGINT' })),
    );
    reader.once('close', () => reject(invalidInput('nothing was typed')));
  });
  try {
    return await Promise.race([reader.question(`${question} `), ended]);
  } finally {
    reader.close();
  }
}
