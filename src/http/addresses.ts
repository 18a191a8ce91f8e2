/** An address as it stands in a URL: IPv6 in brackets. */
export const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

/** Whether it is this machine, as an address or as the host of a URL. */
export const isLoopback = (host: string): boolean => loopback.test(host);
