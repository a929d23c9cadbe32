import { parentPort, workerData } from 'node:worker_threads';
import { grpcClient } from '#libs/grpc/client.ts';
import { EchoServiceDefinition } from './echo-service.ts';

/** Run as a worker: says `count` words to an echo server as fast as it takes them, and tells how many answers came. */
const { address, count } = workerData as { readonly address: string; readonly count: number };

const client = grpcClient(EchoServiceDefinition, { address });
const call = client.talk();
const reading = (async () => {
  let answers = 0;
  for await (const _ of call.responses) answers++;
  return answers;
})();
for (let said = 0; said < count; said++) {
  if (!call.send({ text: 'x'.repeat(150) })) await call.writable();
}
call.end();
parentPort?.postMessage(await reading);
client.close();
