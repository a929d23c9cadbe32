import type { Block } from './blocks.ts';

/** A page that is no chapter, and whose commands are typed all the same. */
export const RUNBOOKS = 'deploy/monitoring/runbooks.md';

/**
 * The commands of the runbooks, as somebody types them on the host of a member with which all is well: each ends with 0. A search that finds
 * nothing is no failure there, so a pipe ends as its last command does.
 */
export function runbookBlocks(text: string): readonly Block[] {
  return [...text.matchAll(/^```sh\n(?<script>.*?)^```$/gms)].map(({ index, groups }) => ({
    ...{ page: RUNBOOKS, line: text.slice(0, index).split('\n').length, hosts: ['alice'] as const },
    ...{ exitCode: 0, isTerminal: false, isRepeated: false, unrun: undefined, expected: undefined },
    script: `set +o pipefail\n${(groups?.['script'] ?? '').replaceAll(/\bHOME\b/g, '/var/lib/btcfed')}`,
  }));
}
