#!/usr/bin/env python3
"""Follows Alerts and goes on where it was. Usage: follow.py ADDRESS NAME [TOKEN_FILE [CA_FILE]]"""
import sys
import time

import grpc
from wirewatch.v1 import alert_service_pb2 as messages, alert_service_pb2_grpc as services

address, name, token_file, ca_file = (sys.argv[1:] + [None] * 4)[:4]
metadata = [("authorization", "Bearer " + open(token_file).read().strip())] if token_file else []
options = [("grpc.max_receive_message_length", -1), ("grpc.keepalive_time_ms", 20000)]
if ca_file:
    channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(open(ca_file, "rb").read()), options)
else:
    channel = grpc.insecure_channel(address, options)
alerts = services.AlertServiceStub(channel)


def take(event):
    """Your work: what has returned from here does not come again."""
    print(event.sequence, event.alert.title, flush=True)


while True:
    try:
        request = messages.SubscribeRequest(subscription_name=name, client="follow.py")
        for message in alerts.Subscribe(request, metadata=metadata):
            if message.HasField("gap"):
                print("no longer kept: %s" % message.gap, file=sys.stderr)
            if message.HasField("event"):
                take(message.event)
                alerts.Advance(messages.AdvanceRequest(subscription_name=name, sequence=message.event.sequence,
                                                       journal_id=message.event.journal_id), metadata=metadata)
    except grpc.RpcError as error:
        if error.code().name not in ("UNAVAILABLE", "CANCELLED", "RESOURCE_EXHAUSTED"):
            raise
    time.sleep(1)
