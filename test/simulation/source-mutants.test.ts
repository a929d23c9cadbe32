import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { passesUntouched, roundsCatch } from './hunt-rounds.ts';
import { sourceCatch } from './hunt-source.ts';
import { ROUNDS_MUTANTS, type RoundsMutantName } from './rounds-mutants.ts';
import { SOURCE_MUTANTS, type SourceMutant } from './source-mutants.ts';

const ROOT = join(import.meta.dirname, '../..');

test('every rule that is taken out of a text still stands there, once', () => {
  for (const [name, { file, find, replace }] of Object.entries<SourceMutant>({
    ...SOURCE_MUTANTS,
    ...ROUNDS_MUTANTS,
  })) {
    const parts = readFileSync(join(ROOT, file), 'utf8').split(find);
    assert.equal(parts.length, 2, `${name}: ${file}`);
    assert.notEqual(find, replace);
  }
});

describe('FED-08 a rule of membership that is taken out is noticed by the first seeds', () => {
  // The others need more of them: `npm run sim -- --mutants`.
  for (const name of ['a change in force a height too late', 'two votes change the members'] as const) {
    test(name, () => assert.match(sourceCatch(name, 12) ?? '', /^seed \d+ of [45]: S\d$/));
  }
});

describe('A.24 a record that is not durable in time is noticed by the first seeds', () => {
  const late = {
    'a message leaves before the record is durable': 'L9',
    'a signature is asked for before the record is durable': 'L5',
    'the first record of a step stands for all of them': 'L5',
  } as const;
  for (const [name, invariant] of Object.entries(late) as [keyof typeof late, string][]) {
    test(name, () =>
      assert.match(sourceCatch(name, 4) ?? '', new RegExp(`^seed \\d of [45]: ${invariant}$`)),
    );
  }
});

describe('the word of the own signer, taken for a certificate before or although it was not given, is noticed', () => {
  for (const name of [
    'a certificate that the signer did not prove is taken in',
    'a certificate is taken in before the signer has its word',
  ] as const) {
    test(name, () => assert.match(sourceCatch(name, 2, 20) ?? '', /^seed 20 of 4: L3$/));
  }
});

test('F-22: a transaction that one member alone holds is noticed by the first seeds when it is told to nobody', () => {
  assert.match(
    sourceCatch('what waits with one member is told to nobody', 12) ?? '',
    /^seed \d+ of [45]: V6$/,
  );
});

test('F-23: a member that leaps into an epoch without the votes so far is noticed by the first seeds', () => {
  assert.match(
    sourceCatch('a snapshot is taken without its votes', 40, 14) ?? '',
    /^seed \d+ of [45]: [A-Z]+\d?$/,
  );
});

describe('a rule of locked rounds that is taken out is noticed', () => {
  test('and nothing is where none is', () => assert.ok(passesUntouched()));

  // The others: `npm run conform -- --protocol pbft --case C17`.
  const some: readonly RoundsMutantName[] = [
    'a deciding vote on what an older view prepared',
    'nobody joins',
  ];
  for (const name of some) test(name, () => assert.ok(roundsCatch(name, 10) !== undefined));
});
