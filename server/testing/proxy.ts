import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A network between two ends that can be made bad. */
export interface Proxy {
  port: number;
  /** How many links are open. */
  links(): number;
  /** Cuts a link at once, as a cable pulled (a reset). */
  reset(index: number): void;
  /** Lets a link hang: open on both ends, nothing gets through any more. */
  stall(index: number): void;
  /** Lets all links hang, and those to come: what a switch does that has lost its way. Until `restore`, which cuts them. */
  freeze(): void;
  /** Refuses new links and cuts the open ones, until `restore`. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  upstream: Socket;
}

/** Stands between clients and a server (a port of loopback, or the path of a socket). */
export async function startProxy(target: { port: number; host: string } | { path: string }): Promise<Proxy> {
  const links: Link[] = [];
  let down = false;
  let frozen = false;
  const server = createServer((client) => {
    if (down) return client.resetAndDestroy();
    const upstream = connect(target);
    const link = { client, upstream };
    links.push(link);
    const end = (): void => {
      const at = links.indexOf(link);
      if (at >= 0) links.splice(at, 1);
      client.destroy();
      upstream.destroy();
    };
    for (const side of [client, upstream]) {
      side.on('error', end);
      side.on('close', end);
    }
    if (frozen) return hang(link);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = ({ client, upstream }: Link): void => {
    client.resetAndDestroy();
    upstream.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port, // listening on TCP
    links: () => links.length,
    reset: (index) => {
      const link = links[index % Math.max(1, links.length)];
      if (link) reset(link);
    },
    stall: (index) => {
      const link = links[index % Math.max(1, links.length)];
      if (link) hang(link);
    },
    freeze: () => {
      frozen = true;
      for (const link of links) hang(link);
    },
    cut: () => {
      down = true;
      for (const link of [...links]) reset(link);
    },
    restore: () => {
      down = false;
      if (frozen) for (const link of [...links]) reset(link); // what lay in them is lost, as on the real thing
      frozen = false;
    },
    close: async () => {
      for (const link of [...links]) reset(link);
      server.close();
      await once(server, 'close');
    },
  };
}

function hang({ client, upstream }: Link): void {
  client.unpipe(upstream);
  upstream.unpipe(client);
  client.pause();
  upstream.pause();
}
