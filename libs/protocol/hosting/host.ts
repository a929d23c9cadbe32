import { assert } from '#libs/assert/assert.ts';
import type { Effect, Input, ProtocolModule, Transition } from '../module.ts';
import { tableFault } from '../vote/table-fault.ts';
import type { NamedMessage, ProtocolDescription, StepTeller } from './description.ts';
import type { Hosted, HostedModule, HostedRecord, HostedState, ProtocolMessage } from './hosted-protocol.ts';
import { messageSeal, opened, recordSeal, type Seals, stateSeal } from './seals.ts';

/**
 * Makes a protocol ready for an engine that knows none by its types: states, messages and records go through it
 * closed. A message that another host closed is refused; such a state or record ends the step.
 * @throws AssertionError for a table that is no good, which is a mistake of the protocol.
 */
export function host<State extends object, Message extends NamedMessage, Record extends object>(
  description: ProtocolDescription<State, Message, Record>,
): Hosted<State, Message, Record> {
  const { module, leaders, earlyViewsMax, record: codec } = description;
  const fault = tableFault(module.votes);
  assert(fault === undefined, `the vote table of ${module.id}: ${fault}`);
  const seals: Seals<State, Message, Record> = {
    states: stateSeal(),
    messages: messageSeal(module.id),
    records: recordSeal(module.id, codec),
  };
  const { states, records } = seals;
  return {
    id: module.id,
    votes: module.votes,
    module: hostedModule(module, seals),
    leaders,
    earlyViewsMax,
    viewTimers: description.shape.timers.leave,
    repeatTimers: description.shape.timers.repeat,
    steps: hostedSteps(description.steps, seals),
    noticed: (before, input, after) =>
      description.noticed(opened(states, before), openInput(input, seals), opened(states, after)),
    readRecord: (text, shelf) => records.close(codec.read(text, shelf)),
    ...seals,
  };
}

function hostedModule<State, Message, Record>(
  module: ProtocolModule<State, Message, Record>,
  seals: Seals<State, Message, Record>,
): HostedModule {
  const { states, messages, records } = seals;
  const closed = ({ state, effects }: Transition<State, Message, Record>) => ({
    state: states.close(state),
    effects: effects.map((effect) => closedEffect(effect, seals)),
  });
  return {
    id: module.id,
    votes: module.votes,
    follows: module.follows,
    controls: module.controls,
    init: ({ restored, ...context }) =>
      closed(module.init({ ...context, restored: restored && opened(records, restored) })),
    step: (state, input) => closed(module.step(opened(states, state), openInput(input, seals))),
    admit(state, from, sealed) {
      const message = messages.open(sealed);
      if (message === undefined) return { ok: false, cause: 'malformed' };
      return module.admit(opened(states, state), from, message);
    },
    claims: (sealed) => module.claims(opened(messages, sealed)),
    ownClaim(sealed) {
      const message = messages.open(sealed);
      return message && module.ownClaim(message);
    },
    proposed(sealed) {
      const message = messages.open(sealed);
      return message && module.proposed(message);
    },
    reported(sealed) {
      const message = messages.open(sealed);
      return message && module.reported(message);
    },
    decision: (certificate) => messages.close(module.decision(certificate)),
    votePath: (parameters) => module.votePath(parameters),
    snapshot: (state) => module.snapshot(opened(states, state)),
  };
}

function hostedSteps<State, Message, Record>(
  steps: StepTeller<State, Message>,
  seals: Seals<State, Message, Record>,
): StepTeller<HostedState, ProtocolMessage> {
  const { states, messages } = seals;
  return {
    message: (sealed, ...fate) => steps.message(opened(messages, sealed), ...fate),
    refusal: (sealed, ...refusal) => steps.refusal(opened(messages, sealed), ...refusal),
    signing: (statement) => steps.signing(statement),
    stepped: (before, input, after) =>
      steps.stepped(opened(states, before), openInput(input, seals), opened(states, after)),
  };
}

function openInput<State, Message, Record>(
  input: Input<ProtocolMessage>,
  { messages }: Seals<State, Message, Record>,
): Input<Message> {
  return input.kind === 'message' ? { ...input, message: opened(messages, input.message) } : input;
}

function closedEffect<State, Message, Record>(
  effect: Effect<Message, Record>,
  { messages, records }: Seals<State, Message, Record>,
): Effect<ProtocolMessage, HostedRecord> {
  switch (effect.kind) {
    case 'persist':
    case 'sign':
      return { ...effect, record: records.close(effect.record) };
    case 'transmit':
      return { ...effect, message: messages.close(effect.message) };
    default:
      return effect;
  }
}
