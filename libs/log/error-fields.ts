import { AppError } from '#libs/errors/app-error.ts';
import type { LogField, LogFields } from './logger.ts';
import { printable, printableText } from './redact.ts';

/** Causes deeper than this are cut: a chain may be a circle. */
const CAUSE_DEPTH_MAX = 8;

/** A caught value as it stands in a log line. */
export interface ErrorFields {
  readonly name: string;
  readonly message: string;
  /** Stable code of an AppError, or of an error of Node (ENOENT). */
  readonly code?: string;
  /** The other facts of an AppError's detail. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

/** Describes a caught value of any type, with the chain of its causes. */
export function errorFields(caught: unknown, depth = 0): ErrorFields {
  if (!(caught instanceof Error)) return { name: 'thrown value', message: printableText(describe(caught)) };
  const code = codeOf(caught);
  return {
    name: caught.name,
    message: printableText(caught.message),
    ...(code === undefined ? {} : { code }),
    ...(caught instanceof AppError ? { detail: detailOf(caught) } : {}),
    ...(caught.stack === undefined ? {} : { stack: printableText(caught.stack) }),
    ...(caught.cause === undefined || depth === CAUSE_DEPTH_MAX
      ? {}
      : { cause: errorFields(caught.cause, depth + 1) }),
  };
}

function codeOf(error: Error): string | undefined {
  if (error instanceof AppError) return error.detail.code;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function detailOf({ detail }: AppError): Record<string, unknown> {
  const facts = Object.entries(detail).filter(([name]) => name !== 'code');
  const named: LogFields = Object.fromEntries(facts.filter(isLogField).map(inSnakeCase));
  return printable(named);
}

/** A fact with its name as log fields are spelled: `heightMax` of the code is `height_max` of the log. */
function inSnakeCase([name, value]: [string, LogField]): [string, LogField] {
  return [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value];
}

function isLogField(entry: [string, unknown]): entry is [string, LogField] {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof entry[1]);
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
