import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import { filesInCircles, mutualFolders } from './circles.ts';
import { importsOf, sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Files of a service that put it together, or are its settings: each is a place of its own, above or below its folders. */
const APART = /^services\/[^/]+\/(main|compose|config)[^/]*\.ts$/;

function placeOf(file: string): string {
  return APART.test(file) ? file : posix.dirname(file);
}

describe('the shape of the code', () => {
  const graph = new Map(
    sourceFiles(ROOT)
      .filter((file) => !file.startsWith('libs/proto/'))
      .map((file) => [file, importsOf(ROOT, file).map(({ target }) => target)] as const),
  );

  test('no file needs itself by way of others', () => {
    assert.ok(graph.size > 800);
    assert.deepEqual(filesInCircles(graph), []);
  });

  test('no two folders import each other', () => {
    assert.deepEqual(mutualFolders(graph, placeOf), []);
  });
});

describe('the rules notice', () => {
  test('a circle of three files, and a file beside it is none', () => {
    const graph = new Map([
      ['a/1.ts', ['a/2.ts']],
      ['a/2.ts', ['b/3.ts', 'node:fs']],
      ['b/3.ts', ['a/1.ts']],
      ['b/4.ts', ['a/1.ts']],
    ]);
    assert.deepEqual(filesInCircles(graph), ['a/1.ts', 'a/2.ts', 'b/3.ts']);
  });

  test('two folders that import each other by different files', () => {
    const graph = new Map([
      ['a/1.ts', ['b/1.ts']],
      ['b/1.ts', []],
      ['b/2.ts', ['a/2.ts', 'b/1.ts']],
      ['a/2.ts', []],
    ]);
    assert.deepEqual(filesInCircles(graph), []);
    assert.deepEqual(mutualFolders(graph, posix.dirname), ['a ↔ b']);
  });
});
