import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { RoundsMutantName, RoundsProtocolName } from './rounds-mutants.ts';

const ROOT = join(import.meta.dirname, '../..');
const MINUTES_MAX = 10;

/** The first seed of replicas that notices a mutant of locked rounds, or else the tests of its situations; undefined when nothing does. */
export function roundsCatch(
  mutant: RoundsMutantName,
  seeds: number,
  protocol: RoundsProtocolName = 'pbft',
): string | undefined {
  const hunt = patchedRun('rounds-mutant.ts', mutant, String(seeds), protocol);
  assert.equal(hunt.status, 0, `the hunt for "${mutant}" broke off: ${hunt.stderr}`);
  if (hunt.stdout !== '') return hunt.stdout;
  const { status, stdout } = patchedRun('rounds-directed.ts', mutant);
  // The tests end with 1 for any error; only an assertion says that one of them saw a rule broken.
  return status === 1 && /\bAssertionError\b/.test(stdout)
    ? 'a situation of libs/protocol/rounds'
    : undefined;
}

/** Whether the tests of the situations pass where nothing is taken out: else they would notice every mutant. */
export function passesUntouched(): boolean {
  const script = join(ROOT, 'test/simulation/rounds-directed.ts');
  return spawnSync(process.execPath, [script], { cwd: ROOT, timeout: MINUTES_MAX * 60_000 }).status === 0;
}

function patchedRun(script: string, ...args: readonly string[]) {
  const patch = ['--import', join(ROOT, 'test/simulation/patch-source.ts')];
  return spawnSync(process.execPath, [...patch, join(ROOT, 'test/simulation', script), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: MINUTES_MAX * 60_000,
  });
}
