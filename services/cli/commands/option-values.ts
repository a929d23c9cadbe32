import { accessSync, constants, existsSync, fstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import type { VotePath } from '#libs/protocol/vote-path.ts';
import { VOTE_PATHS } from '#libs/protocol/vote-path.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { isHostPort } from '#libs/settings/host-port.ts';
import { fileReason } from '#services/launcher/words/file-problem.ts';

// Each function takes the value of an option as the person typed it. Commander puts option and value before the sentence of
// a refusal, and the way to the help behind it, so the sentence is the cure alone.

export interface WholeNumberBounds {
  readonly min: number;
  readonly max: number;
}

/** 15 digits: an age for any chain. */
export const HEIGHT_MAX = 999_999_999_999_999;

/** A whole number between bounds, both allowed. */
export function wholeNumber({ min, max }: WholeNumberBounds): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

const NAMED_VALUE = /^([a-z][a-z0-9_]{0,63})=([a-z0-9_-]{1,64})$/;

/** NAME=VALUE, a whole number or a word, after those given before. Whether there is such a value is known where it is used. */
export function namedValue(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const [, name, value] = NAMED_VALUE.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [...before, [name, value]];
  throw new InvalidArgumentError(
    'Expected NAME=VALUE with a whole number or a word, as in view_timeout_ms=8000 or vote_path=all.',
  );
}

/** A file that is there and that this user may read. Its content is checked where it is read. */
export function readableFile(path: string): string {
  try {
    if (!statSync(path).isDirectory()) {
      accessSync(path, constants.R_OK);
      return path;
    }
  } catch (cause) {
    throw new InvalidArgumentError(`Expected a file: ${fileReason(cause)}.`);
  }
  throw new InvalidArgumentError('Expected a file: it is a folder.');
}

/** The same for an option that takes several. */
export function readableFiles(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, readableFile(path)];
}

/** A file to be written, which is not there yet and whose folder is. */
export function newFile(path: string): string {
  if (existsSync(path))
    throw new InvalidArgumentError('It exists already and is never written over: name another.');
  const folder = dirname(resolve(path));
  if (existsSync(folder)) return path;
  throw new InvalidArgumentError(`There is no folder ${folder}: make it, or name another.`);
}

/** A folder that is empty, or is yet to be made. */
export function newFolder(path: string): string {
  try {
    if (!existsSync(path) || readdirSync(path).length === 0) return path;
  } catch (cause) {
    throw new InvalidArgumentError(`Expected a new or empty folder: ${fileReason(cause)}.`);
  }
  throw new InvalidArgumentError(
    'It is not empty, and keys are never written over: name a new or empty folder.',
  );
}

/** A folder for an option that takes several. Whether it is what it should be is known where it is read. */
export function severalFolders(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, path];
}

/** An address as `127.0.0.1:7101` or `[::1]:7101`. */
export function hostPort(text: string): string {
  if (isHostPort(text)) return text;
  throw new InvalidArgumentError('Expected host:port with a port from 1 to 65535, such as 127.0.0.1:7101.');
}

/** The same, or `-` for the standard input. */
export function readableFileOrInput(path: string): string {
  return path === '-' ? path : readableFile(path);
}

/** The same for an option that takes several. */
export function severalHostPorts(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, hostPort(text)];
}

/** The name of a signature scheme. */
export function schemeName(text: string): string {
  const names = schemeNames();
  if (names.some((each) => each === text)) return text;
  throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.`);
}

/** The name of a protocol that a new chain can run. */
export function protocolName(text: string): string {
  if (FOUNDING_PROTOCOLS.has(text)) return text;
  throw new InvalidArgumentError(`Expected one of ${[...FOUNDING_PROTOCOLS.keys()].join(', ')}.`);
}

/** The members that count votes. */
export function votePathName(text: string): VotePath {
  const path = VOTE_PATHS.find((each) => each === text);
  if (path !== undefined) return path;
  throw new InvalidArgumentError(`Expected ${VOTE_PATHS.join(' or ')}.`);
}

const DESCRIPTOR = { min: 0, max: 63 } as const;

/** The number of a descriptor that this process was started with. */
export function openDescriptor(text: string): number {
  const number = wholeNumber(DESCRIPTOR)(text);
  try {
    fstatSync(number);
    return number;
  } catch {
    throw new InvalidArgumentError(
      'No descriptor of this number is open: open it in the shell, as in 5<passphrase.',
    );
  }
}
