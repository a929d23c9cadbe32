import { toHeight } from '#libs/chain/ids.ts';
import type { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import type { Handlers } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import type {
  DrainRequest,
  DrainResponse,
  NudgeResponse,
  OperatorServiceDefinition,
  SetHaltHeightRequest,
  SetHaltHeightResponse,
} from '#libs/proto/btcfed/consensus/v1/operator_service.ts';
import { haltHeightFault } from '../../core/halt-words.ts';
import type { Intake } from '../../core/intake.ts';
import type { MemberStatus } from '../../core/ports.ts';
import { OperatorError } from './operator-errors.ts';

/** The parts of a member that its operator moves. */
export interface OperatedParts {
  readonly halt: HaltHeight;
  readonly intake: Intake;
  readonly hand: OperatorHand;
  readonly finalHeight: () => bigint;
  readonly status: () => Pick<MemberStatus, 'connectedPeers' | 'height' | 'view' | 'viewTimeoutMs'>;
  /** To be called when the height to stop behind is another: it may be reached. */
  readonly haltChanged: () => void;
  readonly log: Logger;
}

/** The calls of btcfed.consensus.v1.OperatorService. */
export function operatorHandlers(parts: OperatedParts): Handlers<OperatorServiceDefinition> {
  return {
    setHaltHeight: async (request) => setHaltHeight(parts, request),
    drain: async (request) => drain(parts, request),
    nudge: async () => nudge(parts),
  };
}

/** @throws OperatorError for a height that is passed. */
function setHaltHeight(
  { halt, finalHeight, haltChanged, log }: OperatedParts,
  { height }: SetHaltHeightRequest,
): SetHaltHeightResponse {
  const final = finalHeight();
  const fault = height === undefined ? undefined : haltHeightFault(height, final);
  if (fault !== undefined) throw new OperatorError(fault, { code: 'OPERATOR_HEIGHT_INVALID' });
  log.info('the operator says behind which height this member stops', {
    halt_height: height ?? 'none',
    height: final,
  });
  halt.set(height === undefined ? undefined : toHeight(height));
  haltChanged();
  return { finalHeight: final };
}

function drain({ intake, hand, status, log }: OperatedParts, { cancel }: DrainRequest): DrainResponse {
  if (cancel && !intake.isOpen) {
    intake.open();
    log.info('takes new transactions again, as its operator asked');
  } else if (!cancel && intake.isOpen) {
    intake.close();
    hand.sayAll();
    log.info('takes no new transactions, as its operator asked: it is to be taken down');
  }
  return { waiting: hand.waiting(), toldMembers: status().connectedPeers };
}

function nudge({ hand, status, log }: OperatedParts): NudgeResponse {
  hand.nudge();
  const { height, view, viewTimeoutMs: timeoutMs } = status();
  log.info('the wait of this view is short again, as the operator asked', {
    height,
    view,
    timeout_ms: timeoutMs,
  });
  return { height, view, timeoutMs };
}
