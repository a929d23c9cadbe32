import { assert } from '#libs/assert/assert.ts';
import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { Position } from '../vote/position.ts';
import type { CertificateShelf, NamedMessage, RecordCodec } from './description.ts';
import { HostedRecord, HostedState, ProtocolMessage, type Seal } from './hosted-protocol.ts';

/** The seals of one host: no other host opens the values that they close. */
export interface Seals<State, Message, Record> {
  readonly states: Seal<State, HostedState>;
  readonly messages: Seal<Message, ProtocolMessage>;
  readonly records: Seal<Record, HostedRecord>;
}

/** The content of what this seal closed. Anything else is a fault of the code around the protocol. */
export function opened<Content, Closed>({ open }: Seal<Content, Closed>, closed: Closed): Content {
  const content = open(closed);
  assert(content !== undefined, 'it belongs to another protocol');
  return content;
}

export function stateSeal<State extends object>(): Seal<State, HostedState> {
  class OwnState extends HostedState {
    override readonly content: State;

    constructor(content: State) {
      super();
      this.content = content;
    }
  }
  return {
    close: (state) => new OwnState(state),
    open: (closed) => (closed instanceof OwnState ? closed.content : undefined),
  };
}

export function messageSeal<Message extends NamedMessage>(protocol: string): Seal<Message, ProtocolMessage> {
  class OwnMessage extends ProtocolMessage {
    override readonly protocol = protocol;
    override readonly content: Message;

    constructor(content: Message) {
      super();
      this.content = content;
    }

    override get name(): string {
      return this.content.kind;
    }
  }
  // A message that is sent again is the same one: it is written once.
  const known = new WeakMap<Message, OwnMessage>();
  return {
    close(message) {
      const sealed = known.get(message) ?? new OwnMessage(message);
      known.set(message, sealed);
      return sealed;
    },
    open: (closed) => (closed instanceof OwnMessage ? closed.content : undefined),
  };
}

export function recordSeal<Record extends object>(
  protocol: string,
  codec: RecordCodec<Record>,
): Seal<Record, HostedRecord> {
  class OwnRecord extends HostedRecord {
    override readonly protocol = protocol;
    override readonly content: Record;

    constructor(content: Record) {
      super();
      this.content = content;
    }

    override get epoch(): Epoch {
      return codec.epochOf(this.content);
    }

    override get reached(): Position {
      return codec.reached(this.content);
    }

    override get blocks(): readonly Digest[] {
      return codec.blocks(this.content);
    }

    override write(shelf: CertificateShelf): string {
      return codec.write(this.content, shelf);
    }
  }
  return {
    close: (record) => new OwnRecord(record),
    open: (closed) => (closed instanceof OwnRecord ? closed.content : undefined),
  };
}
