import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consoleText } from './console-text.ts';

const line = (fields: object) =>
  JSON.stringify({ level: 'info', time: '2026-11-22T10:00:00.000Z', ...fields });

describe('consoleText', () => {
  for (const [level, color] of [
    ['debug', 36],
    ['info', 32],
    ['warn', 33],
    ['error', 31],
  ] as const) {
    test(`LOG-04 paints ${level} with ANSI ${color}, and only when asked`, () => {
      const given = line({ level, message: 'a' });
      const shown = level.toUpperCase().padEnd(5);
      assert.equal(
        consoleText(given, { isColored: true }),
        `2026-11-22T10:00:00.000Z \u001b[${color}m${shown}\u001b[0m a\n`,
      );
      assert.equal(consoleText(given, { isColored: false }), `2026-11-22T10:00:00.000Z ${shown} a\n`);
    });
  }

  test('LOG-04 shows service, message, fields and the causes of an error on one line', () => {
    const error = { message: 'cannot write', stack: 'at x\nat y', cause: { message: 'disk full' } };
    const given = line({
      service: 'signer',
      view: '7',
      text: 'two words',
      ok: true,
      error,
      message: 'stopping',
    });
    assert.equal(
      consoleText(given, { isColored: false }),
      '2026-11-22T10:00:00.000Z INFO  [signer] stopping view=7 text="two words" ok=true error="cannot write: disk full"\n',
    );
  });

  test('a text of a stranger cannot steer the terminal', () => {
    const reason = '\u001b[2J\u009b31m\u202eevil\n\u2028';
    const text = consoleText(line({ message: 'a', reason }), { isColored: false });
    assert.doesNotMatch(text.slice(0, -1), /[\p{C}\u2028]/u);
    assert.match(text, /evil/);
  });
});
