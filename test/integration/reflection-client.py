"""Calls a gRPC server by reflection alone, with Python's protobuf and grpcio, and prints what it found as JSON.

Usage: reflection-client.py ADDRESS SERVICE METHOD [METADATA_KEY=VALUE ...]. The request of METHOD is empty.
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

DEADLINE_S = 60
STRING, BYTES, MESSAGE, INT32 = 9, 12, 11, 5
ONE, MANY = 1, 3


def reflection_messages():
    """The messages of grpc.reflection.v1 that are used here, described by hand."""
    file = descriptor_pb2.FileDescriptorProto(name="reflection", package="r", syntax="proto3")

    def message(name, *fields):
        described = file.message_type.add(name=name)
        for field, number, kind, label, *of in fields:
            described.field.add(name=field, number=number, type=kind, label=label, type_name=of[0] if of else None)

    message("Request", ("file_by_filename", 3, STRING, ONE), ("file_containing_symbol", 4, STRING, ONE), ("list_services", 7, STRING, ONE))
    message("Files", ("file_descriptor_proto", 1, BYTES, MANY))
    message("Service", ("name", 1, STRING, ONE))
    message("Services", ("service", 1, MESSAGE, MANY, ".r.Service"))
    message("Error", ("error_code", 1, INT32, ONE), ("error_message", 2, STRING, ONE))
    message(
        "Response",
        ("files", 4, MESSAGE, ONE, ".r.Files"),
        ("services", 6, MESSAGE, ONE, ".r.Services"),
        ("error", 7, MESSAGE, ONE, ".r.Error"),
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return class_of(pool, "r.Request"), class_of(pool, "r.Response")


def class_of(pool, name):
    described = pool.FindMessageTypeByName(name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(described)
    return message_factory.MessageFactory(pool).GetPrototype(described)


def asker(channel):
    request_class, response_class = reflection_messages()
    call = channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=request_class.SerializeToString,
        response_deserializer=response_class.FromString,
    )

    def ask(**question):
        (answer,) = call(iter([request_class(**question)]), timeout=DEADLINE_S)
        if answer.HasField("error"):
            raise SystemExit(f"{question}: {answer.error.error_message}")
        return answer

    return ask


def read_files(ask, service):
    """Asks for one file at a time, by the names in the imports, as a client may that keeps none of the others."""
    first = ask(file_containing_symbol=service).files.file_descriptor_proto[0]
    wanted, found = [first], {}
    while wanted:
        data = wanted.pop()
        file = descriptor_pb2.FileDescriptorProto.FromString(data)
        found[file.name] = (file, data)
        wanted += [ask(file_by_filename=name).files.file_descriptor_proto[0] for name in file.dependency if name not in found]
    return found


def load(pool, files, name, loaded):
    """Imports first, as the pool demands; it refuses a file that is not well formed."""
    if name in loaded:
        return
    loaded.add(name)
    file, data = files[name]
    for imported in file.dependency:
        load(pool, files, imported, loaded)
    pool.AddSerializedFile(data)


def facts_of(described):
    return {
        field.name: {"json": field.json_name, "presence": field.has_presence, "map": is_map(field)}
        for field in described.fields
    }


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def main(address, service, method, *metadata):
    channel = grpc.insecure_channel(address)
    ask = asker(channel)
    services = [each.name for each in ask(list_services="*").services.service]
    pool = descriptor_pool.DescriptorPool()
    loaded = set()
    for name in services:
        files = read_files(ask, name)
        for file in files:
            load(pool, files, file, loaded)
        pool.FindServiceByName(name)
    described = pool.FindServiceByName(service).methods_by_name[method]
    request_class = class_of(pool, described.input_type.full_name)
    response_class = class_of(pool, described.output_type.full_name)
    call = channel.unary_unary(
        f"/{service}/{method}",
        request_serializer=request_class.SerializeToString,
        response_deserializer=response_class.FromString,
    )
    answer = call(request_class(), timeout=DEADLINE_S, metadata=[tuple(each.split("=", 1)) for each in metadata])
    found = {
        "services": services,
        "files": sorted(loaded),
        "fields": facts_of(described.output_type),
        "answer": json_format.MessageToDict(answer),
    }
    json.dump(found, sys.stdout)


main(*sys.argv[1:])
