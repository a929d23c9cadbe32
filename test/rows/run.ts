// `npm run mutants:rows`: breaks each row of test/rows/mutations in a copy of the code, and runs the tests that name the
// row there. A row whose own tests do not notice is not proved by them.
import { parseArgs } from 'node:util';
import { CodeCopy } from './code-copy.ts';
import { type RowMutation, rowMutations } from './mutation.ts';
import type { EndedTest } from './reporter.ts';
import { runRow } from './row-run.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const HELP = `usage: npm run mutants:rows -- [--only TEXT] [--json]

Applies each mutation of test/rows/mutations to a copy of the code, one at a time, and runs the tests that name its row.
  --only TEXT   mutations whose name contains TEXT, such as HS-11
  --json        end with one JSON object: {mutations, caught, others}
A mutation counts as caught when a test of its row fails with it that passes without it; one that does not apply any
more, or whose row fails already, does not.
Exit code 0 when all are caught.`;

const ROOT = new URL('../..', import.meta.url).pathname;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) process.stdout.write(`${HELP}\n`);
else process.exitCode = judgeAll(rowMutations().filter(({ name }) => name.includes(options.only)));

function judgeAll(mutations: readonly RowMutation[]): number {
  if (mutations.length === 0) {
    process.stderr.write(`mutants:rows: no mutation has ${options.only} in its name\n`);
    return 2;
  }
  using copy = new CodeCopy(ROOT);
  const before = new Map<string, readonly EndedTest[]>();
  const others: { readonly name: string; readonly verdict: Verdict }[] = [];
  for (const [at, mutation] of mutations.entries()) {
    const { name, row } = mutation;
    const sound = before.get(row) ?? runRow(copy.root, row);
    before.set(row, sound);
    const verdict = verdictOf(
      sound,
      copy.while(mutation, () => runRow(copy.root, row)),
    );
    if (verdict.is !== 'caught') others.push({ name, verdict });
    process.stderr.write(`${at + 1} of ${mutations.length}: ${name}: ${wordsOf(verdict)}\n`);
  }
  const caught = mutations.length - others.length;
  if (options.json)
    process.stdout.write(`${JSON.stringify({ mutations: mutations.length, caught, others })}\n`);
  else process.stdout.write(`${caught} of ${mutations.length} caught\n`);
  return others.length === 0 ? 0 : 1;
}

function wordsOf(verdict: Verdict): string {
  if (verdict.is === 'caught') return `caught by "${verdict.by}"`;
  return verdict.is === 'no verdict' ? `NO VERDICT, ${verdict.why}` : verdict.is.toUpperCase();
}
