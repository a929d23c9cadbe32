import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CliError } from '../words/errors.ts';
import { parseHex, parseTransactions, parseTransactionsFile } from './transactions-file.ts';

function refusal(text: string): string {
  try {
    parseTransactionsFile(text, 'tx.json');
  } catch (error) {
    assert.ok(error instanceof CliError && error.detail.code === 'CLI_INVALID_INPUT');
    return error.message;
  }
  return assert.fail('accepted');
}

describe('parseTransactionsFile', () => {
  test('reads hex in either case, ignores other keys and keeps duplicates', () => {
    const file = JSON.stringify({ source: 'somewhere', transactions: ['00ff', 'AB', 'ab'] });
    const bytes = parseTransactionsFile(file, 'tx.json').map((each) => [...each]);
    assert.deepEqual(bytes, [[0, 255], [0xab], [0xab]]);
  });

  test('names the first entry that is not hex', () => {
    assert.match(
      refusal('{"transactions":["00","0g"]}'),
      /^tx\.json: transactions\[1\] is not hex: "0g"; nothing was handed in$/,
    );
    assert.match(refusal('{"transactions":["000"]}'), /transactions\[0\]/);
    assert.match(refusal('{"transactions":["00",7]}'), /transactions\[1\] is not hex: 7/);
    assert.match(refusal('{"transactions":[""]}'), /transactions\[0\] is not hex: it is empty/);
    assert.match(refusal('{"transactions":["0x00"]}'), /transactions\[0\]/);
  });

  test('does not repeat a long entry in its complaint', () => {
    assert.ok(refusal(`{"transactions":["${'z'.repeat(100_000)}"]}`).length < 100);
  });

  test('refuses a list that is empty or missing', () => {
    assert.match(refusal('{"transactions":[]}'), /is empty, there is nothing to submit/);
    for (const text of ['{}', '[]', 'null', '7', '{"transactions":"00"}']) {
      assert.match(refusal(text), /^tx\.json: expected a JSON object with "transactions"/);
    }
  });

  test('says when it is not JSON', () => {
    assert.match(refusal('transactions: []'), /^tx\.json is not JSON: /);
  });
});

test('parseHex refuses nothing, halves and prefixes', () => {
  assert.deepEqual(parseHex('0aF0'), new Uint8Array([0x0a, 0xf0]));
  for (const text of ['', '0', '0x00', ' 00', 'zz']) assert.equal(parseHex(text), undefined);
});

describe('parseTransactions', () => {
  const read = (text: string) => parseTransactions(text, 'tx.txt').map((each) => [...each]);

  test('reads a line of hex each, and leaves empty lines out', () => {
    assert.deepEqual(read('00ff\r\n\n  AB \nab'), [[0, 255], [0xab], [0xab]]);
  });

  test('reads what `up --submit` reads, where it begins with a brace', () => {
    assert.deepEqual(read(' \n{"transactions":["00"]}'), [[0]]);
    assert.throws(() => read('{"transactions":["0"]}'), {
      message: 'tx.txt: transactions[0] is not hex: "0"; nothing was handed in',
    });
  });

  test('names the line that is not hex, as a person counts', () => {
    assert.throws(() => read('00\n\n0x11'), {
      message: 'tx.txt: line 3 is not hex: "0x11"; nothing was handed in',
    });
  });

  test('refuses nothing at all', () => {
    assert.throws(() => read(' \n\n'), { message: 'tx.txt: there is nothing to submit' });
  });
});
