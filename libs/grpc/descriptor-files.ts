import {
  createFileRegistry,
  type DescFile,
  type DescMessage,
  type DescService,
  type FileRegistry,
  fromBinary,
} from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The files of a descriptor set, each in the very bytes that the set has. */
export interface DescriptorFiles {
  /** The file of this name and all that it imports, itself first; nothing for an unknown name. */
  withImports(fileName: string): readonly Uint8Array[] | undefined;
  /** The name of the file that declares a type, a service, or a member of one of them. */
  fileOfSymbol(symbol: string): string | undefined;
  isMessage(typeName: string): boolean;
}

/** @param set a google.protobuf.FileDescriptorSet, as a compiler of .proto files writes it. */
export function descriptorFiles(set: Uint8Array): DescriptorFiles {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
  const bytes = bytesByName(set);
  const symbols = symbolsOf(registry);
  return {
    withImports: (fileName) => {
      const file = [...registry.files].find(({ proto }) => proto.name === fileName);
      if (file === undefined) return undefined;
      return [...importsOf(file)].flatMap(({ proto }) => bytes.get(proto.name) ?? []);
    },
    fileOfSymbol: (symbol) => symbols.get(symbol)?.proto.name,
    isMessage: (typeName) => registry.getMessage(typeName) !== undefined,
  };
}

/** Field 1 of the set, once for each file. The bytes are taken as they are: encoding them anew could change them. */
function bytesByName(set: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const reader = new BinaryReader(set);
  const found = new Map<string, Uint8Array>();
  for (const { name } of fromBinary(FileDescriptorSetSchema, set).file) {
    reader.tag();
    found.set(name, reader.bytes());
  }
  return found;
}

/** A set grows while it is walked, so each import of an import is visited, once. */
function importsOf(file: DescFile): ReadonlySet<DescFile> {
  const found = new Set([file]);
  for (const each of found) for (const imported of each.dependencies) found.add(imported);
  return found;
}

function symbolsOf(registry: FileRegistry): ReadonlyMap<string, DescFile> {
  const found = new Map<string, DescFile>();
  for (const type of registry) {
    const name = type.typeName;
    found.set(name, type.file);
    if (type.kind === 'message' || type.kind === 'service') {
      for (const member of membersOf(type)) found.set(`${name}.${member.name}`, type.file);
    }
    // The values of an enumeration stand beside it, not within it.
    if (type.kind === 'enum') {
      const scope = name.slice(0, name.lastIndexOf('.') + 1);
      for (const value of type.values) found.set(`${scope}${value.name}`, type.file);
    }
  }
  return found;
}

function membersOf(type: DescMessage | DescService): readonly { readonly name: string }[] {
  return type.kind === 'message' ? [...type.fields, ...type.oneofs] : type.methods;
}
