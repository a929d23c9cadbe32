import { z } from 'zod';
import {
  CONTROL_VERBS,
  type ControlAnswer,
  type ControlRequest,
  SERVICE_STATES,
} from '../core/control-messages.ts';
import { SERVICE_NAMES } from '../core/service-names.ts';

// One line of JSON each way, on a Unix socket.

const service = z.enum(SERVICE_NAMES);

const requests = z.union([
  z.strictObject({ verb: z.literal('list') }),
  z.strictObject({ verb: z.enum(CONTROL_VERBS), member: z.string(), service: service.optional() }),
]);

const process = { state: z.enum(SERVICE_STATES), pid: z.number().optional() };
const standing = z.strictObject({ service, ...process });

const answers = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('listed'),
    members: z.array(
      z.strictObject({ name: z.string(), clientAddress: z.string(), services: z.array(standing) }),
    ),
    natsServer: z.strictObject(process).optional(),
  }),
  z.strictObject({ kind: z.literal('done'), services: z.array(service) }),
  z.strictObject({ kind: z.literal('refused'), sentence: z.string(), service: z.string().optional() }),
]);

/** The request in a line; undefined for any other line. */
export function controlRequestIn(line: string): ControlRequest | undefined {
  return requests.safeParse(jsonIn(line)).data;
}

/** The answer in a line; undefined for any other line. */
export function controlAnswerIn(line: string): ControlAnswer | undefined {
  return answers.safeParse(jsonIn(line)).data;
}

export function controlLine(message: ControlRequest | ControlAnswer): string {
  return `${JSON.stringify(message)}\n`;
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
