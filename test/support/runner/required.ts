/**
 * The reason why tests are left out for want of a program, as node:test takes it. Where BTCFED_REQUIRE_ALL is 1, as
 * in CI, a missing program is a failure and no reason to leave anything out.
 * @param missing what is not there and how it is had; false: all is there
 */
export function skipWithout(missing: string | false): string | false {
  if (missing === false) return false;
  if (process.env['BTCFED_REQUIRE_ALL'] === '1') throw new Error(`BTCFED_REQUIRE_ALL is 1, and ${missing}`);
  return `NOT TESTED HERE: ${missing}`;
}
