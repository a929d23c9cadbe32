import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requirementRows, tableProblems, testsById, withProofs } from './requirement-table.ts';

describe('the tables of requirements', () => {
  const table = (...rows: readonly string[]) =>
    ['| id | requirement | tests |', '|---|---|---|', ...rows].join('\n');
  const NAMED = new Map([['ROW-01', ['a.test.ts', 'b.test.ts']]]);

  test('refuse a test that does not name the id, a row without a test or a reason, and one that is there twice', () => {
    const rows = requirementRows(
      table(
        '| ROW-01 | One. | `a.test.ts`, `c.test.ts` |',
        '| ROW-02 | Two. |  |',
        '| ROW-03 | Three. | out of scope: nobody asks |',
        '| ROW-03 | Again. | open |',
      ),
    );
    assert.deepEqual(tableProblems(rows, NAMED), [
      'ROW-03 has two rows',
      'ROW-01: c.test.ts does not name it: npm run requirements',
      'ROW-02: no test does not name it: npm run requirements',
    ]);
  });

  for (const reason of ['open', 'out of scope: nobody asks']) {
    test(`refuse a row that is ${reason} although a test names it, until it is filled`, () => {
      const text = table(`| ROW-01 | One. | ${reason} |`);
      assert.equal(tableProblems(requirementRows(text), NAMED).length, 1);
      const filled = withProofs(text, NAMED);
      assert.deepEqual(filled, table('| ROW-01 | One. | `a.test.ts`, `b.test.ts` |'));
      assert.deepEqual(tableProblems(requirementRows(filled), NAMED), []);
    });
  }

  test('are filled from the code of tests, not from their comments, and by whole ids', () => {
    const tests = new Map([
      ['a.test.ts', "test('ROW-01 LINE-02: a');\n// ROW-03\n/** ROW-04 */\n * ROW-05\n'ROW-06a'"],
    ]);
    assert.deepEqual([...testsById(tests).keys()], ['ROW-01', 'LINE-02', 'ROW-06a']);
  });

  test('keep the reason of a row that no test names, and leave it open without one', () => {
    const text = table(
      '| ROW-02 | Two. | out of scope: nobody asks |',
      '| ROW-03 | Three. | `gone.test.ts` |',
    );
    assert.equal(
      withProofs(text, NAMED),
      table('| ROW-02 | Two. | out of scope: nobody asks |', '| ROW-03 | Three. | open |'),
    );
  });
});
