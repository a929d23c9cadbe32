import type { HttpAnswer } from '#libs/http/route.ts';

/** The schema of a route that asks for nothing. */
export const NOTHING = { type: 'object', properties: {}, additionalProperties: false } as const;

export function ok(body: HttpAnswer['body']): HttpAnswer {
  return { status: 200, body };
}

/** The fields of a body whose schema was checked. */
export function bodyOf(body: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);
}
