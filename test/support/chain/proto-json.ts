import {
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { FILE_DESCRIPTOR_SET } from '#libs/proto/descriptor-set.ts';

const set = fromBinary(FileDescriptorSetSchema, Buffer.from(FILE_DESCRIPTOR_SET, 'base64'));
const registry = createFileRegistry(set);

/** A message of the client API as grpcurl prints it: the JSON form of Protobuf. */
export function toProtoJson(message: string, bytes: Uint8Array): JsonObject {
  const schema = schemaOf(message);
  return toJson(schema, fromBinary(schema, bytes)) as JsonObject;
}

export function fromProtoJson(message: string, json: JsonObject): Uint8Array {
  const schema = schemaOf(message);
  return toBinary(schema, fromJson(schema, json));
}

function schemaOf(message: string) {
  const schema = registry.getMessage(`btcfed.consensus.v1.${message}`);
  if (schema === undefined) throw new Error(`there is no message ${message}`);
  return schema;
}
