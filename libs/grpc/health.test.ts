import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Client, credentials, type GrpcObject, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { GatewayServiceDefinition } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { type GrpcServer, grpcServer } from './server.ts';
import { bindService } from './service.ts';

const NAME = 'btcfed.gateway.v1.GatewayService';

const never = (): never => {
  throw new Error('not called');
};
const gateway = () =>
  bindService(
    GatewayServiceDefinition,
    { attach: never, listPeers: never, getGateway: never },
    { log: memoryLogger(), statusByCode: {} },
  );

/** A client made by proto-loader, as generic tools make theirs. */
function toolClient(file: string, name: string, address: string): Client & Record<string, unknown> {
  const found = name
    .split('.')
    .reduce<unknown>((scope, part) => (scope as GrpcObject)[part], loadPackageDefinition(loadSync(file)));
  const Service = found as new (address: string, security: unknown) => Client & Record<string, unknown>;
  return new Service(address, credentials.createInsecure());
}

function server(): GrpcServer {
  return grpcServer({ address: '127.0.0.1:0', services: [gateway()], log: memoryLogger() });
}

describe('health', () => {
  const running = server();
  let client: ReturnType<typeof toolClient>;
  before(async () => {
    await running.start();
    client = toolClient(protoPath, 'grpc.health.v1.Health', running.boundAddress());
  });
  after(async () => {
    client.close();
    await running.stop();
  });

  const check = (service: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const method = client['check'] as (...parameters: unknown[]) => void;
      method.call(client, { service }, (error: Error | null, answer: { status: string }) =>
        error === null ? resolve(answer.status) : reject(error),
      );
    });

  test('says that the server and its services serve, once it has started', async () => {
    assert.equal(Number(await check('')), 1);
    assert.equal(Number(await check(NAME)), 1);
  });

  test('says what it was told, per service', async () => {
    running.setServing(NAME, false);
    assert.equal(Number(await check(NAME)), 2);
    assert.equal(Number(await check('')), 1);
    running.setServing(NAME, true);
    assert.equal(Number(await check(NAME)), 1);
  });

  test('does not know a service that is not there', async () => {
    await assert.rejects(check('other.Service'), { code: 5 });
  });

  test('keeps what it was told before the start', async () => {
    const late = server();
    late.setServing('', false);
    await late.start();
    const other = toolClient(protoPath, 'grpc.health.v1.Health', late.boundAddress());
    const answer = await new Promise((resolve) => {
      (other['check'] as (...parameters: unknown[]) => void).call(
        other,
        { service: '' },
        (_: unknown, { status }: { status: unknown }) => resolve(status),
      );
    });
    assert.equal(Number(answer), 2);
    other.close();
    await late.stop();
  });
});
