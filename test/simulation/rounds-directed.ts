// Run with `--import test/simulation/patch-source.ts` and the name of a mutant: the tests of locked rounds over it. Ends with 1 when one fails.
import '#libs/protocol/dbft/dbft.test.ts';
import '#libs/protocol/rounds/heights.test.ts';
import '#libs/protocol/rounds/helping.test.ts';
import '#libs/protocol/rounds/leaving.test.ts';
import '#libs/protocol/rounds/proposing.test.ts';
import '#libs/protocol/rounds/timing.test.ts';
import '#libs/protocol/rounds/voting.test.ts';
