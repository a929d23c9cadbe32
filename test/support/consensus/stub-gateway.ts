import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService, type Handlers } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  type AttachRequest,
  type AttachResponse,
  GatewayServiceDefinition,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';

/** The messages of a gateway to each consensus that attaches, until the signal says that it left. */
export type GatewaySpeech = (
  signal: AbortSignal,
  requests: AsyncIterable<AttachRequest>,
) => AsyncGenerator<AttachResponse>;

/** The gRPC side of a gateway, without peers: it says what the test says, until the test file ends. @returns its address. */
export async function stubGateway(speech: GatewaySpeech): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-gateway-'));
  const address = `unix:${folder}/gateway.sock`;
  const log = memoryLogger();
  const handlers: Handlers<typeof GatewayServiceDefinition> = {
    attach: (requests, { signal }) => speech(signal, requests),
    listPeers: () => Promise.reject(new Error('not asked here')),
    getGateway: () => Promise.reject(new Error('not asked here')),
  };
  const services = [bindService(GatewayServiceDefinition, handlers, { log, statusByCode: {} })];
  const server = grpcServer({ address, services, log, limits: { stopGraceMs: 100 } });
  await server.start();
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return address;
}
