import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grpcClient } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  type AttachRequest,
  GatewayServiceDefinition,
  type GetGatewayResponse,
  TrafficClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { lineThrough, timeOf } from './cpu-samples.ts';
import { FRAME_BYTES, FRAMES } from './frame-sizes.ts';

const DEADLINE_MS = 60_000;
const CALLS = 20;
/** Both ends of a stream are in this process. */
const ENDS = 2;

/** The time that the stream between consensus and gateway takes at each end, and a call, such as one to the signer. */
export async function measureHop(): Promise<Pick<WorkCosts, 'hopUs' | 'hopByteNs' | 'callUs'>> {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-hop-'));
  const log = memoryLogger();
  const far = new FarEnd();
  const server = grpcServer({
    address: `unix:${join(folder, 'gateway.sock')}`,
    services: [bindService(GatewayServiceDefinition, far.handlers(), { log, statusByCode: {} })],
    log,
  });
  await server.start();
  const client = grpcClient(GatewayServiceDefinition, {
    address: server.boundAddress(),
    deadlineMs: DEADLINE_MS,
  });
  const stream = client.attach();
  const timeFor = async (bytes: number): Promise<{ bytes: number; cpuMs: number }> => {
    const payload = new Uint8Array(bytes).fill(7);
    const request = {
      body: {
        $case: 'send' as const,
        value: { to: [], trafficClass: TrafficClass.CONSENSUS, payload, traceparent: '' },
      },
    };
    const { cpuMs } = await timeOf(1, async () => {
      // One after the other, as the messages of a decision come: a burst of them would cost less each.
      for (let at = 0; at < FRAMES; at++) {
        const there = far.next();
        if (!stream.send(request)) await stream.writable();
        await there;
      }
    });
    return { bytes, cpuMs: cpuMs / FRAMES / ENDS };
  };
  try {
    const hop = lineThrough(await timeFor(FRAME_BYTES.small), await timeFor(FRAME_BYTES.large));
    const call = await timeOf(CALLS, () => client.getGateway({}));
    return { hopUs: hop.us, hopByteNs: hop.byteNs, callUs: (call.cpuMs * 1_000) / ENDS };
  } finally {
    stream.cancel();
    client.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

const NOTHING: readonly never[] = [];

/** The other end: says nothing, but tells when something came. */
class FarEnd {
  #heard: () => void = () => {};

  /** Resolves when the next frame came. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  handlers() {
    return {
      attach: (requests: AsyncIterable<AttachRequest>) => this.#listen(requests),
      listPeers: async () => ({ peers: [] }),
      getGateway: async (): Promise<GetGatewayResponse> => ({
        ...{ publicKey: new Uint8Array(32), peerId: 'far-end', listenAddresses: [] },
        ...{ connectedPeers: 0, droppedFrames: 0n },
      }),
    };
  }

  async *#listen(requests: AsyncIterable<AttachRequest>): AsyncGenerator<never> {
    for await (const _ of requests) {
      this.#heard();
      yield* NOTHING;
    }
  }
}
