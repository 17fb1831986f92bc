import { cutProxy, freePort } from './support/cut-proxy.ts';
import { Server } from './support/server.ts';
import { regionsKeepTheirPromises } from './support/two-regions.ts';

/** Embedded: each reads the other one's log by its operators' port. */
regionsKeepTheirPromises('two regions', async () => {
  const ports = [await freePort(), await freePort()];
  const links = await Promise.all(ports.map((port) => cutProxy({ port })));
  const settings = (region: number) => ({
    MILLRACE_REGION: String(region),
    MILLRACE_PEERS: `${3 - region}=http://127.0.0.1:${links[2 - region]!.port}`,
    MILLRACE_OPS_PORT: String(ports[region - 1]),
    MILLRACE_REGION_TOKEN: 'what the regions show each other',
    // Each region may deal channels out over partitions of its own.
    MILLRACE_PARTITIONS: region === 1 ? '8' : '3',
  });
  const [one, two] = await Promise.all([Server.start(settings(1)), Server.start(settings(2))]);
  const stop = async () => {
    for (const link of links) link.close();
    await Promise.all([one.stop(), two.stop()]);
  };
  return { one, two, links, stop };
});
