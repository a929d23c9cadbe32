import type { ServiceName } from './service-names.ts';

/**
 * One collector thread: with several services to a core the helpers of V8 cost more than they help
 * (services/launcher/README.md "How services are run"). And no signal may open a debugger, which shows all memory to
 * anybody who reaches its port.
 */
const OF_ALL = ['--single-threaded-gc', '--disable-warning=ExperimentalWarning', '--disable-sigusr1'];

/**
 * Frames are memory outside of V8's heap. By default V8 marks its whole heap after each 64 MiB of such memory, some 80 ms of
 * work for 10 MB of frames; with these flags the memory counts as the heap does, and the young generation, where frames
 * die, is collected instead. Node has no name of its own for the first: `node-flags.test.ts` pins what it does.
 */
const OF_GATEWAY = ['--external-memory-accounted-in-global-limit', '--initial-old-space-size=128'];

/**
 * A transaction lives in the mempool for a second or two. A young generation of 16 MiB is full sooner, so that each one is copied
 * twice and dies in the old generation, which is then marked whole: half of the work of consensus under load. In these it dies young.
 */
const OF_CONSENSUS = [
  '--external-memory-accounted-in-global-limit',
  '--initial-old-space-size=256',
  '--min-semi-space-size=32',
  '--max-semi-space-size=64',
];

/** The flags of Node with which a service is run. */
export function nodeFlags(service: ServiceName): readonly string[] {
  switch (service) {
    case 'gateway':
      return [...OF_ALL, ...OF_GATEWAY];
    case 'consensus':
      return [...OF_ALL, ...OF_CONSENSUS];
    default:
      return OF_ALL;
  }
}
