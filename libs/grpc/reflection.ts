import type { Logger } from '#libs/log/logger.ts';
import { FILE_DESCRIPTOR_SET } from '#libs/proto/descriptor-set.ts';
import {
  ServerReflectionDefinition,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '#libs/proto/grpc/reflection/v1/reflection.ts';
import type { DescriptorFiles } from './descriptor-files.ts';
import { type BoundService, bindService } from './service.ts';

/** The names of the reflection service. Both versions have the same messages; old clients ask for the second. */
const VERSIONS = ['grpc.reflection.v1', 'grpc.reflection.v1alpha'];

/** Codes of gRPC, which the answers carry as numbers. */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;

type Answer = NonNullable<ServerReflectionResponse['messageResponse']>;

/**
 * Server reflection (v1 and v1alpha), which lists the services of one server and gives the descriptors that buf built,
 * byte by byte. They are read when somebody asks: it takes some milliseconds and a megabyte.
 */
export function reflectionServices(serviceNames: readonly string[], log: Logger): readonly BoundService[] {
  const listed = [...serviceNames, 'grpc.health.v1.Health'];
  let loading: Promise<DescriptorFiles> | undefined;
  return VERSIONS.map((version) =>
    bindService(
      { ...ServerReflectionDefinition, fullName: `${version}.ServerReflection` },
      {
        serverReflectionInfo: async function* (requests) {
          loading ??= loadFiles();
          const files = await loading;
          for await (const request of requests) yield respond(request, answerTo(request, { files, listed }));
        },
      },
      { log, statusByCode: {} },
    ),
  );
}

async function loadFiles(): Promise<DescriptorFiles> {
  const { descriptorFiles } = await import('./descriptor-files.ts');
  return descriptorFiles(Buffer.from(FILE_DESCRIPTOR_SET, 'base64'));
}

function respond(request: ServerReflectionRequest, answer: Answer): ServerReflectionResponse {
  return { validHost: request.host, originalRequest: request, messageResponse: answer };
}

interface Known {
  readonly files: DescriptorFiles;
  readonly listed: readonly string[];
}

function answerTo({ messageRequest: question }: ServerReflectionRequest, { files, listed }: Known): Answer {
  switch (question?.$case) {
    case undefined:
      return refusal(
        INVALID_ARGUMENT,
        'the request asks for nothing: set one of the fields of message_request',
      );
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service: listed.map((name) => ({ name })) } };
    case 'fileByFilename':
      return filesNamed(files, question.value) ?? unknown(`file ${question.value}`);
    case 'fileContainingSymbol': {
      const name = files.fileOfSymbol(question.value);
      const found = name === undefined ? undefined : filesNamed(files, name);
      return found ?? unknown(`symbol ${question.value}`);
    }
    case 'fileContainingExtension':
      return unknown(`extension of ${question.value.containingType}`);
    case 'allExtensionNumbersOfType':
      if (!files.isMessage(question.value)) return unknown(`message ${question.value}`);
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: question.value, extensionNumber: [] },
      };
  }
}

function filesNamed(files: DescriptorFiles, fileName: string): Answer | undefined {
  const found = files.withImports(fileName);
  if (found === undefined) return undefined;
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...found] } };
}

function unknown(thing: string): Answer {
  return refusal(NOT_FOUND, `this server has no ${thing}`);
}

function refusal(errorCode: number, errorMessage: string): Answer {
  return { $case: 'errorResponse', value: { errorCode, errorMessage } };
}
