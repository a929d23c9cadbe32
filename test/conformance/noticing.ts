import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaseId, caseNamed } from '#libs/simulation/conformance/words/case-id.ts';
import { patched } from '#test/support/federation/member-homes.ts';
import { type CaseMutant, type Noticed, noticedHere } from './case-mutant.ts';

const SCRIPT = new URL('./noticed-by.ts', import.meta.url).href;
const MINUTES_MAX = 15;

/** Cases that cost less than a second each, and whose courses judge nothing else: they are asked of every mutant of another one. */
const CHEAP: readonly CaseId[] = ['C1', 'C2', 'C21'];

/** The first failure of the case that is there to notice a mutant; undefined when it passes. */
export function caughtBy(mutant: CaseMutant): string | undefined {
  return noticed(mutant, [mutant.case]).get(mutant.case);
}

/** The cheap cases that notice a mutant of another one. */
export function strays(mutant: CaseMutant): readonly string[] {
  const others = CHEAP.filter((id) => id !== mutant.case);
  return [...noticed(mutant, others)].map(([id, text]) => `${id} notices it too: ${text}`);
}

/** The first failure of each of these cases that fails for a mutant. */
export function noticed(mutant: CaseMutant, cases: readonly CaseId[]): Noticed {
  const { source, name } = mutant;
  if (source === undefined) return noticedHere(mutant, cases);
  const folder = mkdtempSync(join(tmpdir(), 'conform-'));
  try {
    const file = patched(join(folder, 'patched.mjs'), SCRIPT, source);
    const run = spawnSync(process.execPath, [file, name, cases.join()], {
      encoding: 'utf8',
      timeout: MINUTES_MAX * 60_000,
    });
    assert.equal(run.status, 0, `the kit broke off for "${name}": ${run.stderr}`);
    return readNoticed(run.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readNoticed(text: string): Noticed {
  const read: unknown = JSON.parse(text);
  assert.ok(Array.isArray(read), 'the program tells a list');
  return new Map(read.map(([id, what]) => [caseNamed(String(id)) ?? assert.fail(), String(what)]));
}
