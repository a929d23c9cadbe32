import type { ReadStream, WriteStream } from 'node:tty';

/** A terminal that a program has for itself for a while. */
export interface Screen {
  readonly columns: number;
  readonly lines: number;
  /** Takes the terminal over. Everything is as it was after `close`, and when the process ends without it. */
  open(handlers: { readonly onKey: (key: string) => void; readonly onResize: () => void }): void;
  /** Shows a text in place of the last one. */
  draw(text: string): void;
  close(): void;
}

type Keyboard = Pick<ReadStream, 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'>;
type Display = Pick<WriteStream, 'columns' | 'rows' | 'write' | 'on' | 'off'>;

/** The second screen of a terminal, which leaves the lines of the first as they are; no cursor, no wrapped lines. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** A terminal that says no size, as some recorders do. */
const COLUMNS_USUAL = 80;
const LINES_USUAL = 24;

/** Shows frames on a terminal and hears keys one by one. */
export class TerminalScreen implements Screen {
  readonly #keyboard: Keyboard;
  readonly #display: Display;
  readonly #host: Pick<NodeJS.Process, 'once' | 'off'>;
  #leave: (() => void) | undefined;

  constructor(keyboard: Keyboard, display: Display, host: Pick<NodeJS.Process, 'once' | 'off'>) {
    this.#keyboard = keyboard;
    this.#display = display;
    this.#host = host;
  }

  get columns(): number {
    return this.#display.columns || COLUMNS_USUAL;
  }

  get lines(): number {
    return this.#display.rows || LINES_USUAL;
  }

  open({ onKey, onResize }: Parameters<Screen['open']>[0]): void {
    const onData = (data: Buffer): void => onKey(data.toString('utf8'));
    this.#keyboard.setRawMode(true);
    this.#keyboard.on('data', onData);
    this.#keyboard.resume();
    this.#display.on('resize', onResize);
    this.#display.write(ENTER);
    this.#leave = () => {
      this.#keyboard.off('data', onData);
      this.#keyboard.setRawMode(false);
      this.#keyboard.pause();
      this.#display.off('resize', onResize);
      this.#display.write(LEAVE);
    };
    // A fault of ours ends the process too, and its stack must be readable.
    this.#host.once('exit', this.close);
  }

  draw(text: string): void {
    const lines = text.split('\n').slice(0, this.lines);
    this.#display.write(`${HOME}${lines.join(`${REST_OF_LINE}\r\n`)}${REST_OF_LINE}${REST_OF_SCREEN}`);
  }

  readonly close = (): void => {
    this.#leave?.();
    this.#leave = undefined;
    this.#host.off('exit', this.close);
  };
}
