import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { strangerLimits } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { API_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { memoryMember } from './client-ports.ts';

// A process that serves the client API as a member does, over a chain in memory. Says its address; ends with its input.

const log = memoryLogger();
const api = clientApi(memoryMember().ports);
const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: API_STATUS });
const strangers = strangerLimits(256 * 1024);
const server = grpcServer({ address: '127.0.0.1:0', services: [service], log, strangers });
await api.start();
await server.start();
process.stdout.write(`${server.boundAddress()}\n`);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
