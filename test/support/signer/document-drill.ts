import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from '#test/support/runner/compile-cache.ts';
import { commandsIn, type SIGNER_DOCUMENTS, signerDocument } from './document-commands.ts';

const CLI = fileURLToPath(new URL('../../../services/cli/btcfed.mjs', import.meta.url));
/** Some dozen starts of `btcfed`, on a machine that is busy. */
const DRILL_MS_MAX = 1_200_000;

const answers = (command: string, ...args: readonly string[]): boolean =>
  (spawnSync(command, args, { timeout: DRILL_MS_MAX }).stdout?.length ?? 0) > 0;

/** Why a document cannot be tried here, for `skip`. */
export const NO_OPENSSL = !answers('openssl', 'version') && 'NOT TESTED HERE: openssl is missing';
export const NO_OPENSSL_OR_JQ =
  NO_OPENSSL || (!answers('jq', '--version') && 'NOT TESTED HERE: jq is missing');

export const blocksOf = (name: (typeof SIGNER_DOCUMENTS)[number]): readonly string[] =>
  commandsIn(signerDocument(name));

/** Runs them as the reader would, in one shell that stops at the first that fails. */
export function runDrill(name: string, blocks: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-drill-'));
  try {
    const program = `btcfed() { "${process.execPath}" "${CLI}" "$@"; }`;
    const script = ['set -e -x -o pipefail', program, ...blocks].join('\n');
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env: { ...process.env, ...COMPILE_CACHE },
      encoding: 'utf8',
      timeout: DRILL_MS_MAX,
    });
    assert.equal(status, 0, `${name}\n${stdout}\n${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
