import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { listenForInterruption } from '#services/launcher/words/interruption.ts';
import { askLine } from './adapters/ask-line.ts';
import { askSecret } from './adapters/ask-secret.ts';
import { runProgram } from './program.ts';

// `btcfed watch | head -1`: the reader has what it wanted. Without a reader for notes there is nobody to tell.
process.stdout.on('error', () => process.exit());
process.stderr.on('error', () => {});

process.exitCode = await runProgram(process.argv.slice(2), {
  terminal: {
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    isInteractive: process.stderr.isTTY === true,
  },
  env: process.env,
  root: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
  node: process.execPath,
  readInput: () => buffer(process.stdin),
  askSecret: process.stdin.isTTY
    ? (question) => askSecret(process.stdin, (text) => process.stderr.write(text), question)
    : undefined,
  askLine: process.stdin.isTTY ? (question) => askLine(process.stdin, process.stderr, question) : undefined,
  interruption: () => listenForInterruption(process),
  sinceStartMs: () => performance.now(),
});

// All is written and nothing runs any more: end at once. Else Node waits for its threads after it unloaded the module of a
// token, and what that left to be done at the end of a thread is not there any more (seen with Kryoptic 1.5.2).
process.once('exit', () => process.exit());
