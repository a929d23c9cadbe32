import type { ClientPorts } from '../core/ports.ts';
import { AwaitedPlaces } from './client/awaited-places.ts';
import { BatchWaits } from './client/batch-waits.ts';
import type { ClientHandlers } from './client/client-call.ts';
import { listEvidence } from './client/evidence.ts';
import { explainHeight } from './client/explain-height.ts';
import { FinalWaiters } from './client/final-waiters.ts';
import { CLIENT_LIMITS, type ClientLimits } from './client/limits.ts';
import { getHandover, getMembership, getValidators } from './client/membership.ts';
import { ReadTurns } from './client/read-turns.ts';
import { getBlock, getTransaction, hashFromRequest } from './client/reads.ts';
import { submitTransaction } from './client/submit.ts';
import { submitTransactions } from './client/submit-batch.ts';
import { Watches } from './client/watches.ts';
import { findingsToApi } from './wire/findings.ts';
import { responseHeader, statusToApi } from './wire/wire-api.ts';

export interface ClientApi {
  readonly handlers: ClientHandlers;
  start(): Promise<void>;
  /** Ends every wait and every watch, so that the server can stop. */
  stop(): Promise<void>;
}

/** ConsensusService over the ports of this member. Bind `handlers` with `CLIENT_STATUS`. */
export function clientApi(ports: ClientPorts, limits: ClientLimits = CLIENT_LIMITS): ClientApi {
  const header = () => responseHeader(ports);
  const awaited = new AwaitedPlaces(ports);
  const waiters = new FinalWaiters(awaited, limits);
  const turns = new ReadTurns(limits);
  const batches = new BatchWaits({ awaited, header, turns, limits });
  const watches = new Watches(ports, limits, turns);
  let stopListening: (() => void) | undefined;
  return {
    handlers: {
      submitTransaction: async (request, { traceId, caller }) =>
        submitTransaction(ports, request, { traceId, client: caller }),
      submitTransactions: (request, call) => submitTransactions(ports, request, { call, turns, limits }),
      getTransaction: (request, call) => turns.take(call, () => getTransaction(ports, request)),
      waitTransaction: async (request, call) => {
        const position = await waiters.wait(hashFromRequest(request.transactionHash), call);
        return { header: header(), ...position };
      },
      waitTransactions: (request, call) => batches.wait(request, call),
      getBlock: (request, call) => turns.take(call, () => getBlock(ports, request)),
      getStatus: async () => ({ header: header(), ...statusToApi(ports) }),
      diagnose: async () => ({ header: header(), findings: findingsToApi(ports.diagnose()) }),
      explainHeight: (request, call) => turns.take(call, () => explainHeight(ports, request)),
      getValidators: (request, call) => turns.take(call, () => getValidators(ports, request)),
      getMembership: (_request, call) => turns.take(call, () => getMembership(ports)),
      getHandover: (request, call) => turns.take(call, () => getHandover(ports, request)),
      listEvidence: (request, call) => turns.take(call, () => listEvidence(ports, request, limits)),
      watch: (request, call) => watches.watch(request, call),
    },
    start: async () => {
      stopListening = awaited.start();
    },
    stop: async () => {
      stopListening?.();
      waiters.stop();
      batches.stop();
      watches.stop();
      turns.stop();
    },
  };
}
