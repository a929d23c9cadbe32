#!/usr/bin/env node
// What a fresh checkout needs before `npm start` and `npm test`. Plain JavaScript for Node 20: it runs before
// anything is installed. Says nothing and takes some milliseconds when all is there. Writes to stderr only, for
// the last line on stdout of `npm start -- --json` is read by machines.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './dependencies.mjs';
import { ensureGo } from './go.mjs';
import { withLock } from './lock.mjs';
import { installedNodeProblem, platformProblem } from './platform.mjs';
import { ensureNatsServer, ensureTestPrograms } from './programs.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {string} line */
function say(line) {
  process.stderr.write(`btcfed set-up: ${line}\n`);
}

/** @returns {Promise<number>} exit code */
async function setUp() {
  const unfit = platformProblem(process);
  if (unfit !== undefined) return refuse(unfit);

  const failed = await withLock(ROOT, async () => {
    const problem = installDependencies({ root: ROOT, env: process.env, say });
    if (problem !== undefined) return problem;
    const host = { env: process.env, uid: process.getuid?.(), say, root: '/' };
    ensureNatsServer(host);
    if (process.argv.includes('--for-tests')) {
      ensureTestPrograms(host);
      ensureGo({ ...host, checkout: ROOT });
    }
    return undefined;
  });
  const problem = failed ?? installedNodeProblem(ROOT, process);
  return problem === undefined ? 0 : refuse(problem);
}

/** @param {string} problem */
function refuse(problem) {
  say(problem);
  return 1;
}

process.exitCode = await setUp();
