import type { Block } from '#libs/chain/block.ts';
import { digestBytes, type MemberIndex, type View } from '#libs/chain/ids.ts';
import type { ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import type { StepTrace } from '#libs/engine/trace/step-trace.ts';
import type { EventBus } from '#libs/events/bus.ts';
import type { LogFields, Logger } from '#libs/log/logger.ts';
import { ConsensusStep as WireStep } from '#libs/proto/btcfed/event/v1/event.ts';
import { viewOf } from '#libs/protocol/evidence.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';

export interface StepTraceParts {
  readonly log: Logger;
  /** Undefined: no events. */
  readonly bus: Pick<EventBus, 'publishSignal'> | undefined;
  /** Whether signals are sent even while the level is above debug. */
  readonly always: boolean;
  readonly nameOf: (member: MemberIndex) => string;
  readonly traceIdOf: (view: View) => string;
}

/**
 * Tells every step of consensus twice: as a debug line and as a signal (test/requirements/texts.md 5.4). While neither
 * is wanted a step costs one question. A failure to tell stays here: it must not cost a vote.
 */
export class ConsensusTrace implements StepTrace {
  readonly #parts: StepTraceParts;

  constructor(parts: StepTraceParts) {
    this.#parts = parts;
  }

  isWanted(): boolean {
    return this.#parts.always || this.#parts.log.isWritten('debug');
  }

  step(step: ConsensusStep): void {
    try {
      this.#tell(step);
    } catch (error) {
      this.#parts.log.error('step of consensus not told', error, { event_type: step.name });
    }
  }

  final(blocks: readonly Block[]): void {
    if (!this.isWanted()) return;
    for (const { header, digest } of blocks) {
      const { view, height, parent, proposer: leader } = header;
      this.step({ name: 'block_committed', view, height, digest, parent, leader });
    }
  }

  evidence({ evidence }: ProvedEvidence): void {
    if (!this.isWanted()) return;
    const found = { view: viewOf(evidence), member: evidence.first.member, reason: evidence.kind };
    this.step({ ...found, name: 'equivocation_found' });
    this.step({ ...found, name: 'evidence_stored' });
  }

  #tell(step: ConsensusStep): void {
    const { log, bus, nameOf, traceIdOf } = this.#parts;
    const traceId = traceIdOf(step.view);
    log.debug(messageOf(step), { event_type: step.name, trace_id: traceId, ...payloadOf(step, nameOf) });
    bus?.publishSignal({
      service: 'consensus',
      noun: 'step',
      event: step.name,
      about: `${step.view}`,
      traceId,
      body: WireStep.encode(wireOf(step)).finish(),
    });
  }
}

/** The sentences that operators know of some steps (test/requirements/texts.md 5.3). */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^proposal_broadcasted$/, 'Block proposed successfully'],
  [/_vote_sent$/, 'Vote created and sent'],
  [/_qc_formed$/, 'Quorum certificate formed successfully'],
  [/^block_committed$/, 'Block committed to chain'],
  [/^proposal_rejected$/, 'Failed to process proposal message'],
  [/_vote_rejected$/, 'Failed to process vote message'],
];

function messageOf({ name }: ConsensusStep): string {
  return SENTENCES.find(([step]) => step.test(name))?.[1] ?? 'consensus event';
}

/** The payload in the words of the event registry. */
function payloadOf(step: ConsensusStep, nameOf: (member: MemberIndex) => string): LogFields {
  const { name, view, height, digest, parent, leader, member, phase } = step;
  const payload: LogFields = {
    view,
    height,
    block_hash: digest,
    parent_hash: parent,
    leader: leader === undefined ? undefined : nameOf(leader),
    [roleOf(name)]: member === undefined ? undefined : nameOf(member),
    phase,
    vote_count: step.voteCount,
    required: step.required,
    timeout_ms: step.timeoutMs,
    capped_at_max: step.isTimeoutCapped,
    reason: step.reason,
    old_view: step.oldView,
    locked_view: step.lockedView,
    justify_view: step.justifyView,
  };
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
}

/** The role of the member in a step. */
function roleOf(name: ConsensusStep['name']): 'receiver' | 'offender' | 'voter' | 'sender' {
  if (/_(?:sent|broadcasted|requested)$/.test(name)) return 'receiver';
  if (/^(?:equivocation|evidence)_/.test(name)) return 'offender';
  return name.includes('_vote_') ? 'voter' : 'sender';
}

function wireOf(step: ConsensusStep): WireStep {
  return {
    eventType: step.name,
    view: step.view,
    height: step.height ?? 0n,
    blockDigest: step.digest === undefined ? new Uint8Array() : digestBytes(step.digest),
    parentDigest: step.parent === undefined ? new Uint8Array() : digestBytes(step.parent),
    leader: step.leader,
    member: step.member,
    phase: step.phase ?? '',
    voteCount: step.voteCount ?? 0,
    required: step.required ?? 0n,
    timeoutMs: BigInt(Math.round(step.timeoutMs ?? 0)),
    isTimeoutCapped: step.isTimeoutCapped ?? false,
    reason: step.reason ?? '',
    oldView: step.oldView ?? 0n,
    lockedView: step.lockedView ?? 0n,
    justifyView: step.justifyView ?? 0n,
  };
}
