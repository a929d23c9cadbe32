import { consoleSink } from './console-sink.ts';
import { consoleText } from './console-text.ts';
import type { LineSink } from './line-sink.ts';
import { RotatingFile } from './rotating-file.ts';

/** How lines look on standard output: not there, as in the file, for a person, for a person with colours. */
export type ConsoleStyle = 'off' | 'json' | 'text' | 'color';

export interface LogFile {
  readonly path: string;
  readonly sizeBytesMax: number;
  /** Rotated files that are kept beside it, the newest; 0 keeps all. */
  readonly fileCountMax: number;
}

export interface LogTargets {
  readonly console: ConsoleStyle;
  /** Undefined: no file. */
  readonly file: LogFile | undefined;
}

export interface LogOutputParts {
  /** Called once when lines begin to be lost in the file. */
  readonly onLoss: (reason: string) => void;
  /** Standard output, unless a test says otherwise. */
  readonly console?: LineSink;
}

/**
 * Where the lines of one process go; can be changed while it runs. JSON in the file, always (LOG-10). When
 * everything is turned off, lines go to standard output after all: a service is never mute (LOG-03).
 */
export class LogOutput implements LineSink {
  readonly #parts: LogOutputParts;
  #targets: LogTargets;
  #console: LineSink | undefined;
  #file: RotatingFile | undefined;

  constructor(targets: LogTargets, parts: LogOutputParts) {
    this.#parts = parts;
    this.#targets = targets;
    this.#file = this.#fileOf(targets);
  }

  get targets(): LogTargets {
    return this.#targets;
  }

  set(targets: LogTargets): void {
    const { file } = this.#targets;
    this.#targets = targets;
    if (isSameFile(file, targets.file)) return;
    this.#file?.close();
    this.#file = this.#fileOf(targets);
  }

  write(line: string): void {
    this.#file?.write(line);
    const style =
      this.#file === undefined && this.#targets.console === 'off' ? 'json' : this.#targets.console;
    if (style === 'off') return;
    this.#console ??= this.#parts.console ?? consoleSink();
    this.#console.write(style === 'json' ? line : consoleText(line, { isColored: style === 'color' }));
  }

  #fileOf({ file }: LogTargets): RotatingFile | undefined {
    return file === undefined ? undefined : new RotatingFile({ ...file, onLoss: this.#parts.onLoss });
  }
}

function isSameFile(a: LogFile | undefined, b: LogFile | undefined): boolean {
  return a?.path === b?.path && a?.sizeBytesMax === b?.sizeBytesMax && a?.fileCountMax === b?.fileCountMax;
}
