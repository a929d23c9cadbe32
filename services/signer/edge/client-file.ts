import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { CustodyError } from '../words/errors.ts';
import { CLIENT_FILE_BYTES_MAX, CLIENTS_MAX, GRANTS_MAX, RATE_MAX } from '../words/limits.ts';
import { type ClientMatrix, OPERATIONS, VOTE_PHASES } from './client-matrix.ts';

const PINS_MAX = 2;

const rate = z.number().positive().max(RATE_MAX);
const grant = z
  .strictObject({
    operation: z.enum(OPERATIONS),
    protocol: z.string().min(1).max(32),
    phase: z.enum(VOTE_PHASES).optional(),
    burst: rate.int(),
    per_second: rate,
  })
  .refine(({ operation, phase }) => (operation === 'vote') === (phase !== undefined), {
    path: ['phase'],
    message: 'a vote has a phase, and nothing else has one',
  });
const client = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes'),
  pins: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in lower-case hex'))
    .min(1)
    .max(PINS_MAX),
  allow: z.array(grant).max(GRANTS_MAX),
});
const fileSchema = z
  .strictObject({ version: z.literal(1), clients: z.array(client).max(CLIENTS_MAX) })
  .superRefine(({ clients }, context) => {
    for (const message of repetitions(clients))
      context.addIssue({ code: 'custom', path: ['clients'], message });
  });

type Clients = z.output<typeof fileSchema>['clients'];

/** Two rows for one thing would leave open which of them counts. */
function repetitions(clients: Clients): string[] {
  const places = {
    name: clients.map(({ name }) => name),
    pin: clients.flatMap(({ pins }) => pins),
    'rule of one client': clients.flatMap(({ name, allow }) =>
      allow.map(({ operation, protocol, phase }) => `${name} ${operation} ${protocol} ${phase ?? ''}`.trim()),
    ),
  };
  return Object.entries(places).flatMap(([what, all]) => {
    const twice = all.find((each, at) => all.indexOf(each) !== at);
    return twice === undefined ? [] : [`a ${what} stands there twice: ${twice}`];
  });
}

/** @throws CustodyError `CUSTODY_CLIENTS_INVALID` naming the bad fields, or `CUSTODY_FILE_UNREADABLE`. */
export function readClientFile(path: string): ClientMatrix {
  const parsed = fileSchema.safeParse(jsonOf(path));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw invalid(path, [...new Set(issues)].join('; '));
  }
  return parsed.data.clients.map(({ name, pins, allow }) => ({
    ...{ name, pins },
    grants: allow.map(({ burst, per_second: perSecond, ...call }) => ({
      ...call,
      rate: { burst, perSecond },
    })),
  }));
}

/**
 * The text of the file at `path`. @throws CustodyError `CUSTODY_CLIENTS_INVALID` for a matrix that could not be read
 * again.
 */
export function clientFileText(path: string, matrix: ClientMatrix): string {
  const clients = matrix.map(({ name, pins, grants }) => ({
    ...{ name, pins },
    allow: grants.map(({ rate: { burst, perSecond }, ...call }) => ({
      ...call,
      burst,
      per_second: perSecond,
    })),
  }));
  const text = JSON.stringify({ version: 1, clients }, null, 2);
  const parsed = fileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw invalid(path, parsed.error.issues.map(({ message }) => message).join('; '));
  return `${text}\n`;
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
