import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { BYTES_APART } from '#libs/simulation/conformance/courses/bytes-apart.ts';
import { COSTS } from '#libs/simulation/conformance/courses/cost-course.ts';
import { EVIDENCE_TABLE } from '#libs/simulation/conformance/courses/evidence-table.ts';
import { PURITY } from '#libs/simulation/conformance/courses/purity-course.ts';
import { TABLE_LINT } from '#libs/simulation/conformance/courses/table-lint.ts';
import { openConformance } from '#libs/simulation/conformance/open-conformance.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { mutant } from '#test/support/hotstuff/hotstuff-mutants.ts';
import { votesOnNothing } from './broken-hotstuff.ts';
import type { CaseMutant } from './case-mutant.ts';
import { CASE_MUTANTS } from './case-mutants.ts';
import { hotStuffRow } from './hotstuff-row.ts';
import { caughtBy } from './noticing.ts';
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

describe('a mutant of a case is noticed', () => {
  const table: CaseMutant = {
    ...{ case: 'C1', name: 'a test', by: /rests on no proposal$/, subject: votesOnNothing },
  };

  test('by the words that it names, and by no others', () => {
    assert.ok(caughtBy(table) !== undefined);
    assert.equal(caughtBy({ ...table, by: /a fork/ }), undefined);
  });

  test('and not by an error that ends a part: nothing was seen', () => {
    const throwing = mutant({
      votes: {
        ...HOTSTUFF_TABLE,
        bytes: () => {
          throw new TypeError('x is undefined');
        },
      },
    });
    assert.equal(
      caughtBy({ case: 'C2', name: 'a test', by: /x is undefined/, subject: throwing }),
      undefined,
    );
  });

  test('and those that C5, C6 and C4 are there for by a seed, a fork after a split and a refusal', () => {
    for (const [id, words] of [
      ['C4', /^seed .*: REFUSED at /],
      ['C5', /^seed .*: S\d at /],
      ['C6', /^twins \d\/[1-5] .*: S\d at /],
    ] as const)
      assert.ok(
        CASE_MUTANTS.some((each) => each.case === id && words.test(caughtBy(each) ?? '')),
        id,
      );
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

  test('counts of a protocol whose votes go to all just what the formula says, and that its wire names no transactions', () => {
    const facts = {
      ...NULL_CONTENDER,
      votePath: 'all',
      vectors: [],
      mutants: [],
      processes: [],
      others: [],
    } as const;
    const failed = COSTS.open(judgedProtocol(facts), QUICK)
      .run(0)
      .failures.map(({ text }) => text);
    assert.deepEqual(failed, [
      'crossings: a large transaction comes 2.01 times to each member, and once is enough',
    ]);
  });
});
