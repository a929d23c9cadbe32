import { assert } from '#libs/assert/assert.ts';
import { DBFT, HOTSTUFF, PBFT } from '#libs/protocols/hosted-protocols.ts';
import { HOTSTUFF_WIRE } from './hotstuff.ts';
import { type ProtocolWire, sealedWire } from './protocol-wire.ts';
import { ROUNDS_WIRE } from './rounds.ts';

const WIRES: ReadonlyMap<string, ProtocolWire> = new Map([
  [HOTSTUFF.id, sealedWire(HOTSTUFF_WIRE, HOTSTUFF.messages)],
  [PBFT.id, sealedWire(ROUNDS_WIRE, PBFT.messages)],
  [DBFT.id, sealedWire(ROUNDS_WIRE, DBFT.messages)],
]);

/** The wire format of a protocol that a chain can run. */
export function wireOf(protocol: string): ProtocolWire {
  const wire = WIRES.get(protocol);
  assert(wire !== undefined, `the protocol ${protocol} has no wire format`);
  return wire;
}
