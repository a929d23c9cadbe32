import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#libs/errors/app-error.ts';
import { type GrpcClient, grpcClient, RemoteError } from '#libs/grpc/client.ts';
import { type GrpcServer, grpcServer } from '#libs/grpc/server.ts';
import { bindService, type Handlers } from '#libs/grpc/service.ts';
import type { StrangerLimits } from '#libs/grpc/stranger-room.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { EchoServiceDefinition, type Text } from './echo-service.ts';

type Echo = GrpcClient<typeof EchoServiceDefinition>;

const statusByCode = { ECHO_REFUSED: 'FAILED_PRECONDITION', ECHO_BUSY: 8 } as const;
/** An error that the service foresaw. */
export const refused = () => new AppError('not this text', { code: 'ECHO_REFUSED' });

const ECHO: Handlers<typeof EchoServiceDefinition> = {
  say: async ({ text }) => ({ text }),
  count: async function* ({ text }) {
    for (let i = 0; i < Number(text); i++) yield { text: String(i) };
  },
  talk: async function* (requests) {
    for await (const { text } of requests) yield { text };
  },
};

/** For each call; an answer that a busy machine gives late is an answer. */
const CALL_MS_MAX = 60_000;

const closing: (() => unknown)[] = [];

/** Closes all that `serve` has opened: for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** A server on a free port, and a client of it. */
export async function serve(
  handlers: Partial<Handlers<typeof EchoServiceDefinition>> = {},
  address = '127.0.0.1:0',
  strangers?: StrangerLimits,
  stopGraceMs = 100,
) {
  const log = memoryLogger();
  const services = [bindService(EchoServiceDefinition, { ...ECHO, ...handlers }, { log, statusByCode })];
  const guard = strangers === undefined ? {} : { strangers };
  const server = grpcServer({ address, services, log, ...guard, limits: { stopGraceMs } });
  await server.start();
  closing.push(() => server.stop());
  return { server, log, client: dial(server) };
}

function dial(server: GrpcServer): Echo {
  const client = grpcClient(EchoServiceDefinition, {
    address: server.boundAddress(),
    deadlineMs: CALL_MS_MAX,
  });
  closing.push(() => client.close());
  return client;
}

export async function all(texts: AsyncIterable<Text>): Promise<string[]> {
  const got: string[] = [];
  for await (const { text } of texts) got.push(text);
  return got;
}

/** The detail of the RemoteError with which `promise` must fail. */
export async function failure(promise: Promise<unknown>): Promise<RemoteError['detail']> {
  const error = await promise.then(
    () => assert.fail('no failure'),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof RemoteError, String(error));
  return error.detail;
}

/** Tries for a minute, as a caller does that reopens a stream. */
export async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (const giveUpAt = Date.now() + CALL_MS_MAX; ; await sleep(20)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
  }
}
