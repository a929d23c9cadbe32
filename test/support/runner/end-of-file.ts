/**
 * Loaded before every test file (`npm test`). A resource that a test leaves open (a client, a server, a child) keeps
 * the process of its file from exiting, and the run waits for it. With this module such a file exits soon after its
 * last test, as a failure that names the resource.
 */
const GRACE_MS = 60_000;

/** The process that runs test files is not one of them. */
if (process.env['NODE_TEST_CONTEXT'] !== undefined) {
  const { after } = await import('node:test');
  after(() => setTimeout(endNow, GRACE_MS).unref());
}

function endNow(): void {
  const held = [...new Set(process.getActiveResourcesInfo())].join(', ');
  process.stderr.write(`${process.argv[1]}: the tests are over and something is still open: ${held}\n`);
  process.exit(1);
}
