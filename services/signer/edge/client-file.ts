import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { StatementWords } from '#libs/protocols/statement-words.ts';
import { CustodyError } from '../words/errors.ts';
import { CLIENT_FILE_BYTES_MAX, CLIENTS_MAX, GRANTS_MAX } from '../words/limits.ts';
import type { ClientMatrix, ClientRow } from './client-matrix.ts';
import { ruleSchema } from './client-rules.ts';

const PINS_MAX = 2;

const FILE_VERSION = 1;

/** The schema of the file, which gives the matrix that it says. */
function fileSchema(words: StatementWords) {
  const client = z
    .strictObject({
      name: z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes'),
      pins: z
        .array(z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in lower-case hex'))
        .min(1)
        .max(PINS_MAX),
      allow: z.array(ruleSchema(words)).max(GRANTS_MAX),
    })
    .transform(({ name, pins, allow }) => ({ name, pins, grants: allow.flat() }));
  return z
    .strictObject({ version: z.literal(FILE_VERSION), clients: z.array(client).max(CLIENTS_MAX) })
    .transform(({ clients }, context) => {
      for (const message of repetitions(clients))
        context.addIssue({ code: 'custom', path: ['clients'], message });
      return clients;
    });
}

/** Two rows for one thing would leave open which of them counts. */
function repetitions(clients: readonly (ClientRow & { readonly pins: readonly string[] })[]): string[] {
  const places = {
    name: clients.map(({ name }) => name),
    pin: clients.flatMap(({ pins }) => pins),
    'rule of one client': clients.flatMap(({ name, grants }) =>
      grants.map(({ operation, protocol, kind }) => `${name} ${operation} ${protocol} ${kind ?? ''}`.trim()),
    ),
  };
  return Object.entries(places).flatMap(([what, all]) => {
    const twice = all.find((each, at) => all.indexOf(each) !== at);
    return twice === undefined ? [] : [`a ${what} stands there twice: ${twice}`];
  });
}

/**
 * @param words - The protocols whose statements can be allowed.
 * @throws CustodyError `CUSTODY_CLIENTS_INVALID` naming the bad fields, or `CUSTODY_FILE_UNREADABLE`.
 */
export function readClientFile(path: string, words: StatementWords): ClientMatrix {
  return matrixIn(path, jsonOf(path), words);
}

/**
 * The text of the file at `path`. @throws CustodyError `CUSTODY_CLIENTS_INVALID` for a matrix that could not be read
 * again.
 */
export function clientFileText(path: string, matrix: ClientMatrix, words: StatementWords): string {
  const clients = matrix.map(({ name, pins, grants }) => ({
    ...{ name, pins },
    allow: grants.map(({ rate: { burst, perSecond }, ...call }) => ({
      ...call,
      burst,
      per_second: perSecond,
    })),
  }));
  const text = JSON.stringify({ version: FILE_VERSION, clients }, null, 2);
  matrixIn(path, JSON.parse(text), words);
  return `${text}\n`;
}

function matrixIn(path: string, content: unknown, words: StatementWords): ClientMatrix {
  const parsed = fileSchema(words).safeParse(content);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw invalid(path, [...new Set(issues)].join('; '));
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > CLIENT_FILE_BYTES_MAX) throw invalid(path, `it is longer than ${CLIENT_FILE_BYTES_MAX} bytes`);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CustodyError) throw cause;
    const detail = { code: 'CUSTODY_FILE_UNREADABLE', path } as const;
    throw new CustodyError(`client matrix ${path}: it cannot be read`, detail, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(path, 'it is not JSON', cause);
  }
}

function invalid(path: string, reason: string, cause?: unknown): CustodyError {
  return new CustodyError(
    `client matrix ${path}: ${reason}`,
    { code: 'CUSTODY_CLIENTS_INVALID', path },
    { cause },
  );
}
