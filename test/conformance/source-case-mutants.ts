import type { CaseMutant } from './case-mutant.ts';

/** Mutants of what is around a protocol: a source is changed while the kit, or the services, are loaded. */
export const SOURCE_CASE_MUTANTS: readonly CaseMutant[] = [
  {
    case: 'C14',
    name: 'certificates of ranges are believed',
    by: /^over ranges, and members lie, .*: S6 at /,
    source: {
      file: 'libs/engine/sync/block-sync.ts',
      find: 'return this.#judged(flight, range, ok ? undefined : FALSE_CERTIFICATE);',
      replace: 'return this.#judged(flight, range, undefined);',
    },
  },
  {
    case: 'C14',
    name: 'nobody takes a snapshot',
    by: /: no snapshot was taken$/,
    source: {
      file: 'libs/engine/sync/catch-up.ts',
      find: 'return target >= height + BigInt(snapshotBlocks);',
      replace: 'return false;',
    },
  },
  {
    case: 'C16',
    name: 'a range is given four times',
    by: /: 1 of blocks-request: a node sends 4 messages /,
    source: {
      file: 'libs/engine/sync/block-server.ts',
      find: "this.#peers.send(from, { kind: 'blocks-response', requestId, range: this.#range(request) });",
      replace:
        "for (let left = 4; left > 0; left--) this.#peers.send(from, { kind: 'blocks-response', requestId, range: this.#range(request) });",
    },
  },
  {
    case: 'C16',
    name: 'blocks are given without a budget',
    by: /: 300 of blocks-request: a node sends 300 messages /,
    source: {
      file: 'libs/engine/sync/block-server.ts',
      find: 'return budget.used <= RANGES_SERVED_PER_SECOND_MAX;',
      replace: 'return true;',
    },
  },
  {
    case: 'C18',
    name: 'a proof of another place than that of its transaction',
    by: /: not under the payload root$/,
    patch: {
      file: 'services/consensus/adapters/wire/wire-api.ts',
      find: 'payloadProof: pathToApi(found.payloadProof)',
      replace: 'payloadProof: pathToApi({ ...found.payloadProof, index: found.payloadProof.size })',
    },
  },
];
