import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpmCi } from './npm-ci.mjs';

/** Inside node_modules, so that removing the folder removes the claim. */
const STAMP = 'node_modules/.btcfed-lock';

/**
 * Installs exactly what package-lock.json says, unless the stamp says that this is done.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (line: string) => void, lock: number }} options - npm keeps the lock
 * when we are killed while it works
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function installDependencies({ root, env, say, lock }) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (readStamp(root) === wanted) return undefined;

  say('installing the locked dependencies (npm ci) …');
  const problem = await runNpmCi({ root, env, say, lock });
  if (problem !== undefined) return problem;
  writeFileSync(join(root, STAMP), `${wanted}\n`);
  return undefined;
}

/** @param {string} root */
function readStamp(root) {
  try {
    return readFileSync(join(root, STAMP), 'utf8').trim();
  } catch {
    return undefined; // Never installed, or not by us: both mean install.
  }
}
