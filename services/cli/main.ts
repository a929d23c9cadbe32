import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { listenForInterruption } from '#services/launcher/words/interruption.ts';
import { askLine } from './adapters/ask-line.ts';
import { askSecret } from './adapters/ask-secret.ts';
import { TerminalScreen } from './adapters/terminal-screen.ts';
import { runProgram } from './program.ts';

// `btcfed watch | head -1`: the reader has read enough. A missing reader of notes is ignored.
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
  screen:
    process.stdin.isTTY && process.stdout.isTTY
      ? new TerminalScreen(process.stdin, process.stdout, process)
      : undefined,
  isOutTerminal: process.stdout.isTTY === true,
  interruption: () => listenForInterruption(process),
  sinceStartMs: () => performance.now(),
});

// All output is written and nothing runs any more, so the process exits at once. Otherwise Node would unload the
// module of a token first and wait for its threads then, and a thread that ends would call code that is gone (seen
// with Kryoptic 1.5.2).
process.once('exit', () => process.exit());
