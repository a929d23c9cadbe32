import assert from 'node:assert/strict';
import { runProgram } from '#services/cli/program.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs a command line inside this process, for commands that start nothing. */
export async function runCommandLine(...args: readonly string[]): Promise<Outcome> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram(args, {
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: '/nowhere',
    node: process.execPath,
    readInput: async () => new Uint8Array(),
    interruption: () => assert.fail('started something'),
    sinceStartMs: () => 0,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}
