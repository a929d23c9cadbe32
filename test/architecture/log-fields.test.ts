import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { sourceFiles } from './import-graph.ts';
import { logFieldsIn } from './log-fields.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const SNAKE_CASE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** Files that can make a log line: all that know a logger or its fields. */
const files = sourceFiles(ROOT).filter((file) => /\blog|Logger|LogField/.test(read(file)));

function read(file: string): string {
  return readFileSync(ROOT + file, 'utf8');
}

/** The fields of a program of one file, beside the logger as it is. */
function fieldsOf(source: string) {
  const program = {
    '/tsconfig.json':
      '{ "compilerOptions": { "strict": true, "allowImportingTsExtensions": true, "noEmit": true } }',
    '/logger.ts': read('libs/log/logger.ts'),
    '/a.ts': `import type { LogFields, Logger } from './logger.ts';\ndeclare const log: Logger;\n${source}`,
  };
  return logFieldsIn('/', ['a.ts'], { fs: createVirtualFileSystem(program) }).map(({ name, isReadable }) =>
    isReadable ? name : `? ${name}`,
  );
}

describe('F-52 the fields of log lines', () => {
  const found = logFieldsIn(ROOT, files);

  test('F-52 every name is in snake_case', () => {
    assert.ok(found.length > 250, `only ${found.length} fields were found`);
    const others = found.filter(({ name, isReadable }) => isReadable && !SNAKE_CASE.test(name));
    assert.deepEqual(others, []);
  });

  test('F-52 every name can be read: none is made at run time', () => {
    assert.deepEqual(
      found.filter(({ isReadable }) => !isReadable),
      [],
    );
  });

  for (const [shape, source, names] of [
    ['an argument', "log.info('a', { view: 1, oldView: 2 });", ['view', 'oldView']],
    ['a child', 'log.child({ peerId: 1 });', ['peerId']],
    ['an error', "log.error('a', undefined, { peerId: 1 });", ['peerId']],
    ['a short form', "const peerId = ''; log.warn('a', { peerId });", ['peerId']],
    ['a quoted name', "log.warn('a', { 'peer-id': 1 });", ['peer-id']],
    ['a variable', "const facts = { peerId: '' }; log.warn('a', facts);", ['peerId']],
    ['a function', 'const facts = (): LogFields => ({ peerId: 1 });', ['peerId']],
    ['another name of the method', 'const { debug: say } = log; say("a", { peerId: 1 });', ['peerId']],
    [
      'a spread object',
      "const facts = { peerId: '' }; log.warn('a', { ...facts, view: 1 });",
      ['peerId', 'view'],
    ],
    [
      'a spread choice',
      "declare const facts: undefined | { peerId: string } | { view: number };\nlog.warn('a', { ...facts });",
      ['peerId', 'view'],
    ],
    [
      'a chosen name',
      "declare const role: 'peerId' | 'view'; log.warn('a', { [role]: 1 });",
      ['peerId', 'view'],
    ],
    ['any name', "declare const role: string; log.warn('a', { [role]: 1 });", ['? [computed]']],
    [
      'any facts',
      "declare const facts: Record<string, string>; log.warn('a', facts);",
      ['? Record<string, string>'],
    ],
    [
      'facts of before',
      "declare const facts: LogFields; log.warn('a', { ...facts }); log.warn('b', facts);",
      [],
    ],
    ['an object that is no facts', 'const x: { peerId: number } = { peerId: 1 };', []],
  ] as const) {
    test(`are found in ${shape}`, () => assert.deepEqual([...fieldsOf(source)].sort(), [...names].sort()));
  }
});
