import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countingSink } from './line-sink.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

describe('countingSink', () => {
  test('drops lines while writing fails, and says how many when it works again', () => {
    let broken = true;
    let written = '';
    const sink = countingSink((data) => {
      if (broken) throw failure('ENOSPC');
      written += data.toString();
      return data.length;
    });
    sink.write('a\n');
    sink.write('b\n');
    broken = false;
    sink.write('c\n');
    sink.write('d\n');
    assert.match(written, /"lostCount":2}\nc\nd\n$/);
    assert.doesNotMatch(written, /^[ab]$/m);
  });

  test('finishes a line that was written in part', () => {
    let written = '';
    const sink = countingSink((data) => {
      written += data.subarray(0, 2).toString();
      return Math.min(2, data.length);
    });
    sink.write('abcde\n');
    assert.equal(written, 'abcde\n');
  });

  test('tries again for a moment when the reader is slow', () => {
    let busy = 3;
    let written = '';
    const sink = countingSink((data) => {
      if (busy-- > 0) throw failure('EAGAIN');
      written += data.toString();
      return data.length;
    });
    sink.write('a\n');
    assert.equal(written, 'a\n');
  });

  test('gives up on a reader that never reads', () => {
    let tries = 0;
    const sink = countingSink(() => {
      tries++;
      throw failure('EAGAIN');
    });
    sink.write('a\n');
    assert.ok(tries > 1 && tries < 20);
  });
});
