import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BYTES_APART } from '#libs/simulation/conformance/courses/bytes-apart.ts';
import { COSTS } from '#libs/simulation/conformance/courses/cost-course.ts';
import { EVIDENCE_TABLE } from '#libs/simulation/conformance/courses/evidence-table.ts';
import { PURITY } from '#libs/simulation/conformance/courses/purity-course.ts';
import { TABLE_LINT } from '#libs/simulation/conformance/courses/table-lint.ts';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { CASE_MUTANTS } from './case-mutants.ts';
import { hotStuffRow } from './hotstuff-row.ts';
import { NULL_CONTENDER } from './null-contender.ts';

/** C17 is made of these mutants: mutants-course.test.ts shows what is red for it. */
const WITHOUT_MUTANT = ['C17'];

describe('the mutants of the cases', () => {
  test('are one for every case that is built, but for C17, which tries them: that each is red for its own shows the quick run', () => {
    const judged = new Set(
      openConformance([hotStuffRow()], { effort: QUICK }).parts.flatMap(({ judges }) => judges),
    );
    const shown = new Set(CASE_MUTANTS.map((mutant) => mutant.case));
    assert.deepEqual([...judged].filter((id) => !shown.has(id)).sort(), WITHOUT_MUTANT);
  });
});

describe('the kit knows no protocol by name', () => {
  test('and judges the null protocol by its table: only what its row lacks is missed', () => {
    const candidate = judgedProtocol({
      ...NULL_CONTENDER,
      ...{ votePath: 'all', vectors: [], mutants: [], processes: [], others: [] },
    });
    const row = { protocol: candidate.table.protocol, variant: 'plain', candidate, skips: {} };
    const open = openConformance([row], { effort: QUICK }, [TABLE_LINT, BYTES_APART, EVIDENCE_TABLE, PURITY]);
    const failed = [...open.parts.keys()].flatMap((at) => open.run(at).failures.map(({ text }) => text));
    assert.deepEqual(
      failed.filter((text) => !/^there is no vector of a (proposal|vote)$/.test(text)),
      [],
    );
    assert.equal(failed.length, 2);
  });

  test('counts of a protocol whose votes go to all just what the formula says', () => {
    const facts = {
      ...NULL_CONTENDER,
      votePath: 'all',
      vectors: [],
      mutants: [],
      processes: [],
      others: [],
    } as const;
    assert.deepEqual(COSTS.open(judgedProtocol(facts), QUICK).run(0).failures, []);
  });
});
