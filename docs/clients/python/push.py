#!/usr/bin/env python3
"""Pushes Items, one as JSON a line of standard input, and prints what became of each: line number, outcome, id.

Usage: push.py ADDRESS PIPELINE [TOKEN_FILE [CA_FILE]] < items.jsonl

What was not answered when the host ended is pushed again: nothing is lost, and nothing doubled.
"""
import itertools
import sys
import time

import grpc
from google.protobuf import json_format
from wirewatch.v1 import ingest_service_pb2 as messages, ingest_service_pb2_grpc as services

address, pipeline, token_file, ca_file = (sys.argv[1:] + [None] * 4)[:4]
metadata = [("authorization", "Bearer " + open(token_file).read().strip())] if token_file else []
options = [("grpc.keepalive_time_ms", 20000), ("grpc.max_reconnect_backoff_ms", 2000)]
if ca_file:
    channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(open(ca_file, "rb").read()), options)
else:
    channel = grpc.insecure_channel(address, options)
client = services.IngestServiceStub(channel)
numbered = enumerate(sys.stdin, 1)
while lines := list(itertools.islice(numbered, 100)):
    items = [json_format.Parse(line, messages.IngestRequest().item) for _, line in lines]
    batch = messages.IngestBatchRequest(items=[messages.IngestRequest(pipeline=pipeline, item=item) for item in items])
    while True:
        try:
            answers = client.IngestBatch(batch, metadata=metadata).results
            break
        except grpc.RpcError as error:
            if error.code().name not in ("UNAVAILABLE", "CANCELLED", "RESOURCE_EXHAUSTED"):
                raise
            time.sleep(0.5)
    for (number, _), answer in zip(lines, answers):
        print(number, messages.IngestOutcome.Name(answer.outcome)[len("INGEST_OUTCOME_"):], answer.item_id,
              answer.failure.message, flush=True)
