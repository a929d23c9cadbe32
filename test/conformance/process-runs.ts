import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { ProcessFindings, ProcessRun } from '#libs/simulation/conformance/words/process-run.ts';
import type { SourcePatch } from '#test/support/federation/member-homes.ts';
import { PROCESS_MANIFESTS } from './process-manifests.ts';

const SCRIPT = new URL('./process-run.ts', import.meta.url).pathname;
const MINUTES_MAX = 15;

/** The runs of C18 for a chain of this protocol, each in a program of its own that waits for the federation, as courses cannot. */
export function processRuns(protocol: string): readonly ProcessRun[] {
  return PROCESS_MANIFESTS.map(({ name, isQuick }) => ({
    ...{ name, isQuick },
    run: () => findingsOf(protocol, name),
  }));
}

/** @param patch - A source that is changed in every service. */
export function findingsOf(protocol: string, name: string, patch?: SourcePatch): ProcessFindings {
  const args = [SCRIPT, protocol, name, ...(patch === undefined ? [] : [JSON.stringify(patch)])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: MINUTES_MAX * 60_000,
  });
  if (status !== 0)
    return { violations: [`the run broke off: ${stderr.trim().split('\n').at(-1)}`], leftOut: [] };
  return readFindings(JSON.parse(stdout));
}

function readFindings(read: unknown): ProcessFindings {
  assert.ok(typeof read === 'object' && read !== null && 'violations' in read && 'leftOut' in read);
  return { violations: textsOf(read.violations), leftOut: textsOf(read.leftOut) };
}

function textsOf(read: unknown): readonly string[] {
  assert.ok(Array.isArray(read), 'the run tells lists');
  return read.map(String);
}
