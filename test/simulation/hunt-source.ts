import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { SourceMutantName } from './source-mutants.ts';

const ROOT = join(import.meta.dirname, '../..');
const MINUTES_MAX = 10;

/**
 * The first seed of whole nodes that notices a mutant, in a process of its own; undefined when none does.
 * @param soon a seed that is known to notice it, which is tried before the first ones
 */
export function sourceCatch(mutant: SourceMutantName, seeds: number, soon?: number): string | undefined {
  const script = join(ROOT, 'test/simulation/source-mutant.ts');
  const patch = join(ROOT, 'test/simulation/patch-source.ts');
  const args = [
    '--import',
    patch,
    script,
    mutant,
    String(seeds),
    ...(soon === undefined ? [] : [String(soon)]),
  ];
  const run = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: MINUTES_MAX * 60_000,
  });
  assert.equal(run.status, 0, `the hunt for "${mutant}" broke off: ${run.stderr}`);
  return run.stdout === '' ? undefined : run.stdout;
}
