import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openConform } from './conform-task.ts';

/** Parts of C9 in which a liar gives its vote to one member alone, in each phase, so that the others lack one. */
const STARVED = ['locks.549', 'locks.1444', 'locks.1519', 'locks.2279'];

test('C9: where votes go to all, no liar keeps a vote that others need from them by giving its own to some (RULES.md C.8.7)', () => {
  const open = openConform({ rows: ['hotstuff/votes-to-all'], isQuick: false, cases: ['C9'] });
  const ran = [...open.parts.entries()].filter(([, { course, part }]) =>
    STARVED.includes(`${course}.${part}`),
  );
  assert.equal(ran.length, STARVED.length);
  for (const [at] of ran) assert.deepEqual(open.run(at).failures, []);
});
