import type { ReadStream } from 'node:tty';
import { CliError, invalidInput } from '#services/launcher/words/errors.ts';

const KEYS = {
  enter: 0x0d,
  lineFeed: 0x0a,
  interrupt: 0x03,
  end: 0x04,
  backspace: 0x08,
  rubOut: 0x7f,
  clear: 0x15,
};
/** The longest passphrase that is read. */
const BYTES_MAX = 1_024;

/** A keyboard, as far as it is needed here. */
export type Keyboard = Pick<ReadStream, 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;

/**
 * Reads one line from a terminal without showing it. It never becomes a string, which could not be cleared.
 * @throws CliError `CLI_INTERRUPTED` for Ctrl-C, `CLI_INVALID_INPUT` for a line that is too long or an end of input.
 */
export async function askSecret(
  keyboard: Keyboard,
  show: (text: string) => void,
  question: string,
): Promise<Buffer> {
  const line = Buffer.alloc(BYTES_MAX);
  let length = 0;
  const typed = Promise.withResolvers<number>();
  const take = (byte: number): void => {
    switch (byte) {
      case KEYS.enter:
      case KEYS.lineFeed:
        return typed.resolve(length);
      case KEYS.interrupt:
        return typed.reject(
          new CliError('stopped on request', { code: 'CLI_INTERRUPTED', signal: 'SIGINT' }),
        );
      case KEYS.end:
        return typed.reject(invalidInput('no passphrase was typed'));
      case KEYS.backspace:
      case KEYS.rubOut:
        length = withoutLast(line, length);
        return;
      case KEYS.clear:
        length = 0;
        return;
      default:
        if (length === BYTES_MAX)
          return typed.reject(invalidInput(`a passphrase has at most ${BYTES_MAX} bytes`));
        line[length] = byte;
        length += 1;
    }
  };
  const onData = (chunk: Buffer): void => {
    for (const byte of chunk) take(byte);
    chunk.fill(0);
  };
  const onEnd = (): void => typed.reject(invalidInput('no passphrase was typed'));
  keyboard.setRawMode(true);
  keyboard.on('data', onData);
  keyboard.on('end', onEnd);
  keyboard.resume();
  show(`${question}: `); // The question is asked only now: keys that are typed earlier would be shown.
  try {
    return line.subarray(0, await typed.promise);
  } catch (error) {
    line.fill(0);
    throw error;
  } finally {
    keyboard.off('data', onData);
    keyboard.off('end', onEnd);
    keyboard.setRawMode(false);
    keyboard.pause();
    show('\n');
  }
}

/** A character in UTF-8 has up to four bytes, of which all but the first begin with the bits 10. */
function withoutLast(line: Buffer, length: number): number {
  let end = length;
  while (end > 0) {
    end -= 1;
    if (((line[end] ?? 0) & 0xc0) !== 0x80) break;
  }
  return end;
}
