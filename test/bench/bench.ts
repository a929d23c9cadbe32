import { fileURLToPath } from 'node:url';
import { listenForInterruption } from '#services/launcher/words/interruption.ts';
import { runBenchProgram } from './bench-program.ts';

// `npm run bench | head -1`: the reader has read enough. A missing reader of notes is ignored.
process.stdout.on('error', () => process.exit());
process.stderr.on('error', () => {});

process.exitCode = await runBenchProgram(process.argv.slice(2), {
  terminal: {
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    isInteractive: process.stderr.isTTY === true,
  },
  env: process.env,
  root: fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, ''),
  node: process.execPath,
  interruption: () => listenForInterruption(process),
  sinceStartMs: () => performance.now(),
});
