import { EventEmitter } from 'node:events';
import type { handleBidiStreamingCall, Server, ServerDuplexStream, ServiceDefinition } from '@grpc/grpc-js';
import { assert } from '../assert/assert.ts';
import { FILE_DESCRIPTOR_SET } from '../proto/descriptor-set.ts';
import { serviceError } from './status.ts';

const VERSIONS = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'] as const;
const METHOD = 'ServerReflectionInfo';

/** The two sides of @grpc/reflection for one version: how its messages are written, and who answers them. */
interface Reflection {
  readonly decode: (bytes: Buffer) => unknown;
  readonly encode: (response: unknown) => Buffer;
  readonly answer: (stream: EventEmitter) => void;
}

/**
 * Adds server reflection (v1 and v1alpha), which lists the services of this server. Its library reads .proto files
 * and needs proto-loader, some tens of milliseconds and megabytes: both are loaded when somebody asks.
 */
export function addReflection(server: Server, serviceNames: readonly string[]): void {
  let loaded: Promise<readonly Reflection[]> | undefined;
  for (const [index, version] of VERSIONS.entries()) {
    const handle: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      // Requests wait in the stream until somebody listens for them.
      loaded ??= loadReflection(serviceNames);
      loaded.then(
        (versions) => serve(call, versions[index]),
        () => call.emit('error', serviceError(INTERNAL, 'reflection is not available')),
      );
    };
    server.addService(rawDefinition(version), { [METHOD]: handle });
  }
}

const INTERNAL = 13;

/** Bytes in, bytes out: the messages are read once the library is there. */
function rawDefinition(version: string): ServiceDefinition {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    [METHOD]: {
      path: `/${version}.ServerReflection/${METHOD}`,
      requestStream: true,
      responseStream: true,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}

function serve(call: ServerDuplexStream<Buffer, Buffer>, reflection: Reflection | undefined): void {
  assert(reflection !== undefined, 'one reflection for each version');
  const stream = Object.assign(new EventEmitter(), {
    write: (response: unknown) => call.write(reflection.encode(response)),
    end: () => call.end(),
  });
  reflection.answer(stream);
  call.on('data', (bytes: Buffer) => stream.emit('data', reflection.decode(bytes)));
  call.on('end', () => stream.emit('end'));
}

async function loadReflection(serviceNames: readonly string[]): Promise<readonly Reflection[]> {
  const [{ ReflectionService }, { loadFileDescriptorSetFromBuffer }] = await Promise.all([
    import('@grpc/reflection'),
    import('@grpc/proto-loader'),
  ]);
  const contracts = loadFileDescriptorSetFromBuffer(Buffer.from(FILE_DESCRIPTOR_SET, 'base64'));
  const found: Reflection[] = [];
  const services = [...serviceNames, 'grpc.health.v1.Health'];
  new ReflectionService(contracts, { services }).addToServer({
    addService: (definition, implementation) => {
      const wire = definition[METHOD];
      const answer = implementation[METHOD];
      assert(wire !== undefined && answer !== undefined, 'reflection has one method');
      found.push({
        decode: wire.requestDeserialize,
        encode: wire.responseSerialize,
        answer: (stream) => Reflect.apply(answer, undefined, [stream]),
      });
    },
  });
  return found;
}
