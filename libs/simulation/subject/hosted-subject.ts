import type { NamedMessage } from '#libs/protocol/hosting/description.ts';
import type {
  Hosted,
  HostedRecord,
  HostedState,
  ProtocolMessage,
  Seal,
} from '#libs/protocol/hosting/hosted-protocol.ts';
import { opened } from '#libs/protocol/hosting/seals.ts';
import type { ActorFactory, ActorTools } from './actor.ts';
import type { Subject } from './subject.ts';
import type { Decoded, WireCodec } from './wire-codec.ts';

/** A subject over its hosted protocol, as engines run it: checkers and actors look into what they are given. */
export function hostedSubject<State extends object, Message extends NamedMessage, Record extends object>(
  subject: Subject<State, Message, Record>,
  { module, states, messages, records }: Hosted<State, Message, Record>,
): Subject<HostedState, ProtocolMessage, HostedRecord> {
  const actors = [...subject.actors].map(([name, make]) => [name, hostedActor(make, messages)] as const);
  return {
    module,
    leaders: subject.leaders,
    shape: subject.shape,
    ...(subject.root && { root: subject.root }),
    ...(subject.parameters && { parameters: subject.parameters }),
    actors: new Map(actors),
    marks: (record) => subject.marks(opened(records, record)),
    remembers: (record, statement) => subject.remembers(opened(records, record), statement),
    supports: (record, statement) => subject.supports(opened(records, record), statement),
    certificates: (message) => subject.certificates(opened(messages, message)),
    stored: (record) => subject.stored(opened(records, record)),
    load: (state) => subject.load(opened(states, state)),
    rest: (state) => subject.rest(opened(states, state)),
    step: (message) => subject.step(opened(messages, message)),
    describe: (message) => subject.describe(opened(messages, message)),
  };
}

function hostedActor<Message>(
  make: ActorFactory<Message>,
  messages: Seal<Message, ProtocolMessage>,
): ActorFactory<ProtocolMessage> {
  return (tools) => {
    const { outgoing, incoming, serving } = make(openTools(tools, messages));
    return {
      outgoing: (to, message) => outgoing(to, opened(messages, message)),
      ...(incoming && { incoming: (from, message) => incoming(from, opened(messages, message)) }),
      ...(serving && { serving }),
    };
  };
}

function openTools<Message>(
  tools: ActorTools<ProtocolMessage>,
  messages: Seal<Message, ProtocolMessage>,
): ActorTools<Message> {
  const { codec } = tools;
  return {
    ...tools,
    send: (to, message) => tools.send(to, messages.close(message)),
    codec: codec && openCodec(codec, messages),
  };
}

/** A codec of closed messages, for those who know their type. */
export function openCodec<Message>(
  codec: WireCodec<ProtocolMessage>,
  messages: Seal<Message, ProtocolMessage>,
): WireCodec<Message> {
  const open = (decoded: Decoded<ProtocolMessage>): Decoded<Message> =>
    decoded.ok ? { ok: true, message: opened(messages, decoded.message) } : decoded;
  return {
    bytesMax: codec.bytesMax,
    encode: (message) => codec.encode(messages.close(message)),
    decode: (bytes) => open(codec.decode(bytes)),
    carried: (message) => open(codec.carried(messages.close(message))),
    carriedBlock: (block) => codec.carriedBlock(block),
  };
}
