import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sourceFiles } from './import-graph.ts';
import { declaredTwice } from './names.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Generated: names there are those of the contracts, which say the same thing in each version of a service. */
const GENERATED = 'libs/proto/';

describe('one word, one meaning (STYLE.md)', () => {
  test('no two files export a class, an interface, a type, a constant or a function of one name', () => {
    const sources = sourceFiles(ROOT)
      .filter((file) => !file.startsWith(GENERATED))
      .map((file) => ({ file, source: readFileSync(`${ROOT}${file}`, 'utf8') }));
    assert.ok(sources.length > 500);
    assert.deepEqual(declaredTwice(sources), []);
  });
});

describe('the rule notices', () => {
  const found = (...sources: readonly string[]): readonly string[] =>
    declaredTwice(sources.map((source, index) => ({ file: `${index}.ts`, source })));

  for (const [name, first, second] of [
    ['two interfaces', 'export interface Share {}', 'export interface Share {}'],
    ['a class and a type', 'export class Share {}', 'export type Share = string;'],
    ['an abstract class', 'export abstract class Share {}', 'export interface Share {}'],
    ['type parameters', 'export class Share<T> {}', 'export interface Share<T> {}'],
    ['two functions', 'export function Share() {}', 'export async function Share() {}'],
    ['two constants', 'export const Share = 1;', 'export const Share: number = 2;'],
    ['a generator', 'export function* Share() {}', 'export async function* Share() {}'],
    ['a declaration further down', "import './x.ts';\n\nexport type Share = 1;", 'export class Share {}'],
  ] as const) {
    test(name, () => {
      assert.deepEqual(found(first, second), ['Share: 0.ts, 1.ts']);
    });
  }

  test('and lets pass what one file keeps to itself, what it only imports, and a class with its interface', () => {
    const declared = 'export interface Share {}';
    assert.deepEqual(found(declared, 'interface Share {}'), []);
    assert.deepEqual(found(declared, "import type { Share } from './0.ts';"), []);
    assert.deepEqual(found(`${declared}\nexport class Share {}`), []);
    assert.deepEqual(found(declared, '// export interface Share {}'), []);
  });
});
