import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { ProcessRun } from '#libs/simulation/conformance/words/process-run.ts';
import type { SourcePatch } from '#test/support/federation/member-homes.ts';
import { PROCESS_MANIFESTS } from './process-manifests.ts';

const SCRIPT = new URL('./process-run.ts', import.meta.url).pathname;
const MINUTES_MAX = 15;

/** The runs of C18, each in a program of its own that waits for the federation, as courses cannot. */
export const PROCESS_RUNS: readonly ProcessRun[] = PROCESS_MANIFESTS.map(({ name, isQuick }) => ({
  ...{ name, isQuick },
  violations: () => violationsOf(name),
}));

/** @param patch - A source that is changed in every service. */
export function violationsOf(name: string, patch?: SourcePatch): readonly string[] {
  const args = [SCRIPT, name, ...(patch === undefined ? [] : [JSON.stringify(patch)])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: MINUTES_MAX * 60_000,
  });
  if (status !== 0) return [`the run broke off: ${stderr.trim().split('\n').at(-1)}`];
  const violations: unknown = JSON.parse(stdout);
  assert.ok(Array.isArray(violations), 'the run tells a list');
  return violations.map(String);
}
