import { HttpError, type Refusal } from './http-error.ts';
import { BODY_BYTES_MAX } from './limits.ts';

/** The answer to a caller, without its status. */
type RefusalBody = Omit<Refusal, 'status'>;

export const TOO_MANY: RefusalBody = {
  error: 'too many requests are under way',
  field: '',
  cure: 'come again after the seconds in Retry-After',
};

export const UNKNOWN_ROUTE: RefusalBody = {
  error: 'there is no such route',
  field: 'path',
  cure: 'take one of /openapi.json, with its method',
};

const OURS: Refusal = {
  status: 500,
  error: 'this member could not handle the request',
  field: '',
  cure: 'its log says why; come again later',
};

/** Errors of the library, as far as a caller causes them. */
const BY_CODE: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    error: `the body is larger than ${BODY_BYTES_MAX} bytes`,
    field: 'body',
    cure: 'send less at once',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    error: 'the body is not said to be JSON',
    field: 'content-type',
    cure: 'send content-type: application/json',
  },
};

/** The answer to a caller for an error; status 500 where the fault is ours. */
export function httpRefusalOf(error: unknown): Refusal {
  if (error instanceof HttpError) {
    const { status, error: text, field, cure } = error.detail;
    return { status, error: text, field, cure };
  }
  const found = BY_CODE[textOf(error, 'code')];
  if (found !== undefined) return found;
  const validation = validationOf(error);
  if (validation !== undefined) return invalid(validation);
  const status = statusOf(error);
  if (status < 400 || status >= 500) return OURS;
  const cure = 'send JSON of the schema in /openapi.json';
  return { status, error: textOf(error, 'message'), field: 'body', cure };
}

interface Violation {
  readonly instancePath: string;
  readonly message: string;
  readonly params: unknown;
}

function invalid({ instancePath, message, params }: Violation): Refusal {
  const key = textOf(params, 'additionalProperty') || textOf(params, 'missingProperty');
  const path = [...instancePath.split('/').slice(1), ...(key === '' ? [] : [key])];
  const field = ['body', ...path].join('.');
  return { status: 400, error: `${field}: ${message}`, field, cure: 'send the schema in /openapi.json' };
}

function validationOf(error: unknown): Violation | undefined {
  const all: unknown = memberOf(error, 'validation');
  if (!Array.isArray(all) || all.length === 0) return undefined;
  const [first]: unknown[] = all;
  const params = memberOf(first, 'params');
  return { instancePath: textOf(first, 'instancePath'), message: textOf(first, 'message'), params };
}

function statusOf(error: unknown): number {
  const status = memberOf(error, 'statusCode');
  return typeof status === 'number' ? status : 500;
}

function textOf(object: unknown, key: string): string {
  const value = memberOf(object, key);
  return typeof value === 'string' ? value : '';
}

function memberOf(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  return Reflect.get(object, key);
}
