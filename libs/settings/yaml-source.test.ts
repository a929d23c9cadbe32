import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { YAML_KEYS_MAX } from './limits.ts';
import { parsePeersYaml } from './peers-yaml.ts';
import { readYaml } from './yaml-source.ts';

/** Minutes where each key is compared with all before it, and a second or two where it is looked up. */
const LIMIT = { timeout: 90_000 };

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join('\n');
}

function problemOf(text: string): string | undefined {
  const source = readYaml(text);
  return 'problem' in source ? source.problem : undefined;
}

const TOO_MANY = `more than ${YAML_KEYS_MAX} keys in one mapping; settings have a few each`;
const TWICE = 'the same key stands twice; remove one of the two';

describe('the keys of a settings file', () => {
  for (const [name, text] of [
    ['40,000 keys on lines of their own', lines(40_000, (at) => `key_number_${at}: x`)],
    ['150,000 keys without values', lines(150_000, (at) => `k${at}:`)],
  ] as const) {
    test(`F-10: ${name} are refused, where the first one too many stands`, LIMIT, () => {
      assert.equal(problemOf(text), `line ${YAML_KEYS_MAX + 1}, column 1: ${TOO_MANY}`);
    });
  }

  test('F-10: 60,000 keys in braces are refused, in a list too', LIMIT, () => {
    const map = `{${lines(60_000, (at) => `k${at}: 1`).replaceAll('\n', ', ')}}`;
    assert.match(problemOf(`a: ${map}`) ?? '', /^line 1, column \d+: more than 1024 keys/);
    assert.match(problemOf(`- 1\n- ${map}`) ?? '', /^line 2, column \d+: more than 1024 keys/);
  });

  test('F-10: as many as may be are read, and many mappings with a few each', LIMIT, () => {
    assert.equal(problemOf(lines(YAML_KEYS_MAX, (at) => `k${at}: 1`)), undefined);
    const peers = lines(10_000, () => '    - public_key: x\n      addresses: []');
    assert.throws(() => parsePeersYaml(`peers:\n${peers}\n    - 1`), /more than 10000 peers/);
    assert.equal(parsePeersYaml(`peers:\n${peers}`).rejected.length, 10_000);
  });

  for (const [name, text, at] of [
    ['at the top', 'a: 1\nb: 2\na: 3', 'line 3, column 1'],
    ['in a section', 'a:\n    b: 1\n    b: 2', 'line 3, column 5'],
    ['in a list', '- a: 1\n- a: 1\n  a: 2', 'line 3, column 3'],
    ['in braces', 'a: {b: 1, b: 2}', 'line 1, column 11'],
    ['that is quoted once', 'a: 1\n"a": 2', 'line 2, column 1'],
    ['that is empty', '? \n: 1\n? \n: 2', 'line 3, column 3'],
    ['that is a value of another key', 'a: {b: 1}\nc: {d: {e: 1, e: 2}}', 'line 2, column 15'],
    ['that is the first of two', 'a: {b: 1, b: 2}\nc: {d: 1, d: 2}', 'line 1, column 11'],
    ['before another one', 'a: {b: 1, b: 2}\na: 1', 'line 2, column 1'],
  ] as const) {
    test(`a key that its mapping has twice is refused: ${name}`, () => {
      assert.equal(problemOf(text), `${at}: ${TWICE}`);
    });
  }

  test('keys of different kinds and in different mappings are different', () => {
    for (const text of [
      '1: a\n"1": b',
      'a: {b: 1}\nb: {b: 1}',
      'x:\n- a: 1\n- a: 1',
      '? [1]\n: a\n? [1]\n: b',
    ])
      assert.equal(problemOf(text), undefined, text);
  });

  test('what is no YAML is told before what its keys are', () => {
    assert.match(problemOf('a: 1\na: 2\nb: "') ?? '', /missing character/);
  });
});
