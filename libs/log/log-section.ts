import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogLevel } from './log-level.ts';
import type { ConsoleStyle, LogFile } from './log-output.ts';
import type { LogPlace, LogSettings, TerminalKind } from './log-settings.ts';

/** The `logging` section of conf.yaml. */
export interface LoggingSection {
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  readonly consoleOutput: boolean;
  readonly consoleColor: boolean;
  readonly fileOutput: boolean;
  /** A plain name, without a folder. */
  readonly fileName: string;
  readonly fileSizeBytesMax: number;
  /** Rotated files that are kept beside it, the newest; 0 keeps all. */
  readonly fileCountMax: number;
}

/**
 * The settings of the section for a process in this place. A process that does not know its place applies the level
 * alone.
 */
export function logSettingsOf(section: LoggingSection, place: LogPlace): LogSettings;
export function logSettingsOf(section: LoggingSection, place: LogPlace | undefined): Partial<LogSettings>;
export function logSettingsOf(section: LoggingSection, place: LogPlace | undefined): Partial<LogSettings> {
  const { level, fileOutput, fileName, fileSizeBytesMax, fileCountMax } = section;
  if (place === undefined) return { level };
  const file = fileOutput
    ? { path: `${place.folder}/${fileName}`, sizeBytesMax: fileSizeBytesMax, fileCountMax }
    : undefined;
  return { level, file, console: consoleStyle(section, place.terminal) };
}

/** Why lines could not be written into this file (P2P-63); undefined when they can. Nothing is made or changed. */
export function logFileProblem({ path }: LogFile): string | undefined {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) return `${path} is no file`;
  const target = there === undefined ? dirname(path) : path;
  try {
    accessSync(target, constants.W_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return `${target} cannot be written to (${code})`;
  }
}

/**
 * Colour is for a person at a terminal, and makes lines human-readable too; elsewhere, and without it, `format` decides
 * between JSON and text (LOG-04, F-45, test/requirements/contradictions.md row 21).
 */
function consoleStyle(
  { consoleOutput, consoleColor, format }: LoggingSection,
  terminal: TerminalKind,
): ConsoleStyle {
  if (!consoleOutput || terminal === 'none') return 'off';
  if (consoleColor && terminal !== 'pipe') return terminal === 'plain' ? 'text' : 'color';
  return format;
}
