import { isIPv4, isIPv6 } from 'node:net';

const PORT_MAX = 65_535;
const HOST_NAME =
  /^(?=.{1,253}$)(?!.*\.\d+$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** Whether `text` is `host:port`: an IPv4 address, an IPv6 address in brackets or a DNS name, and a port from 1. */
export function isHostPort(text: string): boolean {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (Number(port) < 1 || Number(port) > PORT_MAX) return false;
  if (host.startsWith('[')) return host.endsWith(']') && isIPv6(host.slice(1, -1));
  return isIPv4(host) || HOST_NAME.test(host);
}

/** The two parts of a `host:port`; an IPv6 address keeps its brackets. The port is NaN where there is none. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number.parseInt(text.slice(colon + 1), 10) };
}
