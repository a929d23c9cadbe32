import assert from 'node:assert/strict';
import { runProgram } from '#services/cli/program.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs a command line of the tool inside this process, for commands that start nothing. */
export function runCommandLine(...args: readonly string[]): Promise<Outcome> {
  return outcomeOf((context) => runProgram(args, { ...context, readInput: async () => new Uint8Array() }));
}

/** Runs a program that starts nothing, and returns its output. */
export async function outcomeOf(run: (context: ProcessContext) => Promise<number>): Promise<Outcome> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await run({
    terminal: { out: (line) => out.push(line), note: (line) => notes.push(line), isInteractive: false },
    env: {},
    root: '/nowhere',
    node: process.execPath,
    interruption: () => assert.fail('started something'),
    sinceStartMs: () => 0,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}
