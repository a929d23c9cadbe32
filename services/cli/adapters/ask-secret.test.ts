import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { askSecret } from './ask-secret.ts';

/** A terminal at which somebody types these pieces. */
class Typist extends PassThrough {
  isRaw = false;
  shown = '';

  setRawMode(mode: boolean): never {
    this.isRaw = mode;
    return this as never;
  }

  ask(...pieces: readonly (string | Uint8Array)[]): Promise<Buffer> {
    const asked = askSecret(
      this as never,
      (text) => {
        assert.equal(this.isRaw || text === '\n', true, 'the terminal hides before it asks');
        this.shown += text;
      },
      'Passphrase',
    );
    assert.equal(this.isRaw, true);
    for (const piece of pieces) this.write(piece);
    return asked;
  }
}

const text = async (typed: Promise<Buffer>): Promise<string> => (await typed).toString('utf8');

describe('a secret that is typed', () => {
  test('is what stands before Enter, in however many pieces, and is not shown', async () => {
    const typist = new Typist();
    assert.equal(await text(typist.ask('seven ', 'wörds\r')), 'seven wörds');
    assert.equal(typist.shown, 'Passphrase: \n');
    assert.equal(typist.isRaw, false);
  });

  test('can be corrected: one character back, whole umlauts too, or all of it', async () => {
    assert.equal(await text(new Typist().ask('abü\u007fc\b\bd\n')), 'ad');
    assert.equal(await text(new Typist().ask('wrong\u0015right\r')), 'right');
    assert.equal(await text(new Typist().ask('\u007f\u007fx\r')), 'x');
  });

  test('is given up with Ctrl-C, and refused without an Enter or when it is too long', async () => {
    await assert.rejects(new Typist().ask('ab\u0003'), {
      detail: { code: 'CLI_INTERRUPTED', signal: 'SIGINT' },
    });
    await assert.rejects(new Typist().ask('\u0004'), { message: /no passphrase was typed/ });
    const closed = new Typist();
    const asked = closed.ask('ab');
    closed.end();
    await assert.rejects(asked, { message: /no passphrase was typed/ });
    await assert.rejects(new Typist().ask('x'.repeat(1_025)), { message: /at most 1024 bytes/ });
  });
});
