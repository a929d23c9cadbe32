import { existsSync, writeFileSync } from 'node:fs';
import { FAMILIES, PROTOCOL_FAMILIES } from '#test/checks/citations/citation.ts';
import { testsById, withProofs } from '#test/checks/citations/requirement-table.ts';
import { readTracked, testTexts, trackedFiles } from '#test/checks/citations/tracked-files.ts';

// Writes the test files of every requirement into the tables of this folder: npm run requirements
const named = testsById(testTexts(trackedFiles() ?? []));
for (const family of [...FAMILIES, ...PROTOCOL_FAMILIES]) {
  const file = new URL(`${family}.md`, import.meta.url);
  if (existsSync(file)) writeFileSync(file, withProofs(readTracked(`test/requirements/${family}.md`), named));
}
