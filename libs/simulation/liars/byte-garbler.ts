import type { Actor, ActorTools } from '../subject/actor.ts';

/**
 * Speaks in bytes, which go through the wire decoder of production: mostly its own messages with something wrong in
 * them, now and then too many bytes (libs/simulation/README.md B.4, BYZ-22). Without a codec it is
 * honest.
 */
export function byteGarbler<Message>(tools: ActorTools<Message>): Actor<Message> {
  const { codec, random } = tools;
  return {
    outgoing: (to, message) => {
      if (codec === undefined) return tools.send(to, message);
      const bytes = codec.encode(message);
      tools.sendBytes(to, random.chance(0.3) ? bytes : spoilt(tools, bytes, codec.bytesMax));
    },
  };
}

function spoilt(
  { random }: Pick<ActorTools<never>, 'random'>,
  bytes: Uint8Array,
  bytesMax: number,
): Uint8Array {
  const at = random.int(0, bytes.length - 1);
  const byte = () => random.int(0, 255);
  return random.pick([
    () => bytes.with(at, byte()),
    () => bytes.with(at, (bytes[at] ?? 0) ^ (1 << random.int(0, 7))),
    () => bytes.slice(0, at),
    () => Uint8Array.from([...bytes.slice(at), ...bytes.slice(0, at)]),
    () => Uint8Array.from([...bytes, ...bytes.slice(at)]),
    () => Uint8Array.from({ length: random.int(0, 64) }, byte),
    () => new Uint8Array(bytesMax + 1),
  ])();
}
