import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { GatewayServiceDefinition } from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { FILE_DESCRIPTOR_SET } from '#libs/proto/descriptor-set.ts';
import {
  ServerReflectionDefinition,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '#libs/proto/grpc/reflection/v1/reflection.ts';
import { grpcClient } from './client.ts';
import { type GrpcServer, grpcServer } from './server.ts';
import { bindService } from './service.ts';

const NAME = 'btcfed.gateway.v1.GatewayService';
const STATUS_FILE = 'btcfed/consensus/v1/consensus_service.proto';

const never = (): never => {
  throw new Error('not called');
};

function server(): GrpcServer {
  const handlers = { attach: never, listPeers: never, getGateway: never };
  const log = memoryLogger();
  const gateway = bindService(GatewayServiceDefinition, handlers, { log, statusByCode: {} });
  return grpcServer({ address: '127.0.0.1:0', services: [gateway], log });
}

type Question = NonNullable<ServerReflectionRequest['messageRequest']>;
type Answer = ServerReflectionResponse['messageResponse'];

function filesIn(answer: Answer): readonly Uint8Array[] {
  assert.ok(answer?.$case === 'fileDescriptorResponse', JSON.stringify(answer));
  return answer.value.fileDescriptorProto;
}

const read = (bytes: Uint8Array): FileDescriptorProto => fromBinary(FileDescriptorProtoSchema, bytes);
const namesIn = (answer: Answer): readonly string[] => filesIn(answer).map((each) => read(each).name);

function errorIn(answer: Answer): number {
  assert.ok(answer?.$case === 'errorResponse', JSON.stringify(answer));
  assert.notEqual(answer.value.errorMessage, '');
  return answer.value.errorCode;
}

for (const version of ['v1', 'v1alpha']) {
  describe(`reflection ${version}`, () => {
    const running = server();
    const fullName = `grpc.reflection.${version}.ServerReflection`;
    const connect = () =>
      grpcClient({ ...ServerReflectionDefinition, fullName }, { address: running.boundAddress() });
    let client: ReturnType<typeof connect>;
    before(async () => {
      await running.start();
      client = connect();
    });
    after(async () => {
      client.close();
      await running.stop();
    });

    /** Asks on one stream, and returns the answers in order. */
    async function ask(...questions: (Question | undefined)[]): Promise<readonly Answer[]> {
      const call = client.serverReflectionInfo();
      for (const messageRequest of questions) call.send({ host: 'here', messageRequest });
      call.end();
      const answers: Answer[] = [];
      for await (const { validHost, originalRequest, messageResponse } of call.responses) {
        assert.deepEqual(originalRequest, { host: 'here', messageRequest: questions[answers.length] });
        assert.equal(validHost, 'here');
        answers.push(messageResponse);
      }
      assert.equal(answers.length, questions.length);
      return answers;
    }

    const symbol = (value: string): Question => ({ $case: 'fileContainingSymbol', value });
    const file = (value: string): Question => ({ $case: 'fileByFilename', value });

    test('lists the services of this server and no others', async () => {
      const [answer] = await ask({ $case: 'listServices', value: '*' });
      assert.ok(answer?.$case === 'listServicesResponse');
      assert.deepEqual(answer.value.service.map(({ name }) => name).sort(), [NAME, 'grpc.health.v1.Health']);
    });

    test('gives the file of a service, a method, a type, a field and a value, on one stream', async () => {
      const names = [
        NAME,
        `${NAME}.Attach`,
        'btcfed.gateway.v1.AttachRequest',
        'btcfed.gateway.v1.AttachRequest.hello',
        'btcfed.gateway.v1.TRAFFIC_CLASS_SYNC',
      ];
      for (const answer of await ask(...names.map(symbol))) {
        assert.equal(namesIn(answer)[0], 'btcfed/gateway/v1/gateway_service.proto');
      }
    });

    test('F-30 gives a file by its name with all that it imports, and each import by its own name', async () => {
      const [whole] = await ask(file(STATUS_FILE));
      const names = namesIn(whole);
      assert.equal(names[0], STATUS_FILE);
      const imports = filesIn(whole).flatMap((each) => read(each).dependency);
      assert.ok(imports.includes('btcfed/consensus/v1/block.proto'));
      assert.deepEqual(
        imports.filter((name) => !names.includes(name)),
        [],
      );
      for (const [at, answer] of (await ask(...imports.map(file))).entries()) {
        assert.equal(namesIn(answer)[0], imports[at]);
      }
    });

    test('F-30 gives the very bytes that buf built: they are parts of the committed set', async () => {
      const set = Buffer.from(FILE_DESCRIPTOR_SET, 'base64');
      for (const name of [STATUS_FILE, 'btcfed/consensus/v1/audit.proto', 'health/v1/health.proto']) {
        const [answer] = await ask(file(name));
        for (const bytes of filesIn(answer)) assert.ok(set.includes(Buffer.from(bytes)), read(bytes).name);
      }
    });

    test('F-30 keeps optional fields, JSON names, and map entries where they belong', async () => {
      const [answer] = await ask(symbol('btcfed.consensus.v1.GetStatusResponse'));
      const status = read(filesIn(answer)[0] ?? assert.fail());
      const message = status.messageType.find(({ name }) => name === 'GetStatusResponse') ?? assert.fail();
      const field = (name: string) => message.field.find((each) => each.name === name) ?? assert.fail(name);
      assert.equal(message.options?.mapEntry ?? false, false);
      assert.deepEqual(
        message.nestedType.map(({ name, options }) => [name, options?.mapEntry]),
        [['RefusedMessagesEntry', true]],
      );
      assert.equal(field('catch_up_remaining_s').proto3Optional, true);
      assert.equal(field('refused_messages').proto3Optional, false);
      assert.equal(field('refused_messages').jsonName, 'refusedMessages');
    });

    test('gives the file of the health service with the names of map entries that protoc gives', async () => {
      const [answer] = await ask(symbol('grpc.health.v1.Health'));
      const health = read(filesIn(answer)[0] ?? assert.fail());
      const nested = health.messageType.flatMap(({ nestedType }) => nestedType.map(({ name }) => name));
      assert.deepEqual(nested, ['StatusesEntry']); // grpcurl and others refuse any other name.
    });

    test('says what it does not know, and goes on', async () => {
      const extension = { containingType: NAME, extensionNumber: 7 };
      const answers = await ask(
        symbol('no.Such'),
        file('no/such.proto'),
        { $case: 'fileContainingExtension', value: extension },
        { $case: 'allExtensionNumbersOfType', value: 'no.Such' },
        undefined,
        symbol(NAME),
      );
      assert.deepEqual(answers.slice(0, 5).map(errorIn), [5, 5, 5, 5, 3]);
      assert.ok(filesIn(answers[5]).length > 0);
    });

    test('knows no extension of a message', async () => {
      const value = 'btcfed.gateway.v1.AttachRequest';
      const [answer] = await ask({ $case: 'allExtensionNumbersOfType', value });
      assert.deepEqual(answer, {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: value, extensionNumber: [] },
      });
    });
  });
}
