import type { FinalFeed } from '#libs/engine/ports/final-channel.ts';
import type { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import { OperatorServiceDefinition } from '#libs/proto/btcfed/consensus/v1/operator_service.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import { OPERATOR_STATUS } from './adapters/operator/operator-errors.ts';
import { operatorHandlers } from './adapters/operator/operator-handlers.ts';
import type { ConsensusConfig } from './config.ts';
import type { Intake } from './core/intake.ts';
import { HaltWatch } from './halt-watch.ts';
import type { Member } from './member.ts';

interface OperatedMember {
  readonly member: Pick<Member, 'status'>;
  readonly chain: Pick<LoadedChain, 'store'>;
  readonly final: FinalFeed;
  readonly halt: HaltHeight;
  readonly intake: Intake;
  readonly hand: OperatorHand;
}

/** The words of the operator of this member, at the start and while it runs; the latter where the settings name a socket. */
export function operatorOf(
  { CONSENSUS_OPERATOR_ADDRESS: address }: Pick<ConsensusConfig, 'CONSENSUS_OPERATOR_ADDRESS'>,
  { member, chain, final, ...moved }: OperatedMember,
  log: Logger,
): readonly Lifecycle[] {
  const finalHeight = (): bigint => chain.store.tip().header.height;
  const watch = new HaltWatch({ halt: moved.halt, final, finalHeight, log });
  if (address === undefined) return [watch];
  const handlers = operatorHandlers({
    ...{ ...moved, finalHeight, log },
    status: () => member.status(),
    haltChanged: () => watch.look(),
  });
  const service = bindService(OperatorServiceDefinition, handlers, { log, statusByCode: OPERATOR_STATUS });
  return [watch, grpcServer({ address, services: [service], log })];
}
