import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAnswer, withKnown, withKnownOnce } from './answers.ts';

const read = (expected: readonly string[], answer: string) => readAnswer(expected, answer, { goesOn: false });

describe('an answer in the book', () => {
  test('is that of the command, line by line', () => {
    assert.deepEqual(read(['one (1)', 'two'], 'one (1)\ntwo\n'), new Map());
    for (const other of ['', 'one (1)', 'one (1)\ntwo\nthree', 'one 1\ntwo', 'zero\none (1)\ntwo'])
      assert.equal(read(['one (1)', 'two'], other), undefined, other);
  });

  test('leaves open what differs: in a line, and lines', () => {
    assert.ok(read(['height …, view …', '…', 'end'], 'height 3, view 4\nend'));
    assert.ok(read(['height …, view …', '…', 'end'], 'height 3, view 4\na\nb\nend'));
    assert.ok(read(['…'], ''));
    assert.equal(read(['height …'], 'height 3\nmore'), undefined);
    assert.equal(read(['a…b'], 'a\nb'), undefined);
  });

  test('of a command that goes on is its beginning', () => {
    assert.ok(readAnswer(['…', 'ready'], 'x\nready\nmore', { goesOn: true }));
    assert.equal(readAnswer(['…', 'ready'], 'x\nread', { goesOn: true }), undefined);
  });

  test('shows words that later commands are typed with', () => {
    const known = read(['change CHANGE of …, {"hash":"HASH"}'], 'change 3f0c of 4, {"hash":"beef"}');
    assert.ok(known);
    assert.equal(withKnown('approve CHANGE; get HASH', known), 'approve 3f0c; get beef');
    assert.throws(() => withKnown('approve CHANGE', new Map()), /no answer before showed CHANGE/);
  });

  test('shows the same digest of the chain everywhere', () => {
    const known = new Map([
      ['CHAIN', 'ab'],
      ['CHANGE', 'cd'],
    ]);
    assert.equal(withKnownOnce('digest CHAIN, change CHANGE', known), 'digest ab, change CHANGE');
  });
});
