// Started by noticing.ts with a source changed: the name of a mutant, and cases. Tells those that fail as a list in JSON.
import assert from 'node:assert/strict';
import { caseNamed } from '#libs/simulation/conformance/words/case-id.ts';
import { noticedHere } from './case-mutant.ts';
import { CASE_MUTANTS } from './case-mutants.ts';

const [name, cases = ''] = process.argv.slice(2);
const mutant = CASE_MUTANTS.find((each) => each.name === name) ?? assert.fail(`there is no mutant "${name}"`);
const ids = cases.split(',').map((id) => caseNamed(id) ?? assert.fail(`there is no case "${id}"`));
process.stdout.write(JSON.stringify([...noticedHere(mutant, ids)]));
