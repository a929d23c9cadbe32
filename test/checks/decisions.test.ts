import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

interface Entry {
  readonly number: string;
  readonly title: string;
  readonly date: string;
  readonly state: string;
}

const HEADING = /^## (?<number>\d+)\. (?<title>.+) \((?<date>\d{4}-\d\d-\d\d), (?<state>[^)]+)\)$/gm;
const ROW = /^\| (?<number>\d+) \| (?<title>.+) \| (?<date>\d{4}-\d\d-\d\d) \| (?<state>[^|]+) \|$/gm;

const text = readFileSync(new URL('../../DECISIONS.md', import.meta.url), 'utf8');
const entries = found(HEADING);
const rows = found(ROW);

function found(pattern: RegExp): readonly Entry[] {
  return [...text.matchAll(pattern)].map(
    ({ groups: { number = '', title = '', date = '', state = '' } = {} }) => ({
      number,
      title,
      date,
      state,
    }),
  );
}

/** Numbers of the earlier entries that an entry supersedes, as a whole or in part, by its heading. */
function supersededBy({ state }: Entry): readonly string[] {
  const [clause = ''] = state.match(/supersedes [^;]+/) ?? [];
  return clause.match(/\d+/g) ?? [];
}

describe('the index of the decisions', () => {
  test('has one row for each entry, in order, with its title and date', () => {
    const facts = ({ number, title, date }: Entry) => `${number}. ${title}, ${date}`;
    assert.ok(entries.length > 0);
    assert.deepEqual(rows.map(facts), entries.map(facts));
  });

  test('says the state of each entry as its heading does, and names the later ones that supersede it', () => {
    for (const [index, { number, state }] of entries.entries()) {
      const row = rows[index]?.state ?? '';
      assert.ok(row === state || row.startsWith(`${state}; `), `${number}: "${row}" is not "${state}"`);
      const [superseded = ''] = row.match(/superseded .*/) ?? [];
      assert.deepEqual(
        superseded.match(/\d+/g) ?? [],
        entries.filter((later) => supersededBy(later).includes(number)).map((later) => later.number),
        `the entries that supersede ${number}`,
      );
    }
  });
});
