/** Folders that every room of the simulator may import: the words of the domain, and the seed. */
const WORDS = ['libs/assert', 'libs/bytes', 'libs/chain', 'libs/membership', 'libs/protocol', 'libs/random'];

function room(...rooms: readonly string[]): readonly string[] {
  return [...WORDS, ...rooms.map((each) => `libs/simulation/${each}`)];
}

/** The simulator, room by room, from the ground up: each imports rooms above it in this list and no others. */
export const SIMULATION: Readonly<Record<string, readonly string[]>> = {
  'libs/simulation/time': room(),
  'libs/simulation/plan': room(),
  'libs/simulation/chain': room(),
  'libs/simulation/federation': room(),
  'libs/simulation/disk': [...room('chain'), 'libs/custody'],
  'libs/simulation/network': room('time', 'plan', 'chain'),
  'libs/simulation/subject': room('chain', 'network'),
  // The replica and the signer of production, over virtual time.
  'libs/simulation/member': [
    ...room('time', 'plan', 'chain', 'federation', 'disk', 'network', 'subject'),
    'libs/custody',
    'libs/custody/tables',
    'libs/replica',
  ],
  // Lies that need no word of a protocol.
  'libs/simulation/liars': room('subject'),
  // The rooms that know a protocol by name.
  'libs/simulation/hotstuff': [
    ...room('plan', 'network', 'subject', 'member', 'liars'),
    'libs/protocol/hotstuff',
  ],
  // Protocols of locked rounds: their lies, and each protocol.
  'libs/simulation/rounds': [...room('plan', 'network', 'subject', 'liars'), 'libs/protocol/rounds'],
  'libs/simulation/dbft': [...room('subject', 'rounds'), 'libs/protocol/dbft'],
  'libs/simulation/pbft': [...room('subject', 'rounds'), 'libs/protocol/pbft'],
  // Checkers see members through `Observer` alone.
  'libs/simulation/checks': room('time', 'plan', 'chain', 'federation', 'subject'),
  'libs/simulation/world': room(
    ...['time', 'plan', 'chain', 'federation', 'disk', 'network', 'subject', 'member'],
  ),
  'libs/simulation/run': room('time', 'plan', 'chain', 'federation', 'subject', 'member', 'checks', 'world'),
  'libs/simulation/twins': room('plan', 'federation', 'subject', 'checks'),
  // How long decisions take: the replica and the signer's rules of production, over lines and cores.
  'libs/simulation/latency': [
    ...room('time', 'federation'),
    'libs/custody',
    'libs/engine/ports',
    'libs/engine/references',
    'libs/engine/timing',
    'libs/replica',
  ],
  'libs/simulation/campaign': room('plan', 'subject', 'member', 'checks', 'run', 'twins'),
};

export const SIMULATION_ROOMS: readonly string[] = Object.keys(SIMULATION);
