import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, test } from 'node:test';
import { TerminalScreen } from './terminal-screen.ts';

/** A terminal that remembers what is written, and how its keyboard is set. */
function terminal(columns = 100, rows = 3) {
  const keyboard = Object.assign(new EventEmitter(), {
    isRaw: false,
    isRead: false,
    setRawMode: (mode: boolean) => {
      keyboard.isRaw = mode;
    },
    resume: () => {
      keyboard.isRead = true;
    },
    pause: () => {
      keyboard.isRead = false;
    },
  });
  const written: string[] = [];
  const display = Object.assign(new EventEmitter(), {
    ...{ columns, rows },
    write: (text: string) => written.push(text),
  });
  const host = new EventEmitter();
  const screen = new TerminalScreen(keyboard as never, display as never, host as never);
  return { keyboard, display, host, screen, written };
}

const LEFT = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const deaf = { onKey: () => undefined, onResize: () => undefined };

describe('TerminalScreen', () => {
  test('takes the terminal over, and gives it back as it was, once', () => {
    const { keyboard, display, host, screen, written } = terminal();
    screen.open(deaf);
    assert.deepEqual([keyboard.isRaw, keyboard.isRead], [true, true]);
    assert.match(written.join(''), /\?1049h.*\?25l/);
    screen.close();
    screen.close();
    assert.deepEqual([keyboard.isRaw, keyboard.isRead], [false, false]);
    assert.deepEqual(written.slice(1), [LEFT]);
    const listeners = [keyboard.listenerCount('data'), display.listenerCount('resize')];
    assert.deepEqual([...listeners, host.listenerCount('exit')], [0, 0, 0]);
  });

  test('gives it back when the process ends by a fault', () => {
    const { keyboard, host, screen, written } = terminal();
    screen.open(deaf);
    host.emit('exit');
    assert.equal(keyboard.isRaw, false);
    assert.equal(written.at(-1), LEFT);
  });

  test('hears keys, and that the window has another size', () => {
    const { keyboard, display, screen } = terminal();
    const heard: string[] = [];
    screen.open({ onKey: (key) => heard.push(key), onResize: () => heard.push('resized') });
    keyboard.emit('data', Buffer.from('q'));
    display.emit('resize');
    assert.deepEqual(heard, ['q', 'resized']);
  });

  test('draws over the last text, no more lines than there are', () => {
    const { screen, written } = terminal();
    screen.open(deaf);
    screen.draw('a\nb\nc\nd');
    assert.equal(written.at(-1), '\u001b[Ha\u001b[K\r\nb\u001b[K\r\nc\u001b[K\u001b[J');
  });

  test('takes the usual size where the terminal says none', () => {
    const { screen } = terminal(0, 0);
    assert.deepEqual([screen.columns, screen.lines], [80, 24]);
  });
});
