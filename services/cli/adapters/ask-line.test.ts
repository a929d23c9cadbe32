import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { askLine } from './ask-line.ts';

describe('a question to a person', () => {
  test('is shown, and answered by one line', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = askLine(input, output, 'Vote? Type "yes":');
    input.write('yes\nno\n');
    assert.equal(await answer, 'yes');
    output.end();
    assert.equal(await text(output), 'Vote? Type "yes": ');
  });

  test('is not answered by the end of the input', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = askLine(input, output, 'Vote?');
    input.end();
    await assert.rejects(answer, { message: 'nothing was typed', detail: { code: 'CLI_INVALID_INPUT' } });
  });
});
