import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Client, credentials, type GrpcObject, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { memoryLogger } from '../log/memory-logger.ts';
import { GatewayServiceDefinition } from '../proto/btcfed/gateway/v1/gateway_service.ts';
import { type GrpcServer, grpcServer } from './server.ts';
import { bindService } from './service.ts';

const NAME = 'btcfed.gateway.v1.GatewayService';
const require = createRequire(import.meta.url);
const reflectionFolder = dirname(dirname(dirname(require.resolve('@grpc/reflection'))));

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

for (const version of ['v1', 'v1alpha']) {
  describe(`reflection ${version}`, () => {
    const running = server();
    let client: ReturnType<typeof toolClient>;
    before(async () => {
      await running.start();
      const file = join(reflectionFolder, `build/proto/grpc/reflection/${version}/reflection.proto`);
      client = toolClient(file, `grpc.reflection.${version}.ServerReflection`, running.boundAddress());
    });
    after(async () => {
      client.close();
      await running.stop();
    });

    /** Asks on one stream, and returns the answers in order. */
    async function ask(...requests: object[]): Promise<Record<string, Record<string, unknown[]>>[]> {
      const call = (client['ServerReflectionInfo'] as () => NodeJS.ReadWriteStream).call(client);
      for (const request of requests) (call.write as (message: object) => void).call(call, request);
      call.end();
      const answers: Record<string, Record<string, unknown[]>>[] = [];
      for await (const answer of call as AsyncIterable<unknown>) answers.push(answer as (typeof answers)[0]);
      return answers;
    }

    test('lists the services of this server and no others', async () => {
      const [answer] = await ask({ listServices: '*' });
      const services = answer?.['listServicesResponse']?.['service'] as { name: string }[];
      assert.deepEqual(services.map(({ name }) => name).sort(), [NAME, 'grpc.health.v1.Health']);
    });

    test('gives the file of a symbol and of its imports, on one stream', async () => {
      const answers = await ask({ fileContainingSymbol: NAME }, { fileContainingSymbol: `${NAME}.Attach` });
      assert.equal(answers.length, 2);
      for (const answer of answers) {
        const files = answer['fileDescriptorResponse']?.['fileDescriptorProto'] ?? [];
        const text = files.map((file) => Buffer.from(file as Uint8Array).toString('latin1')).join();
        assert.match(text, /GatewayService/);
        assert.match(text, /AttachRequest/);
      }
    });

    test('gives the file of the health service with the names of map entries that protoc gives', async () => {
      const [answer] = await ask({ fileContainingSymbol: 'grpc.health.v1.Health' });
      const files = answer?.['fileDescriptorResponse']?.['fileDescriptorProto'] ?? [];
      const text = files.map((file) => Buffer.from(file as Uint8Array).toString('latin1')).join();
      assert.match(text, /StatusesEntry/); // grpcurl and others refuse any other name.
    });

    test('says that it does not know a symbol, and goes on', async () => {
      const [unknown, known] = await ask({ fileContainingSymbol: 'no.Such' }, { fileContainingSymbol: NAME });
      assert.ok(unknown?.['errorResponse'] !== undefined && unknown['errorResponse'] !== null);
      assert.ok((known?.['fileDescriptorResponse']?.['fileDescriptorProto'] ?? []).length > 0);
    });
  });
}
