import { costLines } from '../simulation/latency/cost-names.ts';

/** The end of the help of `btcfed sim`. */
export const SIM_EXAMPLES = `
Examples (npm run sim is "btcfed sim"):
  $ npm run sim -- --members 7 --seeds 10000 --jobs 2 --json
  $ npm run sim -- --members 7 --replay 4711 --trace
  $ npm run sim -- --nodes whole --actors range-liar,snapshot-poisoner --seeds 100
  $ npm run sim -- --twins exhaustive --members 4 --views 4 --shard 1/8 --json
  $ npm run sim -- --twins sample --members 7 --seeds 1000
  $ npm run sim -- --scenario test/vectors/twins/hidden-lock.json
  $ npm run sim -- --crash exhaustive --members 4 --blocks 3 --jobs 2
  $ npm run sim -- --nodes whole --seeds 200 --trace-hashes before.txt --jobs 2
  $ npm run sim -- --mutants --json
  $ npm run sim -- --model latency --members 64 --scheme slh-dsa-sha2-256s --network 100mbit --json
  $ npm run sim -- --signer-model --json
  $ npm run sim -- --signer-model --protocol phased --views 4 --heights 1 --minutes 60 --heap-gib 16 --json
  $ npm run sim -- --signer-model --protocol phased --views 4 --heights 3 --walks 10000000 --from 1 --json

--signer-model alone runs every search, and takes every rule out once: "survivors" are the rules that nobody missed.
With --views, --heights or --walks it runs that one search of each table of rounds, or of --protocol. A search says
whether it closed, which shows that nothing breaks within the extent, or up to how many signatures it came. A campaign of
walks is gone on with by --from. libs/custody-model/README.md says what is promised, and what was found.

--model latency measures what signatures, messages, gateways and the store take on this machine, and lets the protocol decide over
lines and cores that are modelled: p50 and p99 over all members, the timeouts of silent leaders apart from the rest, what goes up
the lines, and the work of cores. The costs are in its report by their names; with --cost NAME=VALUE for each it measures nothing
and says the same again. A row "never" is a federation that stands still; then the exit code is 1.

Costs, in milliseconds, microseconds and nanoseconds of a core:
${costLines().join('\n')}

A seed decides everything: delays, losses, partitions, crashes, power cuts, who lies and how. Then the faults
end, lies go on, and every honest member must commit five more blocks and every submitted transaction.
Exit code 1 when an invariant broke, with the seed and the command that shows it again. All faults, lies and
invariants are in libs/simulation/README.md.`;
