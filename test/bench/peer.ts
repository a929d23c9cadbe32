import { fileURLToPath } from 'node:url';
import { listenForInterruption } from '#services/launcher/words/interruption.ts';
import { findGo } from '#test/support/programs/find-go.ts';
import { runPeerProgram } from './peer/peer-program.ts';

const context = {
  terminal: {
    out: (line: string) => process.stdout.write(`${line}\n`),
    note: (line: string) => process.stderr.write(`${line}\n`),
    isInteractive: process.stderr.isTTY === true,
  },
  env: process.env,
  root: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
  node: process.execPath,
  interruption: () => listenForInterruption(process),
  sinceStartMs: () => performance.now(),
};

// A missing reader of notes is ignored.
process.stderr.on('error', () => {});

process.exitCode = await runPeerProgram(process.argv.slice(2), context, findGo);
