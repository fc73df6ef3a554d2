#!/usr/bin/env node
// Follows Alerts and goes on where it was. Usage: follow.mjs ADDRESS NAME [TOKEN_FILE [CA_FILE]]
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, name, tokenFile, caFile] = process.argv.slice(2);
const protos = readFileSync(process.env.WIREWATCH_PROTOSET ?? '/usr/local/share/wirewatch/wirewatch.protoset');
const shapes = loader.loadFileDescriptorSetFromBuffer(protos, { keepCase: true, longs: String, enums: String });
const { AlertService } = grpc.loadPackageDefinition(shapes).wirewatch.v1;
const credentials = caFile ? grpc.credentials.createSsl(readFileSync(caFile)) : grpc.credentials.createInsecure();
const alerts = new AlertService(address, credentials, { 'grpc.max_receive_message_length': -1 });
const metadata = new grpc.Metadata();
if (tokenFile) metadata.set('authorization', `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const advance = (request) => new Promise((resolve, reject) =>
  alerts.Advance(request, metadata, (error, answer) => (error ? reject(error) : resolve(answer))));

// Your work: what has returned from here does not come again.
async function take(event) {
  console.log(event.sequence, event.alert.title);
}

for (;;) {
  try {
    for await (const message of alerts.Subscribe({ subscription_name: name, client: 'follow.mjs' }, metadata)) {
      if (message.gap) console.error('no longer kept:', message.gap);
      if (!message.event) continue;
      await take(message.event);
      const { sequence, journal_id } = message.event;
      await advance({ subscription_name: name, sequence, journal_id });
    }
  } catch (error) {
    if (![grpc.status.UNAVAILABLE, grpc.status.CANCELLED, grpc.status.RESOURCE_EXHAUSTED].includes(error.code)) throw error;
  }
  await sleep(1000);
}
