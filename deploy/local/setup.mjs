#!/usr/bin/env node
// Prepares a fresh checkout for `npm start` and `npm test`. Plain JavaScript for Node 20: it runs before anything is
// installed. Says nothing and takes some milliseconds when all is there. Writes to stderr only, because machines read
// the last line on stdout of `npm start -- --json`.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies } from './dependencies.mjs';
import { ensureGo, goPackages } from './go.mjs';
import { withLock } from './lock.mjs';
import { installedNodeProblem, platformProblem } from './platform.mjs';
import { repairPolicy } from './policy.mjs';
import { announcePrograms, ensureNatsServer, ensureTestPrograms } from './programs.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {string} line */
function say(line) {
  process.stderr.write(`btcfed set-up: ${line}\n`);
}

/** @returns {Promise<number>} exit code */
async function setUp() {
  const unfit = platformProblem(process);
  if (unfit !== undefined) return refuse(unfit);

  const failed = await withLock(ROOT, say, async (lock) => {
    const problem = await installDependencies({ root: ROOT, env: process.env, say, lock });
    if (problem === undefined) await installPrograms();
    return problem;
  });
  const problem = failed ?? installedNodeProblem(ROOT, process);
  return problem === undefined ? 0 : refuse(problem);
}

async function installPrograms() {
  const { env, argv } = process;
  const isAptLeftAlone = argv.includes('--no-system-packages') || env.BTCFED_NO_SYSTEM_PACKAGES === '1';
  const host = { env, uid: process.getuid?.(), say, root: '/', isAptLeftAlone, checkout: ROOT };
  const forTests = argv.includes('--for-tests');
  if (host.uid === 0) repairPolicy(host);
  announcePrograms(host, { forTests, more: forTests ? goPackages(host) : [] });
  await ensureNatsServer(host);
  if (!forTests) return;
  await ensureTestPrograms(host);
  await ensureGo(host);
}

/** @param {string} problem */
function refuse(problem) {
  say(problem);
  return 1;
}

process.exitCode = await setUp();
