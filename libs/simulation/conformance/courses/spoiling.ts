import type { PeerMessageBody } from '#libs/engine/ports/peer-message.ts';
import type { HostedState, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import { type Prng, prng, type Seed } from '#libs/random/prng.ts';
import { WholeNode } from '../../nodes/whole-node.ts';
import { type HostedSubject, wholeNodes } from '../../nodes/whole-nodes.ts';
import type { ActorFactory } from '../../subject/actor.ts';
import { spoilt } from './spoilt-bytes.ts';

/** A liar that keeps to the protocol in all but its bytes. */
export const SPOILER = 'spoiler';

/** Messages out of ours that are as they should be: without any it would take part in nothing. */
const SOUND_RATE = 0.5;

/** A subject in which each message is spoilt, read and judged some times before it is heard, and one liar sends spoilt messages. */
export class Spoiling {
  readonly subject: HostedSubject;
  readonly #random: Prng;
  readonly #each: number;
  readonly #inner: HostedSubject;
  readonly #faults = new Set<string>();
  tried = 0;
  /** Spoilt messages that were messages all the same, and worth verifying. */
  admitted = 0;

  constructor(inner: HostedSubject, seed: Seed, each: number) {
    this.#inner = inner;
    this.#random = prng(seed).stream('spoilt');
    this.#each = each;
    const { module, nodes, actors } = inner;
    this.subject = {
      ...inner,
      actors: new Map(actors).set(SPOILER, spoilingActor),
      module: {
        ...module,
        admit: (state, from, message) => {
          for (let left = this.#each; left > 0; left--) this.#tryMessage(state, from, message);
          return module.admit(state, from, message);
        },
      },
      whole: {
        ...wholeNodes(nodes),
        newLife: (owner) =>
          new WholeNode(owner, nodes, (ports) => ({ ...ports, peers: this.#fit(ports.peers) })),
      },
    };
  }

  get faults(): readonly string[] {
    return [...this.#faults];
  }

  /** Messages sent, with their certificates as they are sent, are read in a spoilt form by the codec alone. */
  #fit(peers: Parameters<NonNullable<ConstructorParameters<typeof WholeNode>[2]>>[0]['peers']): typeof peers {
    return {
      connected: () => peers.connected(),
      send: (to, body, epoch, form) => {
        for (let left = this.#each; left > 0; left--) this.#tryBody(body, form);
        peers.send(to, body, epoch, form);
      },
    };
  }

  #tryMessage(
    state: HostedState,
    from: Parameters<HostedSubject['module']['admit']>[1],
    message: ProtocolMessage,
  ): void {
    const { module, describe, step, certificates, nodes } = this.#inner;
    this.#try(message.kind, () => {
      const decoded = nodes.codec.decode(spoilt(nodes.codec.encode(message), this.#random), message.protocol);
      if (!decoded.ok) return;
      step(decoded.message);
      certificates(decoded.message);
      describe(decoded.message);
      if (!module.admit(state, from, decoded.message).ok) return;
      this.admitted += 1;
      module.claims(decoded.message);
      module.ownClaim(decoded.message);
    });
  }

  #tryBody(body: PeerMessageBody, form?: MessageForm): void {
    const { codec } = this.#inner.nodes;
    this.#try(body.kind, () => codec.decodeBody(spoilt(codec.encodeBody(body, form), this.#random)));
  }

  #try(what: string, run: () => void): void {
    this.tried += 1;
    try {
      run();
    } catch (error) {
      this.#faults.add(`a spoilt ${what} throws: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const spoilingActor: ActorFactory<ProtocolMessage> = ({ codec, random, send, sendBytes }) => ({
  outgoing: (to, message) => {
    if (codec === undefined || random.chance(SOUND_RATE)) send(to, message);
    else sendBytes(to, spoilt(codec.encode(message), random));
  },
});
