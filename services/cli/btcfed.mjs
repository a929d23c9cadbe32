#!/usr/bin/env node
// The command-line tool, as any version of Node can start it. This file is plain JavaScript: it starts the Node 24 of
// the dependencies, which runs the TypeScript. Arguments, streams, signals and the exit code pass through.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const FOLDER = dirname(fileURLToPath(import.meta.url));
const ROOT = join(FOLDER, '../..');
const MAIN = join(FOLDER, 'main.ts');
const SET_UP = 'run "node deploy/local/setup.mjs" in the checkout first (npm start and npm test do)';

const missing = missingDependency();
if (missing !== undefined) {
  refuse(`the dependency ${missing} is not installed: ${SET_UP}`);
} else if (Number.parseInt(process.versions.node, 10) === NODE_MAJOR) {
  await import(MAIN);
} else {
  handOver(join(ROOT, 'node_modules/.bin/node'));
}

/** The first that is not there: before the first set-up, and after an update that brought a new one. */
function missingDependency() {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.keys(dependencies).find((name) => !existsSync(join(ROOT, 'node_modules', name)));
}

/** @param {string} node */
function handOver(node) {
  if (!existsSync(node)) return refuse(`Node ${NODE_MAJOR} is not in node_modules: ${SET_UP}`);
  const named = descriptorsNamed(process.argv);
  const handed = Array.from({ length: Math.max(2, ...named) + 1 }, (_, descriptor) =>
    descriptor <= 2 || named.includes(descriptor) ? 'inherit' : 'ignore',
  );
  // The channel tells the tool when this process is killed outright, so that it does not run on alone.
  const child = spawn(node, [MAIN, ...process.argv.slice(2)], {
    stdio: [...handed, 'ipc'],
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => refuse(`Node ${NODE_MAJOR} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
    if (child.connected) child.disconnect();
  });
}

/**
 * Descriptors that a passphrase comes through: open in this process, and to be open in the next.
 * @param {readonly string[]} args
 */
function descriptorsNamed(args) {
  const named = args.flatMap((arg, index) => {
    const [, inline] = /^--(?:new-)?passphrase-fd(?:=(\d{1,2}))?$/.exec(arg) ?? [undefined, undefined];
    if (!/^--(?:new-)?passphrase-fd/.test(arg)) return [];
    return [Number(inline ?? args[index + 1])];
  });
  return named.filter((descriptor) => Number.isInteger(descriptor) && descriptor > 2 && descriptor < 64);
}

/** @param {string} problem */
function refuse(problem) {
  process.stderr.write(`btcfed: ${problem}\n`);
  process.exitCode = 1;
}
