// `npm run mutants:rows`: breaks each row of test/rows/mutations in a copy of the code, and runs the tests that name the
// row there. A row whose own tests do not notice is not proved by them.

import type { EndedTest } from '#test/support/runner/ended-tests.ts';
import { refuse, runScript, scriptOptions } from '#test/support/runner/script.ts';
import { CodeCopy } from './code-copy.ts';
import { type RowMutation, rowMutations } from './mutation.ts';
import { runRow } from './row-run.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const HELP = `usage: npm run mutants:rows -- [--only TEXT] [--json]

Applies each mutation of test/rows/mutations to a copy of the code, one at a time, and runs the tests that name its row.
  --only TEXT   mutations whose name contains TEXT, such as HS-11
  --json        end with one JSON object: {mutations, caught, others}
A mutation counts as caught when a test of its row fails with it that passes without it; one that does not apply any
more, or whose row fails already, does not.
Exit code 0 when all are caught, 64 when the options make no sense, 1 otherwise.`;

const ROOT = new URL('../..', import.meta.url).pathname;

await runScript('mutants:rows', () => {
  const { only, json, help } = scriptOptions({
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  const chosen = rowMutations().filter(({ name }) => name.includes(only));
  if (chosen.length === 0) refuse(`no mutation has "${only}" in its name`);
  if (!help) return judgeAll(chosen, json);
  process.stdout.write(`${HELP}\n`);
  return 0;
});

async function judgeAll(mutations: readonly RowMutation[], asJson: boolean): Promise<number> {
  using copy = new CodeCopy(ROOT);
  const before = new Map<string, readonly EndedTest[]>();
  const others: { readonly name: string; readonly verdict: Verdict }[] = [];
  for (const [at, mutation] of mutations.entries()) {
    const { name, row } = mutation;
    const sound = before.get(row) ?? (await runRow(copy.root, row));
    before.set(row, sound);
    const verdict = verdictOf(sound, await copy.while(mutation, () => runRow(copy.root, row)));
    if (verdict.is !== 'caught') others.push({ name, verdict });
    process.stderr.write(`${at + 1} of ${mutations.length}: ${name}: ${wordsOf(verdict)}\n`);
  }
  const caught = mutations.length - others.length;
  if (asJson) process.stdout.write(`${JSON.stringify({ mutations: mutations.length, caught, others })}\n`);
  else process.stdout.write(`${caught} of ${mutations.length} caught\n`);
  return others.length === 0 ? 0 : 1;
}

function wordsOf(verdict: Verdict): string {
  if (verdict.is === 'caught') return `caught by "${verdict.by}"`;
  return verdict.is === 'no verdict' ? `NO VERDICT, ${verdict.why}` : verdict.is.toUpperCase();
}
