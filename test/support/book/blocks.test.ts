import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blocksOf } from './blocks.ts';

const page = (...lines: readonly string[]) => blocksOf('page', lines.join('\n'));
const block = (info: string) => page(`\`\`\`${info}`, 'true', '```');

describe('the blocks of a page of the book', () => {
  test('have their hosts, their commands, and the answer behind them', () => {
    const [first, second, ...more] = page(
      ...['On both:', '', '```sh alice,bob exit=4 again', 'one', 'two', '```', ''],
      ...['```text', 'seen', '```', 'Then:', '```sh each terminal', 'three', '```', 'seen elsewhere'],
    );
    assert.deepEqual(more, []);
    assert.deepEqual(
      [first?.line, first?.hosts, first?.script, first?.expected, first?.exitCode, first?.isRepeated],
      [3, ['alice', 'bob'], 'one\ntwo', ['seen'], 4, true],
    );
    assert.deepEqual(
      [second?.hosts, second?.isTerminal, second?.expected, second?.exitCode],
      [['alice', 'bob', 'carol', 'dave'], true, undefined, 0],
    );
    assert.equal(block('sh alice unrun=systemd')[0]?.unrun, 'systemd');
  });

  for (const [info, problem] of [
    ['sh', /names no host/],
    ['sh mallory', /"mallory" names no host/],
    ['sh alice unrun', /no reason/],
    ['sh alice unrun=later', /"later" is no reason/],
    ['sh alice skip', /"skip" is not known/],
    ['sh alice terminal terminal', /said twice/],
    ['sh alice exit=many', /no exit code/],
    ['sh alice again', /nothing says what is waited for/],
    ['bash alice', /neither "sh HOSTS …" nor "text"/],
    ['yaml', /neither/],
    ['text', /follows no block of commands/],
  ] as const)
    test(`are refused with the line: ${info}`, () => {
      assert.throws(() => block(info), problem);
      assert.throws(() => block(info), /^Error: page:1: /);
    });

  test('cannot be hidden from the runner by another way to write code', () => {
    for (const text of ['    btcfed up', '\tbtcfed up', '  ```sh alice', '~~~sh alice', '```', '```sh alice'])
      assert.throws(() => page(text), /^Error: page:1: /, text);
  });

  test('have no answer where a sentence stands between', () => {
    assert.throws(
      () => page('```sh alice', 'x', '```', 'A word.', '```text', 'y', '```'),
      /follows no block/,
    );
  });
});
