import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { pkiInitCommand } from './init.ts';
import { pkiIssueCommand } from './issue.ts';
import { pkiRotateCommand } from './rotate.ts';
import { pkiShowCommand } from './show.ts';

const NOTES = `
Examples:
  $ btcfed pki init --ca /secure/ca --name "member dave"
  $ btcfed pki issue --ca /secure/ca --name signer --usage server --dns signer.internal --ip 10.0.0.7 --out tls/signer
  $ btcfed pki issue --ca /secure/ca --name consensus --usage client --out tls/consensus
  $ btcfed pki rotate --ca /secure/ca tls/consensus
  $ btcfed pki show tls/consensus.pem

For operators without an authority of their own. One authority for each member, kept off the hosts that it certifies:
who holds ca.key can speak to the signer. Any other authority will do as well (cert-manager, SPIFFE, a company's own):
the services ask for PEM files, TLS 1.3 and the right usage, and pin keys, not names.`;

/** Certificates for the connections between the services of one member. */
export function pkiCommand(context: CommandContext): Command {
  return new Command('pki')
    .description('make an authority, and certificates for the connections between the services of a member')
    .addCommand(pkiInitCommand(context))
    .addCommand(pkiIssueCommand(context))
    .addCommand(pkiRotateCommand(context))
    .addCommand(pkiShowCommand(context))
    .addHelpText('after', NOTES);
}
