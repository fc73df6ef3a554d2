#!/usr/bin/env python3
"""Checks that messages stay compatible: against a stored descriptor set, no field, enum value, method or message may
be removed (unless its number is reserved), renumbered, or change its type.

    proto_compat.py BASELINE CURRENT     both binary FileDescriptorSets

Prints each breach and exits with 1 if there is any. Additions are fine.
"""
import sys

from google.protobuf import descriptor_pb2


def load(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as stream:
        files.ParseFromString(stream.read())
    return files


def messages(files):
    """Full name -> message, nested ones included."""
    found = {}

    def visit(prefix, message):
        name = f"{prefix}.{message.name}"
        found[name] = message
        for nested in message.nested_type:
            visit(name, nested)

    for file in files.file:
        for message in file.message_type:
            visit(file.package, message)
    return found


def enums(files):
    found = {}
    for file in files.file:
        for enum in file.enum_type:
            found[f"{file.package}.{enum.name}"] = enum
    for name, message in messages(files).items():
        for enum in message.enum_type:
            found[f"{name}.{enum.name}"] = enum
    return found


def methods(files):
    return {
        f"{file.package}.{service.name}.{method.name}": method
        for file in files.file
        for service in file.service
        for method in service.method
    }


def check_fields(name, before, after, breaches):
    now = {field.number: field for field in after.field}
    reserved = lambda number: any(span.start <= number < span.end for span in after.reserved_range)
    for field in before.field:
        place = f"{name}.{field.name}"
        same = now.get(field.number)
        if same is None:
            if not reserved(field.number):
                breaches.append(f"{place} = {field.number} was removed without reserving its number")
        elif same.name != field.name:
            breaches.append(f"{place} = {field.number} is now called {same.name}")
        elif (same.type, same.type_name, same.label) != (field.type, field.type_name, field.label):
            breaches.append(f"{place} = {field.number} has another type or is no longer (or newly) repeated")
        elif (same.HasField("oneof_index"), same.proto3_optional) != (field.HasField("oneof_index"), field.proto3_optional):
            breaches.append(f"{place} = {field.number} has moved into or out of a oneof")


def compare(before, after):
    breaches = []
    messages_now, enums_now, methods_now = messages(after), enums(after), methods(after)
    for name, message in messages(before).items():
        if name not in messages_now:
            breaches.append(f"message {name} was removed")
        else:
            check_fields(name, message, messages_now[name], breaches)
    for name, enum in enums(before).items():
        if name not in enums_now:
            breaches.append(f"enum {name} was removed")
            continue
        now = {value.name: value.number for value in enums_now[name].value}
        for value in enum.value:
            if now.get(value.name) != value.number:
                breaches.append(f"{name}.{value.name} = {value.number} was removed or renumbered")
    for name, method in methods(before).items():
        same = methods_now.get(name)
        signature = lambda m: (m.input_type, m.output_type, m.client_streaming, m.server_streaming)
        if same is None:
            breaches.append(f"rpc {name} was removed")
        elif signature(same) != signature(method):
            breaches.append(f"rpc {name} has another signature")
    return breaches


def main(baseline, current):
    breaches = compare(load(baseline), load(current))
    print("\n".join(breaches) if breaches else "messages: compatible with the stored set")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
